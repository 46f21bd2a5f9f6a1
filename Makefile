# The two commands: `make demo` and `make test`. Each sets up what it needs and can be repeated.
.PHONY: demo test lint bench up stop clean clean-all venv

PYTHON ?= python3
# Arguments for pytest: make test ARGS="tests/core -k tags"
ARGS ?=

demo:
	@$(PYTHON) -m realparts demo

test:
	@$(PYTHON) -m realparts test $(ARGS)

venv:
	@$(PYTHON) -m realparts venv

lint: venv
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/mypy site/frontend/build.py site/backend/server.py
	.venv/bin/hadolint Dockerfile.frontend Dockerfile.backend

bench: venv
	.venv/bin/python -m bench

# The parts alone, for `.venv/bin/pytest` by hand.
up:
	@$(PYTHON) -m realparts up

# Ends what was started; everything else stays for the next time.
stop:
	@$(PYTHON) -m realparts stop

# Also removes .parts; clean-all also the virtual environment and the downloads.
clean:
	@$(PYTHON) -m realparts clean

clean-all:
	@$(PYTHON) -m realparts clean all
