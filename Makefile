# Everything a person types. What a target needs is installed by the scripts it calls, once.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
MAKEFLAGS += --no-builtin-rules --no-print-directory
.DEFAULT_GOAL := help
.PHONY: help run test bench soak screenshots lock wheel clean

help:
	@echo "make run    siaran di http://localhost:8080 / on the air at http://localhost:8080"
	@echo "make test   semua pemeriksaan dan uji / every check and test (pytest: make test ARGS='-k hls')"
	@echo "make bench  ukur biaya siaran / measure what being on the air costs"
	@echo "make soak   uji tahan lama / endurance test (MINUTES=60 DAYS=365)"
	@echo "make screenshots  gambar semua halaman / a picture of every page (ARGS='rundown materi')"
	@echo "make wheel  buat paket di dist/ / build the package in dist/"
	@echo "make lock   perbarui kunci pustaka / renew the locks of the libraries"
	@echo "make clean  hapus hasil pemasangan, bukan data / remove what was installed, never data"

run:
	@scripts/system run
	@scripts/python run
	@scripts/web
	@exec .venv/bin/lppl serve

test:
	@scripts/system test
	@scripts/python dev
	@scripts/web
	@scripts/test $(ARGS)

bench:
	@scripts/system test
	@scripts/python dev
	@scripts/web
	@exec .venv/bin/lppl bench $(ARGS)

soak: MINUTES ?= 60
soak: DAYS ?= 365
soak:
	@scripts/system run
	@scripts/python dev
	@scripts/web
	@.venv/bin/python -m pytest -q -m soak
	@LPPL_SIMULATED_DAYS=$(DAYS) .venv/bin/python -m pytest -q tests/scheduler/test_month.py
	@exec .venv/bin/python scripts/soak.py --minutes $(MINUTES)

screenshots:
	@scripts/system test
	@scripts/python dev
	@scripts/web
	@exec .venv/bin/python scripts/screenshots.py $(ARGS)

wheel:
	@scripts/python run
	@scripts/web
	@rm -rf build
	@.venv/bin/python -m pip wheel --quiet --no-deps --no-build-isolation --no-index --wheel-dir dist .
	@ls dist/*.whl

lock:
	@scripts/python dev
	@scripts/lock

clean:
	rm -rf .venv node_modules web/static/dist build dist ./*.egg-info .mypy_cache .ruff_cache .pytest_cache \
		.import_linter_cache .hypothesis
