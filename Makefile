# The commands of this project. Bare `make` lists them; the first one builds .venv, later ones do not.
#   make demo                            the shipped policy annotates; see out/demo/report.html
#   make demo VOLUME=stack.tif [START=z,y,x]  the same, and a real EM stack of yours
#   make test                            all that CI checks
# PYTHON=... chooses the interpreter (3.11, 3.12 or 3.13); RECIPE=... what `make train` trains.

VENV := .venv
BIN := $(VENV)/bin
INSTALL = $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt
CANDIDATES := $(or $(PYTHON),python3.11 python3.12 python3.13 python3)
OUT ?= out/demo
RUN ?= runs/$(subst :,-,$(RECIPE))
RECIPE ?= foundation:nano

help:
	@echo "make demo    the shipped policy annotates all nine tasks; VOLUME=path START=z,y,x adds a real stack"
	@echo "make test    lint, types, arrows and every test; what CI runs"
	@echo "make lint | types | arrows | unit    one of them alone"
	@echo "make train   train RECIPE=$(RECIPE) into $(RUN)"
	@echo "make bench   the benchmarks; needs a Chromium"
	@echo "make clean   remove .venv, caches and out/"

demo: $(VENV)/base.stamp
	$(BIN)/clonotate demo --out $(OUT) $(if $(VOLUME),--volume "$(VOLUME)") $(if $(START),--start "$(START)")

test: lint types arrows unit

lint: $(VENV)/test.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/test.stamp
	$(BIN)/mypy

arrows: $(VENV)/test.stamp
	$(BIN)/lint-imports

unit: $(VENV)/test.stamp
	OMP_NUM_THREADS=1 $(BIN)/pytest --numprocesses auto --dist worksteal

train: $(VENV)/base.stamp
	$(BIN)/clonotate train $(RECIPE) --out $(RUN)

bench: $(VENV)/bench.stamp
	$(BIN)/python benchmarks/render.py
	$(BIN)/python benchmarks/inference.py

clean:
	rm -rf $(VENV) out dist .pytest_cache .hypothesis .mypy_cache .ruff_cache .import_linter_cache

# A stamp file says that an installation is done, and is older than nothing that decides it.
$(VENV)/base.stamp: $(BIN)/python pyproject.toml constraints.txt
	@echo "Installing clonotate into $(VENV) (once; a minute or two, most of it PyTorch) ..."
	@$(INSTALL) -e .
	@touch $@

$(VENV)/test.stamp $(VENV)/bench.stamp: $(VENV)/%.stamp: $(VENV)/base.stamp
	@echo "Installing what the $* target needs ..."
	@$(INSTALL) -e ".[$*]"
	@touch $@

$(BIN)/python:
	@for python in $(CANDIDATES); do \
	  if $$python -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' 2>/dev/null; then \
	    echo "Making $(VENV) with $$($$python --version) ..."; exec $$python -m venv $(VENV); \
	  fi; \
	done; \
	echo "clonotate needs Python 3.11, 3.12 or 3.13; tried: $(CANDIDATES). Name one with PYTHON=..." >&2; exit 1

.PHONY: help demo test lint types arrows unit train bench clean
