# Everything a fresh machine needs is python3 (>= 3.11) and a network. `make help` lists the commands.
SHELL := /bin/bash
.DELETE_ON_ERROR:

PYTHON ?= python3
UV     := $(shell command -v uv 2>/dev/null || echo .tools/bin/uv)
BIN    := .venv/bin
READY  := .venv/.ready
NODE   := web/node_modules/.ready
PAGES  := src/quorate/server/pages/index.html
# A file's tests stay together and in order, so that its fixtures are set up once.
SPREAD := -n 2 --dist loadfile --no-loadscope-reorder
SOURCE := $(shell find web/src web/public -type f 2>/dev/null) $(wildcard web/*.json web/*.js web/*.ts web/*.html)

# What Python compiles is kept: without it each process compiles all that it imports, for seconds, and tests start hundreds.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help demo serve web types screens test test-fast check fix bench lock clean

help: ## list the commands
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

.tools/bin/uv:
	$(PYTHON) -m venv .tools
	.tools/bin/pip install --quiet 'uv>=0.9'

$(READY): pyproject.toml requirements/all.txt | $(UV)
	$(UV) venv --quiet --allow-existing --python "$$($(PYTHON) -c 'import sys; print(sys.executable)')" .venv
	$(UV) pip sync --quiet --python $(BIN)/python --require-hashes requirements/all.txt
	$(UV) pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@touch $@

$(NODE): web/package-lock.json | $(READY)
	$(BIN)/python web/npm.py --version >/dev/null 2>&1 || \
	  $(UV) pip install --quiet --python $(BIN)/python --require-hashes -r requirements/node.txt
	$(BIN)/python web/npm.py install --no-save --no-progress --loglevel=error
	@touch $@

$(PAGES): $(SOURCE) $(NODE)
	$(BIN)/python web/npm.py run --silent build
	@touch $@

web: $(PAGES) ## build the browser app

types: $(NODE) ## generate the app's types from the API
	$(BIN)/python web/openapi.py
	$(BIN)/python web/npm.py run --silent types

screens: $(PAGES) ## photograph every screen into docs/screens
	QUORATE_SCREENS=docs/screens $(BIN)/pytest tests/journeys/test_screens.py -q

demo: $(PAGES) ## label real images with a simulated crowd, then stay up
	$(BIN)/quorate demo

serve: $(PAGES) ## start the server on the default data folder
	$(BIN)/quorate serve

check: $(READY) $(NODE) ## format, lint, types, import directions; of the browser app, too
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/python web/npm.py run --silent check
	$(BIN)/python web/npm.py run --silent test

test: $(PAGES) check ## every check and every test
	$(BIN)/pytest --cache-clear $(SPREAD) || { [ $$? -eq 1 ] && $(BIN)/python tests/again.py; }

test-fast: $(PAGES) ## the inner loop: everything that is not marked slow
	$(BIN)/pytest $(SPREAD) -m 'not slow' -q

fix: $(READY) ## format and mend what can be mended
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(READY) ## every measured claim (slow; wants a quiet machine)
	$(BIN)/python -m bench

lock: | $(UV) ## resolve anew and write the hashed requirement files, which name no registry
	$(UV) lock --quiet --upgrade
	$(UV) export --quiet --no-header --no-emit-project --all-extras --group dev -o requirements/all.txt
	$(UV) export --quiet --no-header --no-emit-project --all-extras --group dev --group bench -o requirements/bench.txt
	$(UV) export --quiet --no-header --only-group node -o requirements/node.txt
	$(BIN)/python web/npm.py update

clean: ## remove what the Makefile made
	rm -rf .venv .tools .cache web/node_modules src/quorate/server/pages
