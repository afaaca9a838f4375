#!/bin/sh
# 由本归档重做卷宗，并与归档的一份逐字节比较。只用本文件夹中的东西，不联网（须有 wheels/ 与 inputs/）。
#   sh data/verify.sh [python3]
set -e
cd "$(dirname "$0")/.."
sha256sum -c --quiet manifest-sha256.txt || { echo "校验和不符：归档已有改动。" >&2; exit 1; }
echo "校验和：全部相符"
if [ ! -d data/wheels ]; then
    echo "没有 data/wheels（归档时没有写 --wheels）：只核对了校验和，没有重做卷宗。" >&2
    exit 2
fi
if [ -z "$(find data/inputs -mindepth 2 -type f 2>/dev/null | head -n 1)" ]; then
    echo "没有原始数据（data/inputs 中只有散列值，或是公开版）：只核对了校验和，没有重做卷宗。" >&2
    exit 2
fi
PYTHON="${1:-python3}"
WORK="$(mktemp -d)"
trap 'rm -rf "$WORK"' EXIT
"$PYTHON" -m venv "$WORK/venv"
PIP="$WORK/venv/bin/python -m pip install --quiet --disable-pip-version-check --no-index --no-deps"
$PIP --find-links data/wheels --require-hashes -r data/code/locks/requirements-build.lock
$PIP --find-links data/wheels --require-hashes -r data/code/requirements.lock
cp -r data/code "$WORK/code"
$PIP --no-build-isolation "$WORK/code"
cd "$WORK"
"$WORK/venv/bin/junheng" verify "$OLDPWD/data/dossier/@PLACE@" --level render --raw "$OLDPWD/data/inputs"
