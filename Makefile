# Two commands: `make run` asks and serves, `make test` checks everything.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export ANONYMIZED_TELEMETRY := False
export HF_HUB_OFFLINE ?= 1
export HF_HUB_DISABLE_TELEMETRY := 1

.DEFAULT_GOAL := help
.PHONY: help setup run test bench

help: ## Show what can be made
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /make \1\t/'

setup: $(VENV)/installed ## Create .venv, install, and index the corpus
	@$(BIN)/assistant sync || test $$? -eq 3  # files that cannot be indexed are named; the others can be asked

run: setup ## Answer a sample question, then serve the chat page on localhost
	@$(BIN)/assistant ask "When did China suspend the October 2025 export controls, and until when?"
	@$(BIN)/assistant serve

test: $(VENV)/installed-dev ## Linters, types, floors and the whole test suite
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest

bench: $(VENV)/installed-bench ## Measure on the public sets in ../shared/benchmarks, and write the README's results
	$(BIN)/python -m tests.bench.bars --json docs/results.json; met=$$?; $(BIN)/python docs/generate.py; exit $$met

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade "pip>=26"

$(VENV)/installed: pyproject.toml constraints.txt | $(BIN)/python
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable ".[ocr]"
	@touch $@

$(VENV)/installed-dev: $(VENV)/installed
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable ".[dev,ocr]"
	@touch $@

$(VENV)/installed-bench: $(VENV)/installed-dev
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable ".[bench,dev,ocr]"
	@touch $@
