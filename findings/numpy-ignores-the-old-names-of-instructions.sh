#!/usr/bin/env bash
# numpy 2.4 no longer knows the instruction sets by which recipes for equal digits switch them
# off: it warns, computes with them all the same, and the last bits of tanh stay the newer ones.
#
# Versions: numpy 2.3.5 and 2.4.2 on x86-64 with AVX2; Python 3.11.
# NPY_DISABLE_CPU_FEATURES="AVX2 FMA3" is what guides to reproducible results name, so that two
# processors give one digit. In 2.4 the features are grouped as X86_V2, X86_V3, X86_V4; the old
# names bring an ImportWarning, which Python hides by default. An estimate that goes through
# tanh, log or exp of numpy then differs between two offices' machines, and nothing says so.
#
# Seen (sha256 of tanh of 8,100 numbers, first 8 letters, equal or not to the plain run):
#   2.3.5: disabling "AVX2 FMA3" changes the digits: yes
#   2.4.2: disabling "AVX2 FMA3" changes the digits: no, warning shown by -W default: yes
#   2.4.2: disabling "X86_V3 X86_V4" changes the digits: yes
#
# Exits 0 while this is so, 1 when it changes, 2 when it could not be tried (no AVX2).
set -u
grep -qm1 ' avx2 ' /proc/cpuinfo || { echo "this processor has no AVX2"; exit 2; }
place=$(mktemp -d); trap 'rm -rf "$place"' EXIT; cd "$place" || exit 2
for version in 2.3.5 2.4.2; do
  { python3 -m venv v$version && v$version/bin/pip install -q --disable-pip-version-check numpy==$version; } >log 2>&1 || { cat log; exit 2; }
done
cat >digits.py <<'PY'
import hashlib
import numpy as np
many = np.random.default_rng(1).random((90, 90))
print(hashlib.sha256(np.tanh(many).tobytes()).hexdigest()[:8])
PY
run() { NPY_DISABLE_CPU_FEATURES="$2" v$1/bin/python -W "${3:-ignore}" digits.py 2>&1; }
differs() { [ "$(run "$1" "")" = "$(run "$1" "$2")" ] && echo no || echo yes; }
warned() { run "$1" "$2" default | grep -q Warning && echo yes || echo no; }
said="2.3.5: disabling \"AVX2 FMA3\" changes the digits: $(differs 2.3.5 "AVX2 FMA3")
2.4.2: disabling \"AVX2 FMA3\" changes the digits: $(differs 2.4.2 "AVX2 FMA3"), warning shown by -W default: $(warned 2.4.2 "AVX2 FMA3")
2.4.2: disabling \"X86_V3 X86_V4\" changes the digits: $(differs 2.4.2 "X86_V3 X86_V4")"
echo "$said"
[ "$said" = '2.3.5: disabling "AVX2 FMA3" changes the digits: yes
2.4.2: disabling "AVX2 FMA3" changes the digits: no, warning shown by -W default: yes
2.4.2: disabling "X86_V3 X86_V4" changes the digits: yes' ]
