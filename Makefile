# Two commands for a newcomer: `make demo` and `make test`. The rest is for those who change code.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: demo test check lock docs eval models clean

demo: .venv/.run
	$(BIN)/sayso demo

test: .venv/.dev
	$(BIN)/pytest -n auto $(ARGS)

check: .venv/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

docs: .venv/.dev
	$(BIN)/python -m docs.generate

eval: .venv/.dev
	$(BIN)/python -m docs.evaluate $(SETS)

models: .venv/.dev
	$(BIN)/python -m docs.make_models $(SETS)

lock: .venv/.dev
	$(BIN)/pip install --quiet uv
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header --extra browser --extra elasticsearch --extra workers --extra alerts --extra onnx --extra train pyproject.toml -o requirements/run.txt
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header --extra browser --extra elasticsearch --extra workers --extra alerts --extra onnx --extra train --group dev pyproject.toml -c requirements/run.txt -o requirements/dev.txt

.venv/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Sayso needs Python 3.11 or newer: make PYTHON=python3.12 …")'
	$(PYTHON) -m venv .venv

.venv/.run: .venv/bin/python requirements/run.txt pyproject.toml
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/run.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --editable .
	touch $@

.venv/.dev: .venv/.run requirements/dev.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	touch $@

clean:
	rm -rf .venv demo
