# make help lists the targets.

SWIFT ?= swift
data = Examples/Diabetes/diabetes.csv
commit = COMMIT=$$(git describe --always --dirty 2>/dev/null)

.DEFAULT_GOAL := help
.PHONY: help setup run command install uninstall deb check-install check-report test golden examples bench peers bench-build fuzz \
  format lint docs picture clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## install the system libraries that are missing
	@Scripts/setup

run: setup ## build, then fit the diabetes data exactly and by SGD
	@$(SWIFT) build --configuration release --product linreg --quiet
	@.build/release/linreg train --target progression $(data)

# What `make install` copies; built anew when its sources have changed.
staged = .build/staged
$(staged): Package.swift LICENSE $(shell find Sources Scripts/install -type f) | setup
	@Scripts/install/stage

command: $(staged) ## build the command as it is installed, with manual pages and completions

install: $(staged) ## install it below PREFIX=/usr/local, or DESTDIR and that
	@Scripts/install/copy install

uninstall: ## remove what make install has installed there
	@Scripts/install/copy uninstall

deb: $(staged) ## make a package for Debian of it
	@Scripts/install/deb

check-install: $(staged) ## install, use and remove it, in a folder and in a Debian of its own (as root)
	@Scripts/install/check

check-report: setup ## open reports in Chromium, and find what overlaps or is cut off
	@command -v python3 >/dev/null || { echo "check-report: python3 is missing; apt-get install python3" >&2; exit 1; }
	@command -v chromium >/dev/null || { echo "check-report: chromium is missing; apt-get install chromium" >&2; exit 1; }
	@$(SWIFT) build --product linreg --quiet
	@Scripts/check-report .build/debug/linreg

test: setup ## run every test, and the command on texts and problems that are hard to get right
	$(SWIFT) test
	@command -v python3 >/dev/null || { echo "test: python3 is missing; apt-get install python3" >&2; exit 1; }
	@Scripts/golden --only trials .build/debug/linreg

golden: setup ## run the command's stored sessions and compare what it prints
	@command -v python3 >/dev/null || { echo "golden: python3 is missing; apt-get install python3" >&2; exit 1; }
	@$(SWIFT) build --product linreg --quiet
	@Scripts/golden .build/debug/linreg

examples: setup ## build the examples and check what they print
	@Examples/check

bench: bench-build ## against naive loops and the machine's limits (under three minutes)
	@Benchmarks/.build/release/limits
	@$(commit) Benchmarks/.build/release/compare

peers: bench-build ## against NumPy, scikit-learn, oneDAL, PyTorch, polars, DuckDB, R (20 minutes)
	@$(SWIFT) build --configuration release --product linreg --quiet
	@$(SWIFT) build --configuration release --product pictures --quiet
	@Benchmarks/peers/setup
	@$(commit) Benchmarks/peers/.venv/bin/python Benchmarks/peers/run.py

bench-build: setup ## build the benchmarks only
	@$(SWIFT) build --package-path Benchmarks --configuration release --quiet

SECONDS ?= 60
fuzz: setup ## feed damaged files to every reader, SECONDS=60 for each
	@Scripts/fuzz $(SECONDS)

format: ## format all Swift code
	$(SWIFT) format --in-place --recursive --parallel Package.swift Sources Scripts Tests Examples Benchmarks Fuzz

lint: ## check the format of all Swift code
	$(SWIFT) format lint --strict --recursive --parallel Package.swift Sources Scripts Tests Examples Benchmarks Fuzz
	@# A public name that begins with an underscore is seen by every client: one is needed, to close BLASScalar.
	@! grep -rnE '^ *public .*\b(func|var|let|struct|class|enum|protocol|typealias) _' Sources --include='*.swift' \
	  | grep -v 'static var _routines'

docs: setup ## build the documentation as one site in .build/documentation, and check its links
	@command -v python3 >/dev/null || { echo "docs: python3 is missing; apt-get install python3" >&2; exit 1; }
	@Scripts/docs

picture: setup ## draw the documentation's pictures of what is measured
	@command -v python3 >/dev/null || { echo "picture: python3 is missing; apt-get install python3" >&2; exit 1; }
	@$(SWIFT) build --configuration release --product linreg --quiet
	@$(SWIFT) build --configuration release --product pictures --quiet
	@Scripts/training-picture
	@Scripts/numerics-pictures .build/release/linreg

clean: ## remove what was built
	rm -rf .build Examples/.build Examples/PCA/.build Examples/Server/.build* Benchmarks/.build Fuzz/.build
