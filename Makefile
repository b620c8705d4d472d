PYTHON ?= python3
BIN := .venv/bin
READY := .venv/ready

.PHONY: help demo watch test slow browser shots verify records mutants torture floors installed pressure lineage benchmarks lint freeze clean claims schema docs

help: ## list what make can do
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 10

$(READY): setup.py constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt \
		--config-settings editable_mode=compat --editable '.[dev]'
	touch $@

demo: $(READY) ## set up, run both founding scenarios, print tables and draw figures
	$(BIN)/evo run wolf_sniper
	$(BIN)/evo run igf

watch: $(READY) ## open the live page of the coin task in a browser; also SCENARIO=NAME
	$(BIN)/evo watch $(or $(SCENARIO),coin)

test: $(READY) ## set up and run the tests, but for those that take long
	$(BIN)/python -m tests.compiled
	$(BIN)/python -m pytest -n auto

slow: $(READY) ## run the tests that take long, which `make test` leaves out; 4 minutes
	$(BIN)/python -m tests.compiled
	$(BIN)/python -m pytest -n auto -m slow

browser: $(READY) ## install Chromium where there is none (Debian, as root) and test the live page in it
	command -v chromium chromium-browser google-chrome > /dev/null || (apt-get update && apt-get install --yes chromium)
	EVO_BROWSER=needed $(BIN)/python -m pytest -m browser tests/watch/test_browser.py

shots: $(READY) ## draw docs/images/watch.png, watch_coin.png and watch.gif in a browser; 3 minutes
	$(BIN)/python -m tests.watch.shots

.venv/docs: $(READY)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt \
		--config-settings editable_mode=compat --editable '.[dev,docs]'
	touch $@

docs: .venv/docs ## build the pages of docs/ as a site, docs/_build/html/index.html
	$(BIN)/python -m sphinx -b html -W --keep-going -q docs docs/_build/html

verify: $(READY) ## check against theory and published results, write docs/verification.md
	$(BIN)/python -m tests.verification

records: $(READY) ## hold every shipped scenario to the records it gave, in full; 8 minutes
	$(BIN)/python -m tests.records

floors: ## pass the tests with the lowest versions that setup.py allows, in an environment of their own; 15 minutes
	test -x .venv-floors/bin/python || $(PYTHON) -m venv .venv-floors
	.venv-floors/bin/python -m pip install --quiet --disable-pip-version-check uv
	.venv-floors/bin/uv pip install --quiet --python .venv-floors/bin/python --resolution lowest-direct --editable '.[dask,lineage]'
	.venv-floors/bin/uv pip install --quiet --python .venv-floors/bin/python \
		pytest pytest-xdist hypothesis setuptools wheel cma ipykernel nbclient nbformat
	.venv-floors/bin/uv pip list --python .venv-floors/bin/python
	.venv-floors/bin/python -m pytest -n auto --deselect tests/test_records.py

installed: $(READY) ## install the wheel and what it needs into a bare environment, and run it there; 3 minutes
	rm -rf build dist .venv-installed
	$(BIN)/python -m pip wheel --quiet --disable-pip-version-check --no-deps --no-build-isolation --wheel-dir dist .
	$(PYTHON) -m venv .venv-installed
	.venv-installed/bin/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt dist/*.whl
	cd .venv-installed && bin/evo scenarios && bin/evo show igf && bin/evo run ochs_desai --replicates 3 \
		--set population.generations=20 --figures && bin/python -m evo run wolf_sniper --replicates 3 --json

mutants: $(READY) ## break the kernels on purpose: the tests must notice
	$(BIN)/python -m tests.mutants

torture: $(READY) ## kill, damage and crowd batches at random: none lost, none twice; half an hour
	$(BIN)/python -m tests.torture

pressure: $(READY) ## draw docs/images/pressure.png and dose.png
	$(BIN)/evo pressure --figure docs/images/pressure.png
	$(BIN)/evo dose wolf_sniper:parts=2,teeth=0 igf:concept_parts=2 --replicates 100 --figure docs/images/dose.png

lineage: $(READY) ## draw docs/images/lineage.png
	$(BIN)/evo lineage "$$($(BIN)/evo run stepping_stones --replicates 2 --over mutation_rate=1e-3 --quiet)" 1 1 \
		--figure docs/images/lineage.png

benchmarks: $(READY) ## measure speed beside C and other libraries, into an environment of their own; 10 minutes
	test -x .venv-benchmarks/bin/python || $(PYTHON) -m venv .venv-benchmarks
	.venv-benchmarks/bin/python -m pip install --quiet --disable-pip-version-check --editable . --requirement benchmarks/requirements.txt
	$(BIN)/python benchmarks/onemax.py
	.venv-benchmarks/bin/python benchmarks/libraries.py
	.venv-benchmarks/bin/python benchmarks/minds.py
	$(BIN)/python benchmarks/scaling.py
	$(BIN)/python benchmarks/startup.py
	$(BIN)/python benchmarks/engines.py
	$(BIN)/python benchmarks/lineage.py
	$(BIN)/python benchmarks/arms.py
	.venv-benchmarks/bin/python benchmarks/audit.py

lint: $(READY) ## ruff and mypy
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

freeze: $(READY) ## write the installed versions to constraints.txt
	(head -1 constraints.txt; $(BIN)/python -m pip freeze --all --exclude-editable | grep -viE '^(pip|evo-sandbox)==') > constraints.new
	mv constraints.new constraints.txt

clean: ## remove the environment and caches
	rm -rf docs/_build .venv .venv-benchmarks .venv-floors .venv-installed build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -prune -exec rm -rf {} +

claims: $(READY) ## run every claim in full and write its page in docs/; some 88 minutes on 2 cores
	$(BIN)/evo claims --full

schema: $(READY) ## write docs/scenario.schema.json, for editors
	$(BIN)/python -c "from evo.scenario.fields import json_schema; print(json_schema(), end='')" > docs/scenario.schema.json
