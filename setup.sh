#!/bin/sh
# 建立运行环境：sh setup.sh <python3> <目录>。缺少 venv 或 pip 的系统（如精简的 Debian）先设法补上。
set -eu
python=$1
venv=$2

if [ -z "$python" ]; then
  echo "没有找到 python3。请先安装 Python 3.11、3.12 或 3.13。" >&2
  exit 2
fi
if ! "$python" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))'; then
  echo "$("$python" --version) 不适用：需要 Python 3.11、3.12 或 3.13。可用 make PYTHON=… 指定。" >&2
  exit 2
fi

if ! "$python" -m venv --clear "$venv" >/dev/null 2>&1; then
  version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
  if command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
    apt-get update -qq && apt-get install -qq -y "python$version-venv" >/dev/null
    "$python" -m venv --clear "$venv"
  else
    echo "Python 缺少 venv 组件。请先运行：sudo apt-get install python$version-venv，再重试。" >&2
    exit 2
  fi
fi

echo "正在安装 requirements.lock 所列软件包（约一两分钟）……"
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check \
  --require-hashes --no-deps -r requirements.lock
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check \
  --no-deps --no-build-isolation -e .
