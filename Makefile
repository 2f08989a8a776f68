# Both first commands set everything up by themselves: `make demo` and `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
WORKERS ?= 2

# The tests start the command hundreds of times, and each would compile the whole product anew.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help setup demo test nightly canaries check bench fuzz mutants live profile lock docs clean

help:
	@echo "make demo    run one reconciliation on the embedded SharePoint and show the result"
	@echo "make test    run the tests"
	@echo "make nightly look at far more histories than \`make test\` does; hours"
	@echo "make canaries plant every bug in turn and show which test turns red"
	@echo "make check   lint, types and walls"
	@echo "make bench   measure; claims about speed live in bench/"
	@echo "make fuzz    look for bytes that break the embedded SharePoint, FUZZ_SECONDS for each reader"
	@echo "make mutants change sync/core in thousands of small ways and see which the tests miss (docs/mutants.md)"
	@echo "make live    ask a real site what no recording shows (docs/first-contact.md)"
	@echo "make profile show where a run's time goes"
	@echo "make docs    write the generated pages of docs/ again"
	@echo "make lock    pin the image's dependencies again, with hashes"

$(STAMP): pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing Portfolio Sync and its tools into $(VENV) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable ".[test]"
	@touch $@

setup: $(STAMP)

demo: $(STAMP)
	@$(BIN)/portfolio-sync demo

# What of the core and the engine no unit test runs is not tested: programmes of whole runs hold them together besides.
UNITS := tests/unit tests/architecture

test: $(STAMP)
	@tests/services.sh
	@$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal --cov --cov-report= -q $(UNITS)
	@$(BIN)/python -m coverage report --fail-under=100
	@$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal -q $(UNITS:%=--ignore=%)

nightly: $(STAMP)
	@PORTFOLIO_SYNC_TEST_NIGHTLY=1 $(BIN)/python -m pytest -n $(WORKERS) --dist worksteal -q -rP --durations=30 tests/crash tests/machines

canaries: $(STAMP)
	@$(BIN)/python -m tests.canaries

check: $(STAMP)
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

BENCH ?=

# What of it takes how long, and how a part is measured alone: docs/benchmarks.md.
bench: $(STAMP)
	@$(BIN)/python -c "import matplotlib" 2>/dev/null || \
		$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable ".[test,bench]"
	@$(BIN)/python -m bench.run $(BENCH)

FUZZ_SECONDS ?= 600
FUZZ_SEED ?= 1
FUZZ_TARGETS := batch csom json odata

fuzz: $(STAMP)
	@$(BIN)/python -c "import atheris" 2>/dev/null || \
		$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable ".[test,fuzz]"
	@printf '%s\n' $(FUZZ_TARGETS) | xargs -P $(WORKERS) -I {} \
		$(BIN)/python -m tests.fuzz.run {} --seconds $(FUZZ_SECONDS) --seed $(FUZZ_SEED)

MUTANTS ?=

mutants: $(STAMP)
	@$(BIN)/python -c "import mutmut" 2>/dev/null || \
		$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable ".[test,mutants]"
	@$(BIN)/mutmut run --max-children $(WORKERS) $(if $(MUTANTS),"$(MUTANTS)")
	@$(BIN)/mutmut results | sed '/: not checked$$/d'

live: $(STAMP)
	@test -n "$$PORTFOLIO_SYNC_TEST_LIVE_SITE" || \
		(echo "Set PORTFOLIO_SYNC_TEST_LIVE_SITE to a scratch site first: docs/first-contact.md tells how."; exit 1)
	@$(BIN)/python -m pytest -q -n 0 -k "live or real_site" tests/live \
		tests/contract/test_liststore_promises.py tests/contract/test_listadmin_promises.py

profile: $(STAMP)
	@$(BIN)/python -c "import pyinstrument" 2>/dev/null || \
		$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable ".[test,bench]"
	@$(BIN)/python -m bench.profile

LOCK_TOOLS := build/lock-tools/bin
LOCK := --quiet --upgrade --generate-hashes --strip-extras --allow-unsafe --no-header --no-annotate \
	--no-emit-index-url --no-emit-find-links --no-emit-trusted-host

lock:
	@test -x $(LOCK_TOOLS)/pip-compile || ($(PYTHON) -m venv build/lock-tools && \
		$(LOCK_TOOLS)/python -m pip install --quiet "pip-tools>=7.5,<8")
	@$(LOCK_TOOLS)/pip-compile $(LOCK) --output-file requirements.lock pyproject.toml
	@$(LOCK_TOOLS)/pip-compile $(LOCK) --build-deps-for wheel --only-build-deps \
		--output-file requirements-build.lock pyproject.toml

docs: $(STAMP)
	@$(BIN)/python -m connectors.emulator.coverage
	@$(BIN)/python -m config.schema
	@$(BIN)/python docs/picture.py

clean:
	@rm -rf $(VENV) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .coverage
