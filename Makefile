# Two commands matter: `make demo` and `make test`. Both work from a clean clone, with no step before.

PYTHON ?=
VENV   := .venv
EXAMPLE := .example
REPORT := casemate-report
JOBS   ?= 2
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DEFAULT_GOAL := help
.PHONY: help demo test native bench robust lock clean

help:  ## what can be made
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' $(firstword $(MAKEFILE_LIST)) | expand -t 16

demo: $(VENV)/.run $(EXAMPLE)/.made  ## find, prove and fix the weaknesses of the bundled example
	@sh tools/demo.sh $(VENV)/bin/casemate $(EXAMPLE)/bin/python $(REPORT)

test: $(VENV)/.dev  ## style, types, layers and every test
	@echo "style";  $(VENV)/bin/ruff check -q . && $(VENV)/bin/ruff format -q --check .
	@echo "types";  $(VENV)/bin/mypy --no-error-summary
	@echo "layers"; $(VENV)/bin/lint-imports --no-logo > $(VENV)/layers.log 2>&1 || { cat $(VENV)/layers.log; exit 1; }
	@sh tools/chromium.sh
	@sh tools/bubblewrap.sh
	@echo "tests";  $(VENV)/bin/python -m pytest -n $(JOBS) --dist loadfile --no-loadscope-reorder -rs

native: $(VENV)/.dev  ## the engine compiled: a wheel in dist/, and .native/bin/casemate
	@sh tools/native.sh $(VENV) .native

bench: $(VENV)/.dev  ## the measurements (BENCH="--owasp DIR …", see benchmarks/README.md)
	@$(VENV)/bin/python benchmarks/run.py $(BENCH)

robust: $(VENV)/.dev  ## huge, hostile and interrupted scans, for an hour (ROBUST="--only fuzz …")
	@$(VENV)/bin/python benchmarks/robust.py $(ROBUST)

# Stamps: a set-up step runs again only when what it was made from has changed.
$(VENV)/.made:
	@sh tools/venv.sh $(VENV) $(PYTHON)
	@touch $@

$(VENV)/.run: $(VENV)/.made requirements/run.txt pyproject.toml
	@sh tools/install.sh $(VENV) requirements/run.txt
	@touch $@

$(VENV)/.dev: $(VENV)/.run requirements/dev.txt
	@sh tools/install.sh $(VENV) requirements/dev.txt
	@touch $@

$(EXAMPLE)/.made: requirements/example.txt
	@sh tools/venv.sh $(EXAMPLE) $(PYTHON)
	@sh tools/install.sh $(EXAMPLE) requirements/example.txt alone
	@touch $@

lock:  ## resolve the dependencies again (wants uv on the PATH)
	@command -v uv > /dev/null || { echo "uv is missing; next step: pipx install uv"; exit 1; }
	@sh tools/lock.sh requirements/dev.txt pyproject.toml --group dev
	@sh tools/lock.sh requirements/run.txt pyproject.toml --group build -c requirements/dev.txt
	@sh tools/lock.sh requirements/example.txt --group example -c requirements/dev.txt

clean:  ## remove what was made here
	rm -rf $(VENV) $(EXAMPLE) .native $(REPORT) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
