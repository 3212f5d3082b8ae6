#!/usr/bin/env bash
# Every test of the workspace: with nextest where it is installed, else with cargo alone.
set -euo pipefail
if cargo nextest --version >/dev/null 2>&1; then
    cargo nextest run --workspace --locked --no-fail-fast
    cargo test --workspace --locked --doc
else
    cargo test --workspace --locked --no-fail-fast
fi
