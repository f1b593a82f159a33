# The doors: make run · make test · make check · make setup
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
DEV_STAMP := $(VENV)/.installed-dev

.PHONY: run test check setup setup-dev classifier generate clean

run: setup  ## start everything with a sample city at http://127.0.0.1:8000
	@exec $(BIN)/wenzheng up

setup: $(STAMP) classifier  ## the environment alone

classifier: $(STAMP)  ## learn the topics from the written corpus, once on this machine
	@$(BIN)/wenzheng nlp prepare > /dev/null

test: setup-dev  ## the tests
	@$(BIN)/python -m pytest -q -n 3 --dist loadscope tests

check: setup-dev  ## what CI runs beside the tests: style, types, arrows, generated files
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python -m tests.generate --check

generate: setup-dev  ## rewrite the generated documents and schema.sql
	@$(BIN)/python -m tests.generate

setup-dev: $(DEV_STAMP) classifier

$(STAMP): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit("Wenzheng needs Python 3.11 or newer" if sys.version_info < (3, 11) else 0)'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e . 2> $(VENV)/install.log \
		|| { cat $(VENV)/install.log >&2; exit 1; }
	@touch $@

$(DEV_STAMP): $(STAMP)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]' 2> $(VENV)/install.log \
		|| { cat $(VENV)/install.log >&2; exit 1; }
	@touch $@

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache
