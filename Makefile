# IMSA Desk. Two commands are enough on a fresh machine: `make run` and `make test`.
# Each sets up what it needs first; `make help` lists the rest.

PYTHON ?= python3
VENV := .venv/bin/python
export PYTHONDONTWRITEBYTECODE :=
export PYTHONUTF8 := 1

.DEFAULT_GOAL := help
.PHONY: help run test check lint bench bench-full faults freeze lock clean set-up-run set-up-test

help: ## list these targets
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 14

run: set-up-run ## open IMSA Desk with the practice caseload (without a display: take the tour)
	@$(VENV) scripts/run.py

# Types take one core a while: they are checked while the tests begin, and told when these are through.
test: lint ## everything CI checks: static checks and every test
	@mkdir -p build; $(VENV) -m mypy > build/types.txt 2>&1 & types=$$!; \
	QT_QPA_PLATFORM=offscreen $(VENV) -m pytest -q -n 2 --dist loadfile; tests=$$?; \
	wait $$types; types=$$?; echo "$(VENV) -m mypy"; cat build/types.txt; exit $$((tests ? tests : types))

check: lint ## static checks: format, lint, types, who imports whom
	$(VENV) -m mypy

lint: set-up-test
	$(VENV) -m ruff format --check .
	$(VENV) -m ruff check .
	.venv/bin/lint-imports

bench: set-up-test ## measure the figures that have limits (minutes)
	QT_QPA_PLATFORM=offscreen $(VENV) -m benchmarks

bench-full: set-up-test ## the same with many more rounds
	QT_QPA_PLATFORM=offscreen $(VENV) -m benchmarks --full

faults: set-up-test ## the long fault tests, with figures; IMSA_KILLS=n more kills (1,000), IMSA_MUTATIONS=n more spoilt bundles (50,000)
	QT_QPA_PLATFORM=offscreen IMSA_FAULTS=all IMSA_FORMS=10000 IMSA_HISTORIES=10000 $(VENV) -m pytest -q -o faulthandler_timeout=0 \
	  tests/faults tests/property/test_evaluation_property.py tests/property/test_histories.py

freeze: set-up-test ## build the stand-alone folder dist/imsa-desk with PyInstaller
	$(VENV) -m PyInstaller --noconfirm --clean --log-level WARN build.spec

lock: ## pin the requirements anew (needs `uv` and the network)
	uv pip compile --universal --python-version 3.11 --generate-hashes --only-binary :all: --no-annotate \
	  --no-header --no-emit-index-url --upgrade -q -o requirements/run.txt pyproject.toml requirements/run.in
	uv pip compile --universal --python-version 3.11 --generate-hashes --only-binary :all: --no-annotate \
	  --no-header --no-emit-index-url --upgrade -q -c requirements/run.txt \
	  -o requirements/courier.txt requirements/courier.in
	uv pip compile --universal --python-version 3.11 --generate-hashes --only-binary :all: --no-annotate \
	  --no-header --no-emit-index-url --upgrade -q -c requirements/run.txt -c requirements/courier.txt \
	  --extra office -o requirements/dev.txt pyproject.toml requirements/run.in requirements/dev.in

clean: ## remove everything that was built, and .venv
	rm -rf build dist .venv .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache

set-up-run:
	@$(PYTHON) scripts/set_up.py run

set-up-test:
	@$(PYTHON) scripts/set_up.py test
