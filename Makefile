# One line each. Needs Python 3.11 or newer and make; `setup` fetches the rest, once.
.DEFAULT_GOAL := help
BIN   := .venv/bin
ROOMS := commands api control workflows activities signing records exchange forms licences \
         settings.py seen.py worker.py cli.py local.py demo.py

.PHONY: help setup up demo test check bench matrix chaos repairs gate histories lock migrate clean

help:     ## this list
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' Makefile | expand -t 10
setup: .venv/ready-for-test      ## install everything that is missing, for tests too
up: .venv/ready-for-demo         ## the whole system on loopback until Ctrl-C (make up PORT=8000)
	@$(BIN)/bizportal up $(if $(PORT),--port $(PORT))
demo: .venv/ready-for-demo       ## one company all the way, checked from outside; last line "demo: passed"
	@$(BIN)/python demo.py
test: .venv/ready-for-test       ## every test
	@tools/test
check: .venv/ready-for-test      ## format, lint, types, floors
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy $(ROOMS)
	@$(BIN)/lint-imports
bench: .venv/ready-for-test      ## every figure, into bench/results.json
	@$(BIN)/python -m bench
matrix: .venv/ready-for-test     ## every licence and operation, from form to register
	@$(BIN)/python -m bench.matrix
chaos: .venv/ready-for-test      ## kill each part while licences are issued; count what was lost
	@$(BIN)/python -m bench.chaos
repairs: .venv/ready-for-test    ## 1,000 applications stuck on a planted fault, repaired by one command; 10 fail again
	@PYTHONPATH=.:tests $(BIN)/python tests/repairing.py
gate: .venv/ready-for-demo       ## open runs and rules in use of the running system against this code, before it is deployed
	@$(BIN)/bizportal gate
histories: .venv/ready-for-test  ## walk one licence of each kind and keep its history, which every test run replays
	@PYTHONPATH=.:tests $(BIN)/python tests/recording.py
	@PYTHONPATH=.:tests $(BIN)/python tests/recording.py --archetypes
lock: .venv/ready-for-test       ## requirements.lock anew from pyproject.toml: hashes, no hosts
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
	  --no-emit-index-url --all-extras --output-file requirements.lock pyproject.toml >/dev/null
migrate: .venv/ready-for-demo    ## bring the tables of BIZ_DATABASE_URL up to date
	@$(BIN)/bizportal migrate
clean:    ## forget the local system's state and what was made; keeps .venv
	rm -rf .local out .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

.venv/ready-for-%: requirements.lock tools/setup
	@tools/setup $*
	@touch $@
