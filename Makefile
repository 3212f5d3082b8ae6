# The two commands are `make demo` and `make test`. Everything else is a part of them.
PORT ?= 8115
DATA ?= demo-data
export CARGO_TERM_COLOR ?= never
TARGET = $(shell cargo metadata --format-version 1 --no-deps | python3 -c 'import json, sys; print(json.load(sys.stdin)["target_directory"])')

.PHONY: demo test bench web setup check unit browser foreign screenshot clean

## A region of four members with believable data on this machine
demo: web
	cargo build --release --bin raum
	"$(TARGET)/release/raum" demo --port $(PORT) --dir $(DATA)

## Everything that is promised, checked
test: setup web check unit browser foreign
	@echo "everything passed"

## The figures of docs/performance.md
bench: setup web
	cargo build --release --package node --package bench --locked
	testkit/with-postgres.sh "$(TARGET)/release/bench"

## Debian packages and tools that tests need, installed when they are absent
setup:
	tests/setup.sh

## Styles, fonts, scripts and demo boundaries for the binary to embed
web: web/dist/manifest.json

web/dist/manifest.json: web/package-lock.json web/build.mjs $(wildcard web/styles/* web/islands/*)
	cd web && npm ci --ignore-scripts --no-fund --no-audit && npm run build

check:
	cargo fmt --all --check
	cargo clippy --workspace --all-targets --locked -- -D warnings
	PATH="$(CURDIR)/tests/.tools/bin:$$PATH" cargo deny --locked check bans licenses sources

unit:
	testkit/with-postgres.sh tests/cargo-test.sh

browser:
	cargo build --bin raum --locked
	cd tests/browser && npm ci --ignore-scripts --no-fund --no-audit
	cd tests/browser && RAUM="$(TARGET)/debug/raum" node --test --test-concurrency=1 --test-reporter=spec *.test.mjs

foreign:
	cargo build --bin raum --locked
	cargo build --workspace --examples --locked
	RAUM="$(TARGET)/debug/raum" tests/.tools/python/bin/python -m pytest -q tests/foreign

## The picture in the README
screenshot:
	cargo build --release --bin raum
	cd tests/browser && RAUM="$(TARGET)/release/raum" node screenshot.mjs

clean:
	rm -rf web/dist web/node_modules tests/.tools tests/browser/node_modules
