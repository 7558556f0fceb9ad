PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --disable-pip-version-check -q -c constraints.txt

.PHONY: demo test check clean

# The light set-up: what a user has. No torch.
$(VENV)/light: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(PIP) -U pip
	$(PIP) -e '.[readers]'
	@touch $@

# The full set-up: training, pictures and the tests' tools.
$(VENV)/full: $(VENV)/light
	$(PIP) -e '.[readers,plots,train,tables,spark,dask,service,client]' --group dev
	@touch $@

demo: $(VENV)/light
	$(BIN)/domainfit rank examples/role.md examples/resumes

test: $(VENV)/full
	$(BIN)/python -m pytest

check: $(VENV)/full
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

clean:
	rm -rf $(VENV)
