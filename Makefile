# Everything lives in .venv; each target sets it up where needed and works a second time.
VENV := .venv
BIN := $(VENV)/bin
PYTHON ?= python3

.PHONY: run demo test check verifier clean

run: $(VENV)/ready
	$(BIN)/handledger run

demo: $(VENV)/ready
	$(BIN)/handledger --data demo-data demo

test: $(VENV)/test
	$(BIN)/python -m pytest

check: $(VENV)/check
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python -m pytest tests/test_architecture.py

verifier: $(VENV)/ready
	$(BIN)/python -m api.archive handledger-verify.pyz

$(VENV)/python:
	$(PYTHON) -m venv $(VENV)
	touch $@

$(VENV)/ready: $(VENV)/python setup.cfg requirements/run.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/run.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

$(VENV)/test: $(VENV)/ready requirements/test.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/test.txt
	touch $@

$(VENV)/check: $(VENV)/test requirements/check.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/check.txt
	touch $@

clean:
	rm -rf $(VENV) demo-data handledger-verify.pyz
