# Citebot's targets; `make` alone lists them. Works with the make of macOS (GNU Make 3.81) and of Linux.

# The Python that .venv is made with; unset, the first of the usual names that is 3.11 or newer: make run PYTHON=/opt/python/bin/python3
PYTHON ?=
# Where pip finds PyTorch's CPU-only builds: 200 MB, and all that Citebot uses. PyPI's builds for Linux bring several GB of CUDA along.
# https://pytorch.org/get-started/locally names the address (Compute Platform: CPU): make run TORCH_INDEX=https://…
TORCH_INDEX ?=

BIN = .venv/bin
PIP = $(BIN)/python -m pip --disable-pip-version-check
SETUP = pyproject.toml constraints.txt

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run test lint format wheel constraints clean

help: ## show this
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: .venv/ready ## set up what is missing, then the bot; without TELEGRAM_BOT_TOKEN the sandbox, a page in your browser
	@$(BIN)/citebot run

test: .venv/ready-test ## all tests, without network
	@$(BIN)/python -m pytest

lint: .venv/ready-dev ## style, formatting and types
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

format: .venv/ready-dev ## mend style and formatting where that is safe
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

wheel: .venv/ready-test ## build dist/*.whl
	$(BIN)/python -m pip wheel --quiet --no-deps --no-build-isolation --wheel-dir dist .

# From a fresh environment, so that nothing but what pyproject.toml asks for is pinned. PyTorch stays as pinned: move it by hand, since its
# builds differ by platform; for the same reason its build tag (+cpu) and CUDA packages, which it pins itself, are left out.
constraints: ## pin the newest versions of all libraries in constraints.txt
	rm -rf .venv-constraints
	$(find-python); "$$python" -m venv .venv-constraints
	.venv-constraints/bin/pip install --quiet $(torch-index) "$$(grep '^torch==' constraints.txt)"
	.venv-constraints/bin/pip install --quiet --upgrade setuptools '.[dev]'
	{ sed -n '/^#/p' constraints.txt; \
	  .venv-constraints/bin/pip freeze --all --exclude pip --exclude citebot \
	  | grep -vE '^(nvidia-|cuda-|triton)' | sed 's/^\(torch==[^+]*\)+.*/\1/' | sort -f; } > constraints.new
	mv constraints.new constraints.txt
	rm -rf .venv-constraints

clean: ## remove what was installed and built; documents and data stay
	rm -rf .venv .venv-constraints build dist .coverage htmlcov .mypy_cache .pytest_cache .ruff_cache .hypothesis

# Each is a file that says: installed since pyproject.toml and constraints.txt last changed.
.venv/ready: $(SETUP)
	$(make-venv)
	@echo "Installing Citebot's libraries into .venv, in a few minutes; once only."
	@$(PIP) install --quiet --constraint constraints.txt --editable .
	@touch $@

.venv/ready-test: .venv/ready
	@echo "Installing what the tests need."
	@$(PIP) install --quiet --constraint constraints.txt --editable '.[test]'
	@touch $@

.venv/ready-dev: .venv/ready-test
	@echo "Installing ruff, mypy and pre-commit."
	@$(PIP) install --quiet --constraint constraints.txt --editable '.[dev]'
	@touch $@

torch-index = $(if $(TORCH_INDEX),--extra-index-url $(TORCH_INDEX))

# Sets $python, or ends with what to do.
define find-python
new='import sys; sys.exit(sys.version_info < (3, 11))'; \
for python in $(or $(PYTHON),python3 python3.14 python3.13 python3.12 python3.11 python); do \
  if "$$python" -c "$$new" 2>/dev/null; then found=yes; break; fi; \
done; \
test "$$found" || { echo "Citebot needs Python 3.11 or newer; install one, or name it: make PYTHON=/path/to/python3" >&2; exit 1; }
endef

# PyTorch comes first and shows its progress, being by far the largest.
define make-venv
@$(find-python); test -x $(BIN)/pip || "$$python" -m venv .venv
@echo "Installing PyTorch into .venv."
@$(PIP) install --progress-bar on --constraint constraints.txt $(torch-index) torch
endef
