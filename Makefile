# The two commands: `make demo` and `make test`. Each sets up what it needs and can be repeated.
.PHONY: demo test lint bench clean venv

PYTHON ?= python3

venv:
	@$(PYTHON) -m realparts venv

demo:
	@$(PYTHON) -m realparts demo

test:
	@$(PYTHON) -m realparts test

lint: venv
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy

bench: venv
	.venv/bin/python -m bench

clean:
	@$(PYTHON) -m realparts clean
