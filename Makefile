# Everything runs in a plain venv in .venv, made from requirements.lock on first use. `make` alone lists what there is.
# Programs are started as `python -m …`: console scripts hold the absolute path of the checkout and break when it moves.

VENV := .venv
PY := $(VENV)/bin/python
PIP := $(PY) -m pip --disable-pip-version-check -q
NEW_ENOUGH := import sys; sys.exit(sys.version_info < (3, 11))
HAS_PYTEST := import sys, importlib.util as u; u.find_spec("pytest") or sys.exit("no pytest")

# The Python that .venv is made with: the first that is new enough. Or say: make run PYTHON=/path/to/python3
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	"$$p" -c '$(NEW_ENOUGH)' 2>/dev/null && { echo "$$p"; break; }; done)
# The lock is resolved on the oldest Python supported, so that its pins install on newer ones too.
LOCK_PYTHON ?= python3.11

# What .venv was made for. It is stored in .venv/ready, which exists only while a finished set-up does.
WANTED = cat requirements.lock pyproject.toml | cksum; pwd -P; $(PY) -c '$(HAS_PYTEST); print(sys.version)'

.PHONY: help setup compile run test test-compiled fuzz lint ruff types layers check bench docs picture lock clean
.DEFAULT_GOAL := help

help:
	@echo 'make run      set up, then simulate scenarios/frontier.yaml into outputs/'
	@echo 'make test     set up, then run the tests'
	@echo 'make compile  machine code of the simulation (needs a C compiler): the same results in less than half the time'
	@echo '              (make test-compiled: see that they are the same)'
	@echo 'make fuzz     10,000 good scenarios made bad at random: refused or run, never a fault (FUZZ="--seed 1")'
	@echo 'make check    all checks: ruff, mypy, layers of imports, tests'
	@echo 'make lint     the checks without the tests'
	@echo 'make bench    measure what the performance and accuracy claims rest on'
	@echo 'make docs     make docs/reference.md: every key of a scenario file, every kind of event'
	@echo 'make picture  remake the README picture'
	@echo 'make lock     resolve requirements.lock again from pyproject.toml'
	@echo 'make clean    remove .venv, caches and everything in outputs/'

run: setup
	@$(PY) -m sim run scenarios/frontier.yaml

test: setup
	@$(PY) -m pytest -n auto --dist loadfile --no-loadscope-reorder

# Where nothing can be compiled they skip, and say why.
test-compiled: setup
	@$(PY) -c 'import setuptools' 2>/dev/null || $(PIP) install 'setuptools>=70'
	@$(PY) -m pytest -rs -m compiles

fuzz: setup
	@$(PY) -m tests.fuzz $(FUZZ)

lint: ruff types layers

ruff: setup
	@$(PY) -m ruff check .

types: setup
	@$(PY) -m mypy

layers: setup
	@$(PY) -c 'from importlinter.cli import lint_imports_command; lint_imports_command()'

check: lint test

bench: setup
	@status=0; for f in benchmarks/*.py; do \
		case "$$f" in benchmarks/_*|'benchmarks/*.py') continue;; esac; \
		echo "== $$f"; $(PY) "$$f" || status=1; \
	done; exit $$status

# Nobody needs it; many draws and large sweeps take less time with it. What is made is kept in sim/_compiled and used
# until a source file changes. Python 3.12 and later come without setuptools, which mypyc calls the compiler through.
compile: setup
	@$(PY) -c 'import setuptools' 2>/dev/null || $(PIP) install 'setuptools>=70'
	@$(PY) -m sim.compiling

docs: setup
	@$(PY) -m sim schema --markdown --out docs/reference.md
	@echo 'docs/reference.md has every key of a scenario file and every kind of event.'

picture: setup
	@$(PY) docs/picture.py

# Silent and without network when .venv is ready. A .venv that was finished once is brought up to date (a changed lock,
# a moved checkout: venv rewrites its activate scripts, pip its console scripts); any other (interrupted, broken, of
# another Python) is made anew.
setup:
	@if [ "$$({ $(WANTED); } 2>&1)" = "$$(cat $(VENV)/ready 2>/dev/null)" ]; then exit 0; fi; \
	if [ -f $(VENV)/ready ] && $(PY) -c 'import pip; $(HAS_PYTEST)' 2>/dev/null; then \
		echo 'Updating $(VENV) ...'; \
		rm -f $(VENV)/ready; \
		$(PY) -m venv --without-pip $(VENV) || exit 1; \
	else \
		python='$(PYTHON)'; \
		if ! "$${python:-false}" -c '$(NEW_ENOUGH)' 2>/dev/null; then \
			echo "manycopies needs Python 3.11 or newer; found: $$("$${python:-python3}" --version 2>&1 || echo none)." >&2; \
			echo 'Install one, or name it: make PYTHON=/path/to/python3' >&2; exit 1; fi; \
		if ! "$$python" -c 'import ensurepip, venv' 2>/dev/null; then \
			echo "$$python has no venv module. On Debian or Ubuntu: sudo apt install python3-venv" >&2; exit 1; fi; \
		echo 'Setting up $(VENV): once, a minute or two, needs network ...'; \
		rm -rf $(VENV) && "$$python" -m venv $(VENV) || exit 1; \
	fi; \
	if $(PIP) install -r requirements.lock && $(PIP) install --no-deps --no-build-isolation -e .; then \
		{ $(WANTED); } > $(VENV)/ready.new && mv $(VENV)/ready.new $(VENV)/ready; \
	else echo 'Set-up failed: see above. The next make starts it afresh.' >&2; exit 1; fi

# Pins of everything in pyproject.toml and all that it needs: names and versions only, whatever index they come from.
lock:
	@$(LOCK_PYTHON) -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' 2>/dev/null || { \
		echo 'The lock is made with Python 3.11: make lock LOCK_PYTHON=/path/to/python3.11' >&2; exit 1; }
	@echo 'Resolving requirements.lock ...'
	@tmp="$$(mktemp -d)" && trap 'rm -rf "$$tmp"' EXIT && \
	$(LOCK_PYTHON) -c 'import tomllib; p = tomllib.load(open("pyproject.toml", "rb"))["project"]; \
		print(*p["dependencies"], *p["optional-dependencies"]["dev"], sep="\n")' > "$$tmp/wanted" && \
	$(LOCK_PYTHON) -m venv "$$tmp/venv" && \
	"$$tmp/venv/bin/python" -m pip --disable-pip-version-check -q install -r "$$tmp/wanted" && \
	{ echo '# Made by `make lock` from pyproject.toml. Do not edit.'; \
		"$$tmp/venv/bin/python" -m pip --disable-pip-version-check -q freeze; } > "$$tmp/lock" && \
	mv "$$tmp/lock" requirements.lock && echo "requirements.lock pins $$(grep -c == requirements.lock) packages."

clean:
	@rm -rf docs/reference.md sim/_compiled $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache build dist
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
	@find outputs -mindepth 1 -maxdepth 1 ! -name .gitignore -exec rm -rf {} +
