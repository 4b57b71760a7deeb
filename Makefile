# What can be done with this checkout. `make` alone lists it.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help up down logs build restart status test-poll demo dev check test soak bench bench-check hardening images deploy new-source screenshots clean doctor

# The poll source that test-poll runs.
SOURCE ?= weather

help: ## This list
	@awk 'BEGIN { FS = ":.*## " } /^##@/ { printf "\n%s\n", substr($$0, 5) } /^[a-z-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

##@ Anywhere, without Docker
demo: ## The whole system from this checkout; prints the address; Ctrl-C ends it
	@scripts/setup node tools/demo/src/main.ts

dev: ## The same, and every change is taken up at once
	@scripts/setup node tools/demo/src/main.ts --watch

##@ On the Pi, with Docker
up: ## Start (the first time this builds the images)
	docker compose up -d

down: ## Stop and remove every container, those of poll sources too
	docker compose --profile "*" down

logs: ## Follow the logs of all services
	docker compose --profile "*" logs --follow --tail 100

build: ## Build the images of every profile, one after another
	COMPOSE_PARALLEL_LIMIT=1 docker compose --profile "*" build

restart: ## Stop, then start anew with what the compose file and .env say now
	docker compose --profile "*" down
	docker compose up -d

status: ## What runs, and what it costs
	@docker compose --profile "*" ps -a
	@ids=$$(docker compose --profile "*" ps -q); [ -z "$$ids" ] || docker stats --no-stream $$ids

test-poll: ## Run one poll source now: make test-poll SOURCE=pihole
	docker compose --profile poll run --rm source-$(SOURCE)

doctor: ## What is missing on this Pi, each with the line that mends it (docs/pi-setup.md)
	@tools/doctor/doctor

##@ Elsewhere, for the Pi
images: ## Build every image, for this machine and for a Pi; sizes; bills of materials in dist/sbom
	@scripts/setup node tools/image/src/main.ts $(PLATFORM)

deploy: ## Build here, send to the Pi, start there: make deploy HOST=pi@tailboard
	@scripts/setup scripts/deploy

##@ Working on it
screenshots: ## docs/screenshots anew, from the samples of the page's tests
	@scripts/setup node apps/frontend/src/testing/screenshots.ts

new-source: ## Begin a source: make new-source NAME=tide (then docs/adding-a-source.md)
	@scripts/setup node tools/new-source/src/main.ts "$(NAME)"

check: ## Format, lint, types, who may import whom, documents up to date
	@scripts/setup node tests/run/main.ts check

test: ## Every test that this machine can run; sets itself up; ends with the counts
	@scripts/test

soak: ## The same with the long counts
	@SOAK=1 scripts/test

bench: ## What it costs, measured on this machine's engine: a table beside the goals
	@scripts/setup node bench/src/main.ts

bench-check: ## The short form of it, for CI: fails when a line is crossed
	@scripts/setup node bench/src/main.ts --short

hardening: ## What docker inspect says of each running service: user, capabilities, limits, mounts, ports
	@scripts/setup node tests/run/hardening.ts

clean: ## Remove what can be made again: builds, caches, the demo's data
	rm -rf dist {apps,packages,tools}/*/{dist,.turbo} {tests,bench}/.turbo .turbo node_modules/.cache tests/output .demo
