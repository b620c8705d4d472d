PYTHON ?= python3
BIN := .venv/bin
READY := .venv/ready

.PHONY: help demo test verify lint freeze clean schema

help: ## list what make can do
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 10

$(READY): setup.py constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	touch $@

demo: $(READY) ## set up, run both founding scenarios, print tables and draw figures
	$(BIN)/evo run wolf_sniper
	$(BIN)/evo run igf

test: $(READY) ## set up and run the tests
	$(BIN)/python -m pytest -m "not slow"

verify: $(READY) ## the slow checks against theory
	$(BIN)/python -m pytest -m slow

lint: $(READY) ## ruff and mypy
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

freeze: $(READY) ## write the installed versions to constraints.txt
	(head -1 constraints.txt; $(BIN)/python -m pip freeze --all --exclude-editable | grep -viE '^(pip|evo-sandbox)==') > constraints.new
	mv constraints.new constraints.txt

clean: ## remove the environment and caches
	rm -rf .venv build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -prune -exec rm -rf {} +

schema: $(READY) ## write docs/scenario.schema.json, for editors
	$(BIN)/python -c "from evo.scenario import json_schema; print(json_schema(), end='')" > docs/scenario.schema.json
