# Everything below sets itself up: a virtual environment in .venv with the pinned packages.
PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/bin/python
DEV := $(VENV)/.dev-installed
MAIN := $(VENV)/.installed

.PHONY: help install demo play test long lint types unit requirements docs pictures clean

help:  ## what can be made
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 16

install: $(MAIN)  ## virtual environment with what the program runs on

demo: $(DEV)  ## back up a dozen pretend conductors, here and now
	@$(RUN) -m demo

play: $(DEV)  ## the same, and keep the conductors running to try things
	@$(RUN) -m demo --stay

test: lint types unit  ## ruff, mypy --strict and pytest

lint: $(DEV)
	$(RUN) -m ruff check .
	$(RUN) -m ruff format --check .

types: $(DEV)
	$(RUN) -m mypy .

unit: $(DEV)
	$(RUN) -m pytest -q -n 3 --dist loadfile

long: $(DEV)  ## every fault at every place, soak, signals at random moments: minutes
	$(RUN) -m pytest -q -m long

pictures: $(DEV)  ## make the pictures of the README anew from a demo run
	@$(RUN) -m demo.pictures

docs: $(DEV)  ## write the pages that are generated from the program's own words
	$(RUN) -m settings.reference > docs/settings.md
	$(RUN) -m reasons > docs/reasons.md

requirements: $(DEV)  ## compile and pin requirements*.txt from requirements*.in
	for name in requirements requirements-dev; do \
	  $(RUN) -m uv pip compile --universal --python-version 3.11 --generate-hashes --upgrade \
	    --no-emit-index-url --custom-compile-command "make requirements" --quiet \
	    $$name.in --output-file $$name.txt || exit 1; \
	done

clean:  ## remove what was made here, the demo's vault too; never a real one
	rm -rf $(VENV) demo-output .mypy_cache .ruff_cache .pytest_cache .hypothesis

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed: make PYTHON=python3.11") if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv $(VENV)

$(MAIN): requirements.txt | $(VENV)/bin/python
	$(RUN) -m pip install --quiet --require-hashes -r requirements.txt
	@touch $@

$(DEV): requirements-dev.txt | $(VENV)/bin/python
	$(RUN) -m pip install --quiet --require-hashes -r requirements-dev.txt
	@touch $@
