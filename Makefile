# make demo and make test each set up everything they need in .venv, and do nothing twice.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

BIN := .venv/bin
# A stamp is named by the content it stands for, since a clone does not keep file times, and by this folder,
# since a moved venv is broken. Its presence means: complete. Then no network is asked.
KEY := $(shell { cat pyproject.toml constraints.txt .ci/venv; pwd; } | sha256sum | cut -c1-16)
READY := .venv/.ready-$(KEY)
READY_DEV := .venv/.ready-dev-$(KEY)

.PHONY: help demo test check lint bench serve docs lock

help:
	@echo "make demo    frames to closed cases on samples, then console and look-up until Ctrl-C (ONCE=1: ends)"
	@echo "make test    every test, with real PostgreSQL, Redis and Chromium"
	@echo "make check   linters, types, import contracts, unit tests"
	@echo "make bench   the benchmarks (NAME=one of them)"
	@echo "make serve   the centre of this folder's own installation"
	@echo "make docs    rewrites the generated pages; make lock: rewrites constraints.txt"

demo: $(READY)
	$(BIN)/phatnguoi demo

serve: $(READY)
	$(BIN)/phatnguoi serve

bench: $(READY)
	for name in $(or $(NAME),$(basename $(notdir $(wildcard benchmarks/[a-z]*.py)))); do $(BIN)/phatnguoi bench "$$name"; done

check: lint
	$(BIN)/python -m pytest -n auto tests/unit --cov

lint: $(READY_DEV)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# Unit tests on all cores; of the others two files at once, each beside servers, workers and a database of its own:
# they wait much, and their networks take what cores there are. A thread that waits for its turn does not spin.
test: $(READY_DEV)
	.ci/test-packages
	$(BIN)/python -m pytest -n auto tests/unit --cov
	OMP_WAIT_POLICY=PASSIVE $(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder --ignore=tests/unit

docs: $(READY_DEV)
	$(BIN)/python -m docs.generate

$(READY):
	.ci/venv camera $@

$(READY_DEV):
	.ci/venv camera,dev $(READY) $@

# A real resolve of pyproject.toml, without the constraints it replaces.
lock: $(READY_DEV)
	$(BIN)/python -m pip install --dry-run --ignore-installed --quiet --report .venv/lock.json '.[camera,dev]'
	$(BIN)/python deploy/lock.py .venv/lock.json > .venv/constraints.txt
	mv .venv/constraints.txt constraints.txt
