PY := .venv/bin/python
BIN := .venv/bin
SETUP := python3 .ci/setup.py
JUPYTER := JUPYTER_CONFIG_PATH=$(CURDIR)/.ci/jupyter JUPYTER_PATH=$(CURDIR)/notebooks

.DEFAULT_GOAL := help
.PHONY: help demo lab dashboard test check build bench prices ci

help: ## list the verbs
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1\t/' | expand -t 18

demo: ## set up, then plan the bundled company (data/shop)
	@$(SETUP)
	@$(BIN)/advisor recommend data/shop

lab: ## set up, then open JupyterLab on the notebooks (FLAGS="--no-browser")
	@$(SETUP)
	@$(JUPYTER) $(PY) -m jupyterlab notebooks --ip=127.0.0.1 $(FLAGS)

dashboard: ## set up, then serve the what-if notebook to people who do not code (FLAGS="--port=8866")
	@$(SETUP)
	@$(JUPYTER) $(PY) -m voila notebooks/03_what_if.ipynb --Voila.ip=127.0.0.1 --template=advisor --theme=auto $(FLAGS)

test: ## set up, then run every test, Rust and Python
	@$(SETUP)
	@cd rust_core && cargo test --quiet
	@$(PY) -m pytest -n 2 -q -m "not bench and not campaign"

check: ## set up, then lint, types, layers, formats
	@$(SETUP)
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache
	@$(PY) -m mypy.stubtest advisor._core --ignore-missing-stub --allowlist .ci/stubtest.txt
	@cd rust_core && cargo fmt --check && cargo clippy --quiet --all-targets --features python -- -D warnings

build: ## build the wheel into dist/
	@$(SETUP)
	@MATURIN_NO_INSTALL_RUST=1 $(BIN)/maturin build --release --quiet --out dist
	@ls dist/*.whl

bench: ## measure: speed of the main job, packing against peers, class labels
	@$(SETUP)
	@$(PY) -m pytest tests/bench -q -s -m bench
	@cd rust_core && cargo bench --quiet

prices: ## read the bundled prices anew from AWS (maintainers; FLAGS="--profile NAME")
	@$(SETUP)
	@$(BIN)/advisor prices refresh --bundled --region all $(FLAGS)

ci: ## what CI runs
	@bash .ci/run
