# The menu. `make` prints it.
SHELL := /bin/bash
GO ?= go
export GOFLAGS ?= -buildvcs=false
TOOLS := $(CURDIR)/.bin

.PHONY: help
help: ## Print this menu
	@grep -hE '^[a-z/_-]+:.*## ' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  \033[1m%-14s\033[0m %s\n", $$1, $$2}'

.PHONY: demo
demo: setup/demo build ## Install what is missing, build, start everything with sample data; Ctrl-C stops all of it
	@exec ./.bin/sportello demo $(DEMO_ARGS)

.PHONY: test
test: setup/test build ## All tests: Go with -race on real PostgreSQL, Redis and LiveKit; front end; browser journeys
	./infra/dev/test.sh

.PHONY: test/go test/front test/browser
test/go: build ## Go tests with -race
	./infra/dev/test.sh go
test/front: frontend ## Types and unit tests of the front end
	./infra/dev/test.sh front
test/browser: build ## Journeys in a real Chromium
	./infra/dev/test.sh browser

.PHONY: setup/demo setup/test
setup/demo: ## Install what the demo needs
	@./infra/dev/setup.sh demo
setup/test: ## Install what the tests need
	@./infra/dev/setup.sh test

.PHONY: build
build: frontend ## Build .bin/sportello and .bin/fakes
	@$(GO) build -o $(TOOLS)/ ./cmd/sportello ./cmd/fakes

.PHONY: frontend
frontend: ## Build the pages' assets and the two apps into frontend/dist
	@./infra/dev/frontend.sh

.PHONY: bench
bench: setup/test build ## Product against peer, interleaved: ratios as a table and as JSON (BENCH=name for one)
	$(GO) run ./cmd/bench $(BENCH)

.PHONY: lint
lint: ## Linters, each exception with its reason in .golangci.yml
	./infra/dev/tools.sh golangci-lint
	$(TOOLS)/golangci-lint run ./...

.PHONY: vuln
vuln: ## Known vulnerabilities in what we link (GOVULNDB=file:///... for an offline database)
	./infra/dev/tools.sh govulncheck
	./infra/dev/vuln.sh

.PHONY: openapi
openapi: ## Rewrite the golden OpenAPI file and the types made from it
	$(GO) run ./cmd/sportello openapi > docs/api/openapi.yaml

.PHONY: screenshots
screenshots: build ## Take the pictures of README and guides anew
	./infra/dev/screenshots.sh

.PHONY: clean
clean: ## Remove what was built and the demo's data
	rm -rf .bin var frontend/dist/assets frontend/node_modules
