# Everything works from a fresh clone with Python >= 3.11 and make; the environment is .venv/.
PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip install -qq --disable-pip-version-check

.PHONY: help setup demo test chaos check format bench lock clean

help: ## list the targets
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

setup: .venv/dev.stamp ## make .venv/ with everything for development

.venv/run.stamp: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed: make PYTHON=python3.12 …" >&2; exit 1; }
	@echo "Setting up .venv/ …"
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(PIP) --require-hashes -r requirements.lock
	@$(PIP) --no-deps --editable .
	@touch $@

.venv/dev.stamp: .venv/run.stamp requirements-dev.lock
	@$(PIP) --require-hashes -r requirements-dev.lock
	@touch $@

demo: .venv/run.stamp ## the bot with stand-ins for Slack and JD Cloud, on a web page (PORT=8000)
	@$(BIN)/copy-image-bot demo $(if $(PORT),--port $(PORT))

test: .venv/dev.stamp ## all tests, the hundred kills on each database last and alone
	@$(BIN)/pytest -n 2 --ignore=tests/chaos/test_chaos.py
	@$(BIN)/pytest tests/chaos/test_chaos.py

chaos: .venv/dev.stamp ## kill bots for a long while (KILLS=1000 DATABASE=postgresql|sqlite TRANSPORT=http|socket)
	@$(BIN)/python -m tests.chaos --kills $(or $(KILLS),1000) --database $(or $(DATABASE),postgresql) --transport $(or $(TRANSPORT),http) $(if $(SEED),--seed $(SEED))

check: .venv/dev.stamp ## formatter, linter, type checker, import contracts
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

format: .venv/dev.stamp ## format the code and mend what the linter can
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

bench: .venv/dev.stamp ## benchmarks, as tables of ratios
	@$(BIN)/python -m tests.bench

lock: ## resolve the dependencies anew (needs uv)
	uv pip compile --quiet --generate-hashes --universal --python-version 3.11 --no-annotate --no-header pyproject.toml -o requirements.lock
	uv pip compile --quiet --generate-hashes --universal --python-version 3.11 --no-annotate --no-header --extra dev -c requirements.lock pyproject.toml -o requirements-dev.lock

clean: ## forget .venv/ and caches
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
