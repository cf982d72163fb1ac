# Two commands set up everything in .venv: `make demo` and `make test`.

PYTHON ?= python3
BIN := .venv/bin
INSTALL := $(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt
READY := .venv/.ready

.PHONY: demo test fuzz check format docs train bench clean

demo: $(READY)  ## Render the sample song into an mp4 with sound
	$(BIN)/phosphene render samples/nocturne.toml -o out/demo.mp4
	@echo "The demo is in $(CURDIR)/out/demo.mp4"

test: $(READY)  ## Run the tests
	$(BIN)/python -m pytest --numprocesses auto --maxprocesses 4 --dist loadfile --max-worker-restart 0

fuzz: $(READY)  ## Run the fuzz tests at full length; takes an hour
	PHOSPHENE_FUZZ=1 $(BIN)/python -m pytest tests/fuzz --numprocesses auto --maxprocesses 2

check: $(READY)  ## Lint, format check, types and the workflows
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/check-jsonschema --builtin-schema vendor.github-workflows .github/workflows/*.yml
	$(BIN)/check-jsonschema --builtin-schema vendor.github-issue-forms .github/ISSUE_TEMPLATE/[!c]*.yml
	$(BIN)/check-jsonschema --builtin-schema vendor.github-issue-config .github/ISSUE_TEMPLATE/config.yml
	$(BIN)/zizmor --quiet --offline .github

docs: $(READY)  ## Build the site of the docs into out/docs
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict

format: $(READY)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

train: $(READY)  ## Make the bundled model anew; takes hours, see training/README.md
	$(BIN)/python -m training

bench: $(READY)  ## Measure, and print the tables of docs/performance.md
	$(BIN)/python -m benchmarks

$(READY): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit("Phosphene needs Python 3.11 to 3.13, not " + sys.version.split()[0]) if not (3, 11) <= sys.version_info < (3, 14) else None'
	@echo "Setting up .venv; PyTorch takes a while the first time ..."
	$(PYTHON) -m venv .venv
	$(INSTALL) pip  # that of Python 3.11 takes five times longer to resolve
	$(INSTALL) --editable '.[dev,docs,studio]'
	@touch $@

clean:
	rm -rf .venv out
