# `make` lists what there is. Nothing is installed outside .venv, .venv-clients and this user's cache.
SHELL := /bin/sh
.DEFAULT_GOAL := help
STACKS ?= eastus westus3

# The first Python that is recent enough and can make virtual environments.
PYTHON ?= $(shell for each in python3.11 python3.12 python3.13 python3; do \
	"$$each" -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && echo "$$each" && exit; \
	done)

# A stamp a lock: an environment is brought up to date when its lock has changed, and only then.
stamp = $(1)/.installed-$(shell cksum < $(2) | tr -d ' ')
RUN := $(call stamp,.venv,requirements.txt)
DEV := $(call stamp,.venv,requirements-dev.txt)
CLIENTS := $(call stamp,.venv-clients,tests/clients/requirements.txt)
PIP := -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps

# `fleet` in the environment: the package is a folder of this project, and nothing is installed.
define FLEET
#!/bin/sh
exec "$(CURDIR)/.venv/bin/python" -c 'import sys; sys.path.insert(0, sys.argv.pop(1)); from fleet.__main__ import run; sys.exit(run(sys.argv[1:]))' "$(CURDIR)" "$$@"
endef
export FLEET

.PHONY: help
help:  ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: simulate
simulate: $(RUN)  ## Deploy the stacks to a simulated Azure and Anyscale: no account, no cost (STACKS="eastus westus3")
	@.venv/bin/python -m simulator simulate $(STACKS)

.PHONY: shell
shell: $(RUN)  ## Open a shell in the simulated world; `pulumi preview --stack eastus` and any other command work there
	@.venv/bin/python -m simulator shell

.PHONY: venv
venv: $(RUN)  ## Make .venv, for what runs the program alone

.PHONY: test
test: $(DEV)  ## Run every test but those of the vendor's client
	@bin=$$(.venv/bin/python -m simulator.toolchain) && PATH="$$bin:$$PATH" .venv/bin/python -m pytest --numprocesses auto --dist worksteal $(ARGS)

.PHONY: test-clients
test-clients: $(CLIENTS) $(RUN)  ## Run the vendor's own client against the simulated Anyscale
	@.venv-clients/bin/python -m pytest tests/clients $(ARGS)

.PHONY: lint
lint: $(DEV)  ## Check style, types, the direction of imports and the workflows (needs Go)
	@.venv/bin/ruff check
	@.venv/bin/ruff format --check
	@.venv/bin/pyright
	@.venv/bin/lint-imports
	@.venv/bin/zizmor --offline -qq --strict-collection --pedantic --min-severity=low .github/workflows
	@command -v go >/dev/null || { \
		echo "actionlint is built by Go, which is not on PATH. Install it, e.g."; \
		echo "  brew install go    or    sudo snap install go --classic"; \
		exit 1; }
	@go run $(ACTIONLINT) -shellcheck= -pyflakes=

# Its Python package downloads the program from elsewhere while it installs; as a Go module its sum is checked and kept.
ACTIONLINT := github.com/rhysd/actionlint/cmd/actionlint@v1.7.12

.PHONY: bench
bench: $(DEV)  ## Measure
	@bin=$$(.venv/bin/python -m simulator.toolchain) && PATH="$$bin:$$PATH" .venv/bin/python -m bench $(ARGS)

.PHONY: docs
docs: $(RUN)  ## Write the generated pages of docs/ anew
	@.venv/bin/python -m stack docs

.PHONY: lock
lock: python  ## Write the locks from their .in files
	@$(PYTHON) -m venv build/lock && build/lock/bin/python -m pip install --quiet pip-tools
	@$(COMPILE) --output-file requirements.txt requirements.in
	@$(COMPILE) --output-file requirements-dev.txt requirements-dev.in

.PHONY: clients-lock
clients-lock: python  ## Write the lock of the vendor's client from its .in file
	@$(PYTHON) -m venv build/lock && build/lock/bin/python -m pip install --quiet pip-tools
	@$(COMPILE) --output-file tests/clients/requirements.txt tests/clients/requirements.in

COMPILE := env -u PIP_FIND_LINKS CUSTOM_COMPILE_COMMAND="make lock" build/lock/bin/pip-compile --quiet --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-emit-trusted-host --strip-extras --allow-unsafe

.PHONY: clean
clean:  ## Remove the environments, the simulated world and what tools left behind
	rm -rf .venv .venv-clients .simulator build .pytest_cache .hypothesis .ruff_cache .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.PHONY: python
python:
	@test -n "$(PYTHON)" || { \
		echo "Python 3.11 or later with its venv module is not on PATH. Install it, e.g."; \
		echo "  brew install python@3.13    or    sudo apt install python3 python3-venv    or    uv python install 3.13"; \
		exit 1; }

$(RUN): | python
	@echo "installing requirements.txt into .venv"
	@test -x .venv/bin/python || $(PYTHON) -m venv .venv
	@.venv/bin/python $(PIP) --requirement requirements.txt
	@printf '%s\n' "$$FLEET" > .venv/bin/fleet && chmod +x .venv/bin/fleet
	@touch $@

$(DEV): | python
	@echo "installing requirements-dev.txt into .venv"
	@test -x .venv/bin/python || $(PYTHON) -m venv .venv
	@.venv/bin/python $(PIP) --requirement requirements-dev.txt
	@printf '%s\n' "$$FLEET" > .venv/bin/fleet && chmod +x .venv/bin/fleet
	@touch $@ $(RUN)

$(CLIENTS): | python
	@echo "installing tests/clients/requirements.txt into .venv-clients"
	@test -x .venv-clients/bin/python || $(PYTHON) -m venv .venv-clients
	@.venv-clients/bin/python $(PIP) --requirement tests/clients/requirements.txt
	@touch $@
