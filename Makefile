PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --disable-pip-version-check -q -c constraints.txt

.PHONY: demo test check sbom clean

# The light set-up: what a user has. No torch.
$(VENV)/light: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(PIP) -U pip
	$(PIP) -e '.[readers]'
	@touch $@

# The full set-up: training, pictures and the tests' tools.
$(VENV)/full: $(VENV)/light
	$(PIP) -e '.[readers,plots,train,tables,spark,dask,ray,service,client]' --group dev
	@touch $@

demo: $(VENV)/light
	$(BIN)/domainfit rank examples/role.md examples/resumes

test: $(VENV)/full
	$(BIN)/python -m pytest

check: $(VENV)/full
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

# What a user's environment holds, as a CycloneDX list: dist/sbom.cdx.json. Built in environments of their own.
sbom:
	rm -rf dist/user dist/lister
	$(PYTHON) -m venv dist/user
	dist/user/bin/python -m pip install --disable-pip-version-check -q -c constraints.txt '.[$(or $(EXTRAS),readers)]'
	$(PYTHON) -m venv dist/lister
	dist/lister/bin/python -m pip install --disable-pip-version-check -q 'cyclonedx-bom>=7'
	dist/lister/bin/cyclonedx-py environment --pyproject pyproject.toml --mc-type library --output-reproducible \
		-o dist/sbom.cdx.json dist/user/bin/python

clean:
	rm -rf $(VENV) dist
