#!/bin/sh
# Make .venv hold what the named requirements files pin, and all that they bring in the versions of their locks
# (NAME.lock beside NAME.txt), and do nothing when it already does.
#
#   PYTHON=python3 scripts/environment.sh requirements.txt [requirements-dev.txt] [requirements-scale.txt]
#
# A copy of each installed file and lock is kept in .venv and written only after pip has succeeded, so that an
# interrupted install is never taken for a finished one.
set -eu
cd "$(dirname "$0")/.."

# numpy 1.26 has no wheel above 3.12, scipy 1.17 and pandas 3 have none below 3.11.
probe='
import sys
if not (3, 11) <= sys.version_info[:2] <= (3, 12):
    print("version")
else:
    try:
        import venv, ensurepip
    except ImportError:
        print("venv")
    else:
        print("usable")
'

state() {  # usable, venv, version or missing; a Python that answers anything else counts as the wrong version
    command -v "$1" >/dev/null 2>&1 && "$1" --version >/dev/null 2>&1 || { echo missing; return; }
    case "$("$1" -c "$probe" 2>/dev/null || true)" in
        usable) echo usable ;;
        venv) echo venv ;;
        *) echo version ;;
    esac
}

refuse() {
    echo "$*" >&2
    exit 1
}

choose_python() {
    wrong="" without_venv=""
    for candidate in "${PYTHON:-python3}" python3.12 python3.11; do
        case "$(state "$candidate")" in
            usable) echo "$candidate"; return ;;
            venv) without_venv="${without_venv:-$candidate}" ;;
            version) wrong="${wrong:-$candidate}" ;;
        esac
    done
    if [ -n "$without_venv" ]; then
        refuse "Nearfield cannot make an environment because $without_venv has no venv module:" \
            "install it (on Debian or Ubuntu: apt-get install python3-venv), then run this command again."
    elif [ -n "$wrong" ]; then
        refuse "Nearfield needs Python 3.11 or 3.12, but $wrong is $("$wrong" --version 2>&1 | head -n 1):" \
            "install one of them, or name yours, as in 'make app PYTHON=/path/to/python3.12'."
    else
        refuse "Nearfield needs Python 3.11 or 3.12, but ${PYTHON:-python3} was not found:" \
            "install one of them, or name yours, as in 'make app PYTHON=/path/to/python3.12'."
    fi
}

installed() {
    for file; do
        for part in "$file" "${file%.txt}.lock"; do
            cmp -s "$part" ".venv/$part" || return 1
        done
    done
    [ "$(state .venv/bin/python)" = usable ]
}

if installed "$@"; then
    exit 0
fi

if [ "$(state .venv/bin/python)" != usable ] || ! .venv/bin/python -m pip --version >/dev/null 2>&1; then
    python=$(choose_python)
    echo "Making .venv with $("$python" --version)."
    "$python" -m venv --clear .venv
fi

rm -f .venv/requirements*.txt .venv/requirements*.lock
quiet=-qq
if [ -t 1 ]; then quiet=; fi
arguments="" kept=""
for file; do
    lock=${file%.txt}.lock
    arguments="$arguments -r $file -c $lock" kept="$kept $file $lock"
done
echo "Installing the packages of $*: a few minutes the first time."
# shellcheck disable=SC2086
.venv/bin/python -m pip install $quiet --disable-pip-version-check --no-input $arguments ||
    refuse "The packages could not be installed, for the reason that pip gives above:" \
        "check the network and that 4 GB of disk are free, then run this command again."
# shellcheck disable=SC2086
cp $kept .venv/
