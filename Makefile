# make demo     ask the embedded model "What is 323 * 458?"
# make test     install what the tests need, and run them
# make check    ruff, mypy, layers
# make install  .venv with everything

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check

.PHONY: demo test check install clean

demo: $(VENV)/.local
	$(BIN)/orchestrator ask "What is 323 * 458?" --model embedded

test: $(VENV)/.dev
	$(BIN)/python -m pytest --cov --cov-report=term --numprocesses=auto --maxprocesses=4

check: $(VENV)/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python -m pytest -q tests/test_architecture.py

install: $(VENV)/.dev
	@echo "ready: source $(BIN)/activate, then orchestrator --help"

$(VENV)/.pip:
	$(PYTHON) -m venv $(VENV)
	$(PIP) install --quiet --upgrade "pip>=25.1"
	@touch $@

$(VENV)/.local: $(VENV)/.pip pyproject.toml
	$(PIP) install --quiet --editable ".[local]"
	@touch $@

$(VENV)/.dev: $(VENV)/.local
	$(PIP) install --quiet --editable ".[all]" --group dev
	@touch $@

clean:
	rm -rf $(VENV) .coverage .hypothesis .mypy_cache .pytest_cache .ruff_cache
