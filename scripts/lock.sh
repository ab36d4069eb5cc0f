#!/bin/sh
# Write requirements.lock, requirements-scale.lock and requirements-dev.lock: the version of every package that the
# requirements files bring, directly or through another, on Python 3.11 and 3.12 under Linux, macOS and Windows.
#
#   PYTHON=python3 scripts/lock.sh
#
# A version that is locked and still fits stays; delete the locks first to get the newest ones.
set -eu
cd "$(dirname "$0")/.."

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

# The tool has a place of its own: .venv cannot be made from requirements that do not fit the locks yet.
"${PYTHON:-python3}" -m venv "$work/tool"
"$work/tool/bin/python" -m pip install -qq --disable-pip-version-check --no-input uv==0.13.9

# No wheels of numpy 1.26 above 3.12, nor of torch for the browser.
range="python_full_version < '3.13'"
platform="sys_platform != 'emscripten'"
printf '[tool.uv]\nenvironments = ["%s and %s"]\n' "$range" "$platform" >"$work/pyproject.toml"

lock() {  # lock NAME KEPT: NAME.lock from NAME.txt, with the versions that stand in KEPT where they fit
    if [ -f "$2" ]; then cp "$2" "$work/$1.lock"; fi
    "$work/tool/bin/uv" pip compile --quiet --project "$work" --universal --python-version 3.11 --no-header \
        --annotation-style line --output-file "$work/$1.lock" "$1.txt" >/dev/null
    {
        echo "# Made from $1.txt by 'make lock', for pip's -c: it says which version, not what to install, so that a"
        echo "# torch without CUDA goes without the CUDA packages that are named here for the torch that needs them."
        sed -e "s/$range and //" -e "s/$platform and //g" -e "s/ and $platform//g" -e "s/ ; $platform  #/  #/" \
            "$work/$1.lock"
    } >"$work/$1"
    cp "$work/$1" "$1.lock"
}

# The tests need all that the app needs, so what fits them fits the app, and both get the same versions.
lock requirements-dev requirements-dev.lock
lock requirements requirements-dev.lock
# An extra is installed beside both, so what it shares with them has their versions.
lock requirements-scale requirements-dev.lock
