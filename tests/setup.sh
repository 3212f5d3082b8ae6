#!/usr/bin/env bash
# Installs what the tests need and is not there: Debian packages, and tools from PyPI into tests/.tools.
set -euo pipefail
cd "$(dirname "$0")"

missing=()
need() { command -v "$1" >/dev/null 2>&1 || missing+=("$2"); }
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || missing+=(postgresql)
need chromium chromium
need java default-jre-headless
need openssl openssl
ls /usr/lib/*/faketime/libfaketimeMT.so.1 >/dev/null 2>&1 || missing+=(libfaketime)
python3 -c 'import venv, ensurepip' >/dev/null 2>&1 || missing+=(python3-venv)
if [ ${#missing[@]} -gt 0 ]; then
    as=()
    if [ "$(id -u)" != 0 ]; then
        if ! command -v sudo >/dev/null 2>&1 || ! sudo -n true 2>/dev/null; then
            echo "The tests need Debian packages that this user may not install. Please run once as root:" >&2
            echo "    apt-get install ${missing[*]}" >&2
            exit 1
        fi
        as=(sudo -n)
    fi
    echo "installing ${missing[*]}"
    "${as[@]}" apt-get update -qq
    "${as[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "${missing[@]}" >/dev/null
fi

[ -x .tools/python/bin/python ] || python3 -m venv .tools/python
if ! cmp -s requirements.txt .tools/python/installed.txt; then
    .tools/python/bin/python -m pip install --quiet --requirement requirements.txt
    cp requirements.txt .tools/python/installed.txt
fi
if ! cargo deny --version >/dev/null 2>&1 && [ ! -x .tools/bin/cargo-deny ]; then
    echo "building cargo-deny (some minutes, once)"
    cargo install --quiet --debug --locked --root .tools cargo-deny@0.20.2
fi
