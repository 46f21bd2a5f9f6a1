# The two commands: `make demo` and `make test`. Each sets up what it needs and can be repeated.
.PHONY: demo test coverage test-versions extras lock lint docs bench fuzz soak up stop clean clean-all venv

PYTHON ?= python3
# Arguments for pytest: make test ARGS="tests/core -k tags"
ARGS ?=

demo:
	@$(PYTHON) -m realparts demo

test:
	@$(PYTHON) -m realparts test $(ARGS)

# The same under coverage, with its report.
coverage:
	@$(PYTHON) -m realparts coverage $(ARGS)

# The unit tests with the lowest and the newest versions that pyproject.toml allows, on every Python at hand.
test-versions:
	@$(PYTHON) -m realparts versions $(ARGS)

# Go programs for some tests, which skip without them: minutes, once, where a Go toolchain is.
extras:
	@$(PYTHON) -m realparts extras

# Writes requirements/dev.txt, which everything installs by hash: make lock ARGS=--upgrade for the newest of all.
lock:
	@$(PYTHON) -m realparts lock $(ARGS)

# The documents as a site, in .parts/docs. A warning, for example of a link that leads nowhere, is an error.
docs: venv
	.venv/bin/python -m sphinx -q --fail-on-warning --keep-going -c docs -b html . .parts/docs
	@echo "open .parts/docs/index.html"

venv:
	@$(PYTHON) -m realparts venv

lint: venv
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/mypy site/frontend/build.py site/backend/server.py
	.venv/bin/mypy docs/conf.py
	.venv/bin/hadolint Dockerfile.frontend Dockerfile.backend Dockerfile.rollback-handler

fuzz: venv
	.venv/bin/python -m fuzz

# Disturbs pushes by the hundred, for hours: make soak ARGS="--kills 10 --signals 10 --races 8 --faults 1" for less.
soak: venv
	.venv/bin/python -m soak $(ARGS)

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
