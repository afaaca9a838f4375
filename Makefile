# 均衡 Junheng。两条命令：make dossier 出示例卷宗；make test 运行全部测试。
# 首次运行自行建立 .venv 并按 requirements.lock 安装；只需要 python3（3.11—3.13）、make、git；
# 另有 python 时写 make PYTHON=/路径/python3.12 dossier。

VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/ready

.PHONY: setup dossier test check lock clean

setup: $(READY)

$(READY): requirements.lock pyproject.toml setup.sh
	PYTHON="$(PYTHON)" sh setup.sh $(VENV)
	touch $(READY)

dossier: $(READY)
	$(BIN)/python data/raw/fetch_caschools.py
	$(BIN)/junheng run 990101 410105 --year 2023
	$(BIN)/junheng run 990102 --year 2012
	$(BIN)/junheng run 906029 906037 --year 1998 --raw data/raw/california
	@echo "卷宗在 reports/<年份>/<县代码>/dossier.pdf，旁边有 results.json、tables/ 与运行记录。"

check: $(READY)
	$(BIN)/ruff check .

test: $(READY) check
	$(BIN)/python -m pytest -n 2 --dist loadfile

lock: $(READY)
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile pyproject.toml --extra dask --extra examples --extra test --universal \
	  --python-version 3.11 --fork-strategy fewest --generate-hashes --no-header \
	  --no-emit-index-url --no-annotate -o requirements.lock

clean:
	rm -rf $(VENV) reports/[12]* data/processed/[12]* data/raw/1998 data/raw/california
