# saring: set-up, checks and the main jobs. `make` lists the targets.
#
# Everything is installed into a virtual environment below this folder, from the versions that
# requirements-lock.txt pins. Nothing outside it is touched, except that `make test` installs Debian's
# Chromium when it is missing and the user is root.

PYTHON ?= python3
VENV ?= .venv
LOCK := requirements-lock.txt
PACKAGES := dossier evidence synthetic models screening console
EXTRAS := dev,console,cluster,docs

SCENARIO ?= phnom_penh_2022
# More options for the command that a target runs, such as ARGS="--n 50000 --seed 7".
ARGS ?=
# More options for pytest, such as PYTEST_ARGS="-k certificate".
PYTEST_ARGS ?=
JOBS ?= 2

BIN := $(VENV)/bin
PLAIN := $(VENV)/.installed-plain
CONSOLE := $(VENV)/.installed-console
FULL := $(VENV)/.installed-full
PIP_INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint $(LOCK)
# Jobs share the processors; threads of scikit-learn beside them would only spin.
PYTEST := OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n $(JOBS)
NOTEBOOKS = $(wildcard notebooks/*.ipynb)

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:
.PHONY: help demo console setup test test-code test-slow test-notebooks docs gallery readme-check benchmarks browser \
  check fix lock clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: $(PLAIN) ## set up, then draw, screen, evaluate and report one scenario (SCENARIO=, ARGS=)
	$(BIN)/saring run $(SCENARIO) $(ARGS)

console: $(CONSOLE) ## set up, then start the console with demo data (ARGS=)
	$(BIN)/saring demo $(ARGS) || [ $$? -eq 130 ]  # 130: somebody pressed Ctrl-C

setup: $(FULL) ## set up for development, and do nothing else

test: $(FULL) browser check test-code test-notebooks ## set up, check, run all quick tests and the notebooks

test-code: $(FULL) ## only the quick tests and the examples in docstrings (PYTEST_ARGS=)
	$(PYTEST) -m "not slow" --doctest-modules tests $(PACKAGES) $(PYTEST_ARGS)

test-slow: $(FULL) ## only the slow tests (PYTEST_ARGS=)
	$(PYTEST) -m slow tests $(PYTEST_ARGS) || [ $$? -eq 5 ]  # 5: pytest found none

test-notebooks: $(FULL) ## only the notebooks, executed from top to bottom
	$(if $(NOTEBOOKS),$(PYTEST) --nbmake --nbmake-timeout=600 $(NOTEBOOKS),@echo "There are no notebooks yet.")

docs: $(FULL) ## build the documentation into var/docs/html; needs no network once set up
	$(BIN)/python -m scripts.build_docs var/docs

gallery: $(FULL) browser ## take the pictures of docs/ anew where they are out of date (ARGS=--all)
	OMP_NUM_THREADS=1 $(BIN)/python -m scripts.gallery $(ARGS)

readme-check: $(FULL) ## run the commands beside README's numbers and compare every number, some minutes
	$(BIN)/python -m scripts.readme_numbers --check

check: $(FULL) ## format, lint, types and import contracts, changing nothing
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

fix: $(FULL) ## format, and mend what can be mended automatically
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

benchmarks: $(FULL) ## install the peers and measure everything beside them, about an hour (ARGS=--quick)
	$(PIP_INSTALL) --editable '.[benchmarks]'
	$(BIN)/python -m benchmarks.evaluation $(ARGS)
	OMP_NUM_THREADS=1 $(BIN)/python -m benchmarks.drawing $(ARGS)
	OMP_NUM_THREADS=1 $(BIN)/python -m benchmarks.screening $(ARGS)
	$(BIN)/python -m benchmarks.end_to_end $(ARGS)
	$(BIN)/python -m benchmarks.cluster $(ARGS)
	OMP_NUM_THREADS=1 $(BIN)/python -m benchmarks.classroom $(ARGS)
	$(BIN)/python -m benchmarks.performance_page

browser: ## install Chromium for the browser tests, or say how
	@scripts/browser.sh

lock: ## choose versions anew and write requirements-lock.txt
	PYTHON="$(PYTHON)" scripts/lock.sh "$(EXTRAS)" $(LOCK)

clean: ## remove the virtual environment and all caches; runs in var/ stay
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache dist
	find $(PACKAGES) docs tests benchmarks scripts -name __pycache__ -type d -prune -exec rm -rf {} +

# A stamp is renewed when the lock file or the project's own requirements change.
$(PLAIN): pyproject.toml $(LOCK) | $(BIN)/python
	$(PIP_INSTALL) --editable .
	@touch $@

$(CONSOLE): pyproject.toml $(LOCK) | $(BIN)/python
	$(PIP_INSTALL) --editable '.[console]'
	@touch $(PLAIN) $@

$(FULL): pyproject.toml $(LOCK) | $(BIN)/python
	$(PIP_INSTALL) --editable '.[$(EXTRAS)]'
	@touch $(PLAIN) $(CONSOLE) $@

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' || { \
	  echo "saring needs Python 3.11, 3.12 or 3.13, and $(PYTHON) is not. Name one: make PYTHON=python3.12 ..." >&2; \
	  exit 1; }
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
	  echo "$(PYTHON) could not make a virtual environment. On Debian: apt-get install python3-venv" >&2; \
	  exit 1; }
