# 均衡 Junheng。两条命令：make dossier 出示例卷宗；make test 运行全部测试。
# 首次运行自行建立 .venv 并按 requirements.lock 安装；只需要 python3（3.11—3.13）、make、git；
# 另有 python 时写 make PYTHON=/路径/python3.12 dossier。其余软件包用到时才装：
# make test 装测试、Dask、网页窗口和核对目录的 frictionless，make examples 装加州示例的数据（GPL），make lab 装 JupyterLab，make sign 装签名用的，
# make desk 装网页窗口，make parquet 装 pyarrow，make languages 装地名注音的 pypinyin（外文版用），make sbom、make audit 装查软件包的。

VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/ready
AUDIT := .venv-audit
EXTRAS := audit build catalogue dask desk examples lab languages parquet sign test

STRIP := if [ -x $(BIN)/nbstripout ]; then exec $(BIN)/nbstripout --keep-id; else exec cat; fi
EDITORS := $(addprefix cell.metadata.,editable jupyter slideshow trusted vscode) \
  $(addprefix metadata.language_info.,codemirror_mode file_extension mimetype nbconvert_exporter \
  pygments_lexer version)

.PHONY: setup dossier examples test check catalogue dask desk lab languages parquet sign sbom audit filter lock clean

setup: $(READY) filter

$(READY): requirements.lock locks/requirements-build.lock pyproject.toml setup.sh
	PYTHON="$(PYTHON)" sh setup.sh $(VENV)
	touch $@

$(VENV)/ready-%: locks/requirements-%.lock $(READY)
	@echo "正在安装 $< 所列软件包……"
	$(BIN)/python -m pip install --quiet --disable-pip-version-check \
	  --require-hashes --no-deps -r $<
	touch $@

dossier: $(READY)
	$(BIN)/junheng run 990101 410105 --year 2023
	$(BIN)/junheng run 990102 --year 2012
	@echo "卷宗在 reports/<年份>/<县代码>/dossier.pdf，旁边有 results.json、tables/ 与运行记录。"

examples: $(VENV)/ready-examples
	$(BIN)/python data/raw/fetch_caschools.py
	$(BIN)/junheng run 906029 906037 --year 1998 --raw data/raw/california
	@echo "卷宗在 reports/1998/<县代码>/dossier.pdf。"

check: $(VENV)/ready-test
	$(BIN)/ruff check .

test: check dask catalogue desk
	OPENPYXL_LXML=False $(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder -rs

dask: $(VENV)/ready-dask

catalogue: $(VENV)/ready-catalogue

desk: $(VENV)/ready-desk

sign: $(VENV)/ready-sign

parquet: $(VENV)/ready-parquet

languages: $(VENV)/ready-languages

# 查软件的软件另装一处（它带来的 lxml、pip 不进 .venv），与程序共用的从 .venv 取。
$(AUDIT)/ready: locks/requirements-audit.lock $(READY)
	@echo "正在安装 $< 所列软件包……"
	$(BIN)/python -m venv --clear $(AUDIT)
	$(AUDIT)/bin/python -m pip install --quiet --disable-pip-version-check \
	  --require-hashes --no-deps -r $<
	path="import sysconfig; print(sysconfig.get_path('purelib'))"; \
	$(BIN)/python -c "$$path" > "$$($(AUDIT)/bin/python -c "$$path")/run.pth"
	touch $@

# 软件物料清单：sbom.cdx.json（CycloneDX）。退出码 1：有锁定之外的软件包、无主的文件或不明的许可。
sbom: $(AUDIT)/ready
	$(AUDIT)/bin/cyclonedx-py environment $(BIN)/python --pyproject pyproject.toml \
	  --output-reproducible -o $(AUDIT)/scanned.json
	$(BIN)/python -m pipeline.whole.listings.software_bill $(AUDIT)/scanned.json sbom.cdx.json

# 已知漏洞：退出码 0 都查到而没有，1 有，2 有没有查到的（如不能联网）。
audit: $(AUDIT)/ready
	$(BIN)/python -m pipeline.whole.listings.known_holes $(AUDIT)/bin/pip-audit

lab: $(VENV)/ready-lab filter
	@echo "运行 $(BIN)/jupyter lab，打开 notebooks/ 中的章节。"

# 章节在 JupyterLab 中运行并保存后，git 只看每格的原文、类型和标签；见 .gitattributes。
# 没有装 nbstripout（make lab、make test 装）时原样通过。
filter:
	@if [ -e .git ] && git rev-parse --git-dir >/dev/null 2>&1; then \
	  git config filter.nbstripout.clean "$(STRIP)" && git config filter.nbstripout.smudge cat && \
	  git config filter.nbstripout.extrakeys "$(EDITORS)"; fi

# 先解出运行所需的；其余各份略去 requirements.lock 中一字不差（平台条件也相同）的条目。
lock:
	$(BIN)/python -m pip install --quiet uv
	compile="$(BIN)/uv pip compile --quiet pyproject.toml --universal --python-version 3.11 \
	  --fork-strategy fewest --generate-hashes --no-header --no-emit-index-url --no-annotate"; \
	$$compile -o requirements.lock && for extra in $(EXTRAS); do own=locks/requirements-$$extra.lock; \
	  $$compile --extra $$extra -c requirements.lock -o $$own && \
	  awk 'NR == FNR { if (/==/) run[$$0]; next } /==/ { own = !($$0 in run) } own' \
	    requirements.lock $$own > $$own.part && mv $$own.part $$own || exit; \
	done

# 只删去本软件写出的；别人的文件不动，逐一列出。
clean:
	@if [ -x $(BIN)/junheng ]; then \
	  $(BIN)/junheng clean && $(BIN)/python data/raw/fetch_caschools.py --remove; \
	else echo "没有 $(VENV)，卷宗和中间表未清理；先运行 make setup。"; fi
	@if [ -f $(AUDIT)/ready ]; then rm -rf $(AUDIT) sbom.cdx.json; fi
	@if [ -f $(READY) ]; then rm -rf $(VENV); fi
