#!/bin/sh
# 建立运行环境：[PYTHON=python3.12] sh setup.sh <目录>。缺少 venv 组件的系统先设法补上。
set -eu
venv=$1

suits() { "$1" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null; }

python=
for candidate in ${PYTHON:-python3 python3.13 python3.12 python3.11}; do
  if suits "$candidate"; then python=$candidate; break; fi
done
if [ -z "$python" ]; then
  echo "没有找到 Python 3.11、3.12 或 3.13。请先安装，或用 make PYTHON=/路径/python3.12 指定。" >&2
  exit 2
fi

without_venv() {
  version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
  if "$python" -m pip --version >/dev/null 2>&1; then
    "$python" -m venv --clear --without-pip "$venv"
    "$python" -m pip --quiet --python "$venv/bin/python" install pip
  elif command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
    apt-get update -qq && apt-get install -qq -y "python$version-venv" >/dev/null
    "$python" -m venv --clear "$venv"
  else
    echo "Python 缺少 venv 组件。请先运行：sudo apt-get install python$version-venv，再重试。" >&2
    exit 2
  fi
}

"$python" -m venv --clear "$venv" >/dev/null 2>&1 || without_venv

echo "正在安装 requirements.lock 所列软件包（约一两分钟）……"
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check \
  --require-hashes --no-deps -r requirements.lock -r locks/requirements-build.lock
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check \
  --no-deps --no-build-isolation -e .
