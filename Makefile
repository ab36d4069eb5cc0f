# make app    set up .venv when needed and start Nearfield in the browser
# make test   set up .venv with the test tools and run every check
# make quick  the same without the tests that take a browser or long
#             (both share the tests out among WORKERS processes, two unless told otherwise: make test WORKERS=4;
#             with WORKERS=0 all run in one)
# make format put the code into the project's format
# make lock   write the locks anew after a change of a requirements file

PYTHON ?= python3
WORKERS ?= 2
export PYTHON
RUN := .venv/bin/python -m
# The tests of a module share what is made once for it, so they stay together; their order is that of tests/conftest.py.
PYTEST := $(RUN) pytest --numprocesses $(WORKERS) --dist loadscope --no-loadscope-reorder

.PHONY: app test tests quick checks types format lock environment test-environment
.DEFAULT_GOAL := app

app: environment
	$(RUN) streamlit run app.py

# One thread each: several torch or BLAS threads on few cores are far slower than one.
test tests quick: export OMP_NUM_THREADS = 1
# Without its cache mypy takes minutes on one core: it works beside the tests, and what it finds fails the command too.
test: checks
	@$(MAKE) --no-print-directory --jobs 2 types tests

quick: checks types
	$(PYTEST) -m "not browser and not slow"

checks: test-environment
	$(RUN) ruff check .
	$(RUN) ruff format --check .
	.venv/bin/lint-imports

types: test-environment
	$(RUN) mypy

tests: test-environment
	$(PYTEST)

format: test-environment
	$(RUN) ruff check --fix .
	$(RUN) ruff format .

lock:
	@sh scripts/lock.sh

environment:
	@sh scripts/environment.sh requirements.txt

test-environment:
	@sh scripts/environment.sh requirements.txt requirements-dev.txt
