# Everything happens in .venv, which the first target that needs it makes with $(PYTHON).
# To change the interpreter later: `make clean`, then `make setup PYTHON=python3.13`.
PYTHON ?= python3
BIN := .venv/bin
# Written last, so that an interrupted set-up starts over instead of passing for a finished one.
READY := .venv/ready

.DEFAULT_GOAL := help
.PHONY: help setup verify test test-all lint types format wheel readme clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-9s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

setup: $(READY) ## make .venv with the pinned tools

verify: $(READY) ## rerun every claim of the ledger
	$(BIN)/waitgroup verify

test: lint types ## lint, types, then the tests
	$(BIN)/python -m pytest --numprocesses 2

test-all: lint types ## the same with the slow tests too
	$(BIN)/python -m pytest --numprocesses 2 -m ""

lint: $(READY) ## ruff: rules and format
	$(BIN)/ruff check
	$(BIN)/ruff format --check

types: $(READY) ## mypy --strict
	$(BIN)/mypy

format: $(READY) ## let ruff rewrite what it can
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

wheel: $(READY) ## build dist/*.whl
	$(BIN)/python -m build --wheel --no-isolation

readme: $(READY) ## regenerate the tables of the documents
	$(BIN)/waitgroup claims --write README.md
	$(BIN)/waitgroup claims --write proofs/README.md

clean: ## remove .venv and everything generated
	rm -rf .venv dist build .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find spec impl proofs tests -name __pycache__ -prune -exec rm -rf {} +

# Make expands a whole recipe before it runs the first line, so the complaint comes before anything is removed or made.
# ensurepip is the part of venv that some distributions leave out.
USABLE = $(shell $(PYTHON) -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && echo yes)
COMPLAINT = '$(PYTHON)' is no Python 3.11 or newer with venv (Debian: python3-venv); name one: make PYTHON=python3.11

# The backend comes first and the build is not isolated: an isolated build would fetch one that nothing pins.
PIP = $(BIN)/python -m pip --disable-pip-version-check install --quiet --constraint constraints.txt
$(READY): pyproject.toml constraints.txt
	$(if $(USABLE),,$(error $(COMPLAINT)))
	rm -rf .venv
	$(PYTHON) -m venv .venv
	$(PIP) hatchling
	$(PIP) --no-build-isolation --editable '.[dev]'
	touch $@
