# make demo     ask the embedded model "What is 323 * 458?"
# make test     install what the tests need, and run them
# make check    ruff, mypy, layers
# make docs     the documentation as a site, in site/
# make install  .venv with everything

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check

.PHONY: demo test check docs install clean

demo: $(VENV)/.local
	$(BIN)/orchestrator ask "What is 323 * 458?" --model embedded

test: $(VENV)/.dev
	$(BIN)/python -m pytest --cov --cov-report=term --numprocesses=auto --maxprocesses=4

check: $(VENV)/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python -m pytest -q -s tests/test_architecture.py

docs: $(VENV)/.docs
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --clean
	@! grep -rnoE '<(script|link|img|iframe)[^>]* (src|href)="?(https?:)?//[^>]*>' site --include='*.html' \
		|| (echo "the site loads something from another host" >&2; exit 1)

install: $(VENV)/.dev
	@echo "ready: source $(BIN)/activate, then orchestrator --help"

$(VENV)/.pip:
	$(PYTHON) -m venv $(VENV)
	$(PIP) install --quiet --upgrade "pip>=25.1"
	@touch $@

$(VENV)/.local: $(VENV)/.pip pyproject.toml
	$(PIP) install --quiet --editable ".[local,python]"
	@touch $@

$(VENV)/.dev: $(VENV)/.local
	$(PIP) install --quiet --editable ".[all]" --group dev
	@touch $@

$(VENV)/.docs: $(VENV)/.pip pyproject.toml
	$(PIP) install --quiet --group docs
	@touch $@

clean:
	rm -rf $(VENV) site .coverage .hypothesis .mypy_cache .pytest_cache .ruff_cache
