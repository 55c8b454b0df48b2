# VoltSafe. `make` alone lists what there is to do. Needs git, make and Python 3.11 or newer; nothing else.

BIN := .venv/bin
INSTALLED := .venv/installed
INSTALLED_DEV := .venv/installed-dev
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input

.PHONY: help run test torture check cluster cluster-check lock matrix bench screenshots clean

help:  ## List what there is to do
	@sed -n 's/^\([a-z-]*\):.*## /  make \1	/p' Makefile

run: $(INSTALLED)  ## Start VoltSafe; the first time also install it and make its database
	@exec $(BIN)/python manage.py serve

# Everything that needs no server. What needs PostgreSQL, Redis or a browser is reported as skipped; .ci/run has them,
# and the faults.
test: $(INSTALLED_DEV)  ## Run the tests
	@env -u DATABASE_URL -u REDIS_URL -u PYTHONDONTWRITEBYTECODE \
	  $(BIN)/python -m pytest -n auto --dist worksteal -q -m "not faults" $(PYTEST)

# As .ci/run has them, fifty times as often and as long; each tells what it did. Needs redis-server and PostgreSQL's
# programs here, starts its own, and is best run as root on a machine with nothing else to do.
torture: $(INSTALLED_DEV)  ## Kill, stop, fill and flood what VoltSafe runs on, again and again; an hour or more
	@env -u DATABASE_URL -u REDIS_URL VOLTSAFE_TORTURE=$${VOLTSAFE_TORTURE:-50} \
	  $(BIN)/python -m pytest -q -n 3 --dist loadfile -m faults tests/faults $(PYTEST)
	@env -u DATABASE_URL -u REDIS_URL VOLTSAFE_TORTURE=20 \
	  $(BIN)/python -m pytest -q -n 2 tests/backups/test_kills.py tests/linear tests/races/test_crash_loop.py $(PYTEST)

check: $(INSTALLED_DEV)  ## Check format, lint, types, floors, templates, migrations, settings
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/djlint --quiet --lint templates
	$(BIN)/python manage.py makemigrations --check --dry-run
	$(BIN)/python manage.py check --fail-level WARNING
	VOLTSAFE_URL=https://home.example VOLTSAFE_TRUSTED_PROXIES=127.0.0.1 $(BIN)/python manage.py check --deploy --fail-level WARNING

# On PostgreSQL and Redis servers that are there (DATABASE_URL, REDIS_URL), with a database of its own; needs Caddy.
cluster: $(INSTALLED_DEV)  ## Start what docker-compose.yml starts, without Docker, until Ctrl-C
	@exec $(BIN)/python -m deploy.cluster

cluster-check: $(INSTALLED_DEV)  ## Start it, use it, stop a part of it, tear it down
	@exec $(BIN)/python -m deploy.cluster --check

LOCK := $(BIN)/uv pip compile --quiet --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url

lock: $(INSTALLED_DEV)  ## Write the exact versions that the .in files lead to; UPGRADE=--upgrade takes newer ones
	$(LOCK) $(UPGRADE) requirements.in -o requirements.txt
	$(LOCK) $(UPGRADE) requirements-dev.in -o requirements-dev.txt
	$(LOCK) $(UPGRADE) requirements-bench.in -o requirements-bench.txt

matrix: $(INSTALLED_DEV)  ## Write the table of who may do what at which door anew: docs/design/access.md
	@env -u DATABASE_URL -u REDIS_URL $(BIN)/python -m tests.access_matrix

bench: $(INSTALLED_DEV)  ## Measure what docs/design/performance.md says; about ten minutes
	@$(PIP) install --quiet --no-compile --require-hashes -r requirements-bench.txt
	$(BIN)/python -m benchmarks

screenshots: $(INSTALLED_DEV)  ## Make the pictures of the README anew; needs Chromium
	$(BIN)/python -m tests.journeys.screenshots

clean:  ## Remove what was installed and cached; the data folder stays
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(INSTALLED): requirements.txt
	@$(MAKE_VENV)
	@echo "Installing VoltSafe into .venv ..."
	@$(PIP) install --quiet --no-compile --require-hashes -r requirements.txt || { echo "$(NOT_INSTALLED)" >&2; exit 1; }
	@touch $@

$(INSTALLED_DEV): requirements.txt requirements-dev.txt
	@$(MAKE_VENV)
	@echo "Installing VoltSafe and what its tests need into .venv ..."
	@$(PIP) install --quiet --no-compile --require-hashes -r requirements.txt -r requirements-dev.txt \
	  || { echo "$(NOT_INSTALLED)" >&2; exit 1; }
	@touch $(INSTALLED) $@

NOT_INSTALLED := VoltSafe could not be installed; the lines above say why. The first start needs the network.

# A .venv that is whole is kept; one that was left half made, or whose Python has gone, is made again.
define MAKE_VENV
$(BIN)/python -m pip --version >/dev/null 2>&1 && exit 0; \
test -w . || { echo "VoltSafe installs itself into this folder, which is read-only: $(CURDIR)" >&2; exit 1; }; \
for python in python3 python3.14 python3.13 python3.12 python3.11 none; do \
  $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && break; \
done; \
test $$python != none || { echo "VoltSafe needs Python 3.11 or newer, which is not here. Install it, then again." >&2; exit 1; }; \
$$python -m venv --clear .venv >/dev/null 2>&1 || { rm -rf .venv; \
  echo "Python here cannot make a virtual environment. On Debian and Ubuntu: apt install python3-venv" >&2; exit 1; }
endef
