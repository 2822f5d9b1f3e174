PYTHON ?= python3
BIN := .venv/bin

.PHONY: demo test lock system-packages

demo: .venv/runs
	@$(BIN)/python -m evalsite.demo $(DEMO_ARGS)

test: .venv/tests system-packages
	@.ci/checks

.venv/runs: requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "evalsite needs Python 3.11 or newer: make PYTHON=…")'
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --disable-pip-version-check --quiet -r requirements.txt
	@touch $@

.venv/tests: .venv/runs requirements-dev.txt
	$(BIN)/pip install --disable-pip-version-check --quiet -r requirements-dev.txt
	@touch $@

system-packages:
	@.ci/system-packages

lock: .venv/runs
	$(BIN)/python .ci/lock.py requirements.in requirements.txt
	$(BIN)/python .ci/lock.py requirements-dev.in requirements-dev.txt
