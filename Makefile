PYTHON ?= python3
BIN := .venv/bin
READY := .venv/ready

.PHONY: help demo test verify records mutants torture pressure benchmarks lint freeze clean schema

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
	$(BIN)/python -m pytest -n auto

verify: $(READY) ## check against theory and published results, write docs/verification.md
	$(BIN)/python -m tests.verification

records: $(READY) ## hold every shipped scenario to the records it gave, in full; 2 minutes
	$(BIN)/python -m tests.records

mutants: $(READY) ## break the kernels on purpose: the tests must notice
	$(BIN)/python -m tests.mutants

torture: $(READY) ## kill, damage and crowd batches at random: none lost, none twice; 20 minutes
	$(BIN)/python -m tests.torture

pressure: $(READY) ## draw docs/images/pressure.png and dose.png
	$(BIN)/evo pressure --figure docs/images/pressure.png
	$(BIN)/evo dose wolf_sniper:parts=2,teeth=0 igf:concept_parts=2 --replicates 100 --figure docs/images/dose.png

benchmarks: $(READY) ## measure speed beside C and other libraries, into an environment of their own; 10 minutes
	test -x .venv-benchmarks/bin/python || $(PYTHON) -m venv .venv-benchmarks
	.venv-benchmarks/bin/python -m pip install --quiet --disable-pip-version-check --editable . --requirement benchmarks/requirements.txt
	$(BIN)/python benchmarks/onemax.py
	.venv-benchmarks/bin/python benchmarks/libraries.py
	$(BIN)/python benchmarks/scaling.py
	$(BIN)/python benchmarks/startup.py
	$(BIN)/python benchmarks/engines.py

lint: $(READY) ## ruff and mypy
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

freeze: $(READY) ## write the installed versions to constraints.txt
	(head -1 constraints.txt; $(BIN)/python -m pip freeze --all --exclude-editable | grep -viE '^(pip|evo-sandbox)==') > constraints.new
	mv constraints.new constraints.txt

clean: ## remove the environment and caches
	rm -rf .venv .venv-benchmarks build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -prune -exec rm -rf {} +

schema: $(READY) ## write docs/scenario.schema.json, for editors
	$(BIN)/python -c "from evo.scenario.fields import json_schema; print(json_schema(), end='')" > docs/scenario.schema.json
