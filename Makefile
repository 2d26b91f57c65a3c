# Billfold: everything starts here. `make help` lists the targets.
# Needs Python >= 3.11 and make. The rest is installed by the targets that need it, once; each step leaves a
# stamp in .venv/stamps and is repeated when what it was made from changes.

SHELL      := /bin/sh
# Images often forbid Python to keep what it has compiled. Here some hundred processes start from the same files.
unexport PYTHONDONTWRITEBYTECODE
PORT       ?= 8000
PYTHON     ?= python3
TESTS      ?= tests
# Test processes side by side; each starts an emulator, a sandbox and a browser of its own when it needs them, and
# waits for these a good part of its time: four keep CI's two processors at work.
WORKERS    ?= 4
STATE      ?= .billfold
# More for the launcher, e.g. ARGS=--no-demo.
ARGS       ?=
VENV       := .venv
EMULATOR   := .venv-ministack
DEPLOY     := .venv-deploy
LOCKS      := .venv-lock
BIN        := $(VENV)/bin
STAMPS     := $(VENV)/stamps
STRIPE_JS  := sandbox/stripe/js
# One step of set-up: whole or done again, one at a time, whoever else is at it (see the script).
SET_UP      = python=$$(scripts/require.sh python $(PYTHON)) && "$$python" scripts/set_up.py $@
# `npm` with the Node that set-up found, in the folder named. Its cache is here: a HOME need not be writable.
NODE        = PATH="$$(cat $(STAMPS)/node):$$PATH"
NPM         = npm --no-fund --no-audit --no-update-notifier \
              --cache $(CURDIR)/$(VENV)/npm --prefix
PORTAL_SRC := $(shell find portal -type f -not -path '*/node_modules/*' -not -path '*/dist/*' -not -name types.d.ts 2>/dev/null)

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: which-stage which-accepted help run setup setup-test test check lint python-check portal-check unit fmt openapi states codes lock package release reset clean
.SILENT:

help: ## List what can be made
	echo "Billfold. Usage: make <target> [PORT=8000]"
	grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{ printf "  make %-10s %s\n", $$1, $$2 }'

run: setup ## Set up if needed and start everything (PORT=8000 chooses the portal's port)
	exec $(BIN)/python -m sandbox.run --port $(PORT) --state $(STATE) $(ARGS)

# The checks of Python need its packages alone, and one processor: the rest of set-up goes on beside them.
test: $(STAMPS)/python ## Set up if needed, then every check and every test; what CI runs
	$(MAKE) --no-print-directory python-check & checks=$$!; \
	$(MAKE) --no-print-directory setup-test portal-check; beside=$$?; \
	wait $$checks && exit $$beside
	$(MAKE) --no-print-directory unit

check: test ## Exactly what CI runs

lint: setup ## The checks alone: lint, format, types, dependency rules, the portal's own
	$(MAKE) --no-print-directory python-check portal-check

fmt: setup ## Put the Python code into its form and mend what ruff can
	$(BIN)/ruff format
	$(BIN)/ruff check --fix

openapi: setup ## Write docs/openapi.json from the code
	$(BIN)/python -m chalicelib.entrypoints.http.openapi > docs/openapi.new && mv docs/openapi.new docs/openapi.json

states: setup ## Draw docs/states.svg from the tables of transitions
	$(BIN)/python -m scripts.draw_states

codes: setup ## Build the table of diagnosis codes anew, from CMS's lists as simple-icd-10-cm has them
	for version in 1.2.0 1.3.0 1.5.0; do \
	  $(BIN)/python -m pip download -q --no-deps -d build/codes simple-icd-10-cm==$$version || exit 1; done
	$(BIN)/python -m scripts.build_codes build/codes

lock: $(STAMPS)/lock ## Write the locks of Python's packages anew from what people edit; ARGS=--upgrade for newer ones
	$(LOCKS)/bin/python -m infra.locks $(ARGS)

package: setup ## Make dist/: the functions' zip, the documents layer, the SAM template
	$(BIN)/python -m infra.package

# The portal is built anew: what was built before may be of files that are gone.
release: setup $(STAMPS)/deploy ## Make dist/release-<version>/ from the commit that is checked out (docs/releases.md)
	export $(NODE); $(NPM) portal run --silent build -- --logLevel warn --outDir $(CURDIR)/build/release-portal --emptyOutDir
	$(BIN)/python -m infra.release --portal build/release-portal $(ARGS)

# Which stage is asked before anything is built for it.
deploy: $(if $(STAGE),setup $(STAMPS)/deploy package,which-stage) ## Bring STAGE's deployment up to date (docs/deploy.md); ARGS=--dry-run only shows
	$(BIN)/python -m infra.deploy --stage $(STAGE) $(ARGS)

accept: $(if $(STAGE),setup,which-accepted) ## Check STAGE in its account for an hour, and write a report for everybody (docs/accept.md)
	$(BIN)/python -m infra.accept --stage $(STAGE) $(ARGS)

which-stage:
	echo "billfold: which stage? make deploy STAGE=prod" >&2; exit 1

which-accepted:
	echo "billfold: which stage? make accept STAGE=prod" >&2; exit 1

reset: ## Forget everything the sandbox keeps (data, mail, logs)
	python=$$(scripts/require.sh python $(PYTHON)) && "$$python" -m sandbox.reset $(STATE)

clean: reset ## Remove what set-up installed and built, too
	rm -rf .set-up.lock $(VENV) $(EMULATOR) $(DEPLOY) $(LOCKS) $(CHECKOV) $(NAG) $(AWSCLI) $(BURST) $(MUTANTS) $(PEERS) portal/node_modules portal/dist portal/dist.new $(STRIPE_JS)/node_modules build dist

setup: $(STAMPS)/python $(STAMPS)/emulator portal/dist/index.html ## Install what is missing and build the portal

setup-test: setup $(STAMPS)/stripe-js $(STAMPS)/browser $(STAMPS)/webkit $(STAMPS)/deploy

# ---------------------------------------------------------------- parts of `test`

python-check:
	echo "-- ruff"         && $(BIN)/ruff check
	echo "-- ruff format"  && $(BIN)/ruff format --check
	echo "-- mypy"         && $(BIN)/mypy
	echo "-- lint-imports" && $(BIN)/lint-imports --no-cache --no-logo

portal-check:
	echo "-- portal" && export $(NODE); $(NPM) portal run --silent typecheck && $(NPM) portal run --silent test

unit:
	$(BIN)/pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder $(TESTS)

# ---------------------------------------------------------------- set-up

$(STAMPS)/python: requirements-dev.txt
	echo "billfold: installing Python packages"
	$(SET_UP) venv $(VENV) requirements-dev.txt

$(STAMPS)/emulator: sandbox/requirements-ministack.txt | $(STAMPS)/python
	echo "billfold: installing the local AWS"
	$(SET_UP) venv $(EMULATOR) $<

$(STAMPS)/node: scripts/require.sh scripts/requirements-node.txt | $(STAMPS)/python
	$(SET_UP) run sh -c 'scripts/require.sh node $(VENV) > $@.new && mv $@.new $@'

$(STAMPS)/portal: portal/package.json portal/package-lock.json | $(STAMPS)/node
	echo "billfold: installing the portal's packages"
	export $(NODE); $(SET_UP) run $(NPM) portal ci --loglevel error >&2

# Built beside and moved into place: a build that was cut short must not be taken for one.
portal/dist/index.html: $(PORTAL_SRC) docs/openapi.json $(STAMPS)/portal
	echo "billfold: building the portal"
	export $(NODE); $(SET_UP) run sh -c '$(NPM) portal run --silent build -- --logLevel warn --outDir dist.new \
	  && rm -rf portal/dist && mv portal/dist.new portal/dist'

$(STAMPS)/stripe-js: $(wildcard $(STRIPE_JS)/package.json $(STRIPE_JS)/package-lock.json) | $(STAMPS)/node
	echo "billfold: installing the Stripe stand-in's test tools"
	export $(NODE); $(SET_UP) run $(NPM) $(STRIPE_JS) ci --loglevel error >&2

$(STAMPS)/deploy: infra/deploy/requirements.txt | $(STAMPS)/python
	echo "billfold: installing the SAM translator"
	$(SET_UP) venv $(DEPLOY) $<

$(STAMPS)/lock: infra/locks/requirements.txt | $(STAMPS)/python
	echo "billfold: installing what makes the locks"
	$(SET_UP) venv $(LOCKS) $<

$(STAMPS)/browser: scripts/require.sh | $(STAMPS)/python
	$(SET_UP) run sh -c 'scripts/require.sh browser > $@.new && mv $@.new $@'

$(STAMPS)/webkit: scripts/require.sh | $(STAMPS)/python
	$(SET_UP) run scripts/require.sh webkit

# ---------------------------------------------------------------- long forms; figures go to docs/results.md

.PHONY: deploy accept soak soak-simulation soak-differential soak-races soak-cuts soak-superbills soak-files soak-tests soak-access soak-policies soak-deploy soak-release soak-upgrade soak-trial soak-kills check-infra
.PHONY: cost bench bench-cold bench-import bench-statements mutants
# How long the parts of `soak` are. A short trial: make soak SCHEDULES=200 SEQUENCES=20 RACES=6 CUTS=6 SUPERBILL_CLIENTS=6 REQUESTS=100 EXAMPLES=5
SCHEDULES ?= 100000
SEQUENCES ?= 1000
RACES     ?= 1000
CUTS      ?= 1000
# Of 250 superbills each.
SUPERBILL_CLIENTS ?= 40
# Exports and spreadsheets, saved and damaged in all ways.
SAVED_FILES ?= 40000
REQUESTS  ?= 10000
EXAMPLES  ?= 500
CODES     ?= 100000
SEED      ?= 1
# Some parts only, e.g. PARTS="soak-races check-infra"; all without it.
PARTS     ?=
BURST     := .venv-microburst
CHECKOV   := .venv-checkov
NAG       := .venv-nag
AWSCLI    := .venv-awscli
MUTANTS   := .venv-mutants
PEERS     := .venv-hordak .venv-accounting

# A part installs what it needs by itself; where all are played, nothing is installed while they are timed.
soak: setup $(if $(PARTS),,$(STAMPS)/microburst $(STAMPS)/deploy $(STAMPS)/awscli $(STAMPS)/checkov $(STAMPS)/nag) ## The long proofs side by side: schedules, emulator, races, cut replies, access, policies, deployment
	$(BIN)/python -m tests.soak $(PARTS)

soak-simulation: setup
	$(BIN)/python -m tests.soak.campaign --schedules $(SCHEDULES) --seed $(SEED) --minutes 55

soak-differential: setup
	$(BIN)/python -m tests.soak.differential --sequences $(SEQUENCES) --seed $(SEED)

soak-races: setup
	BILLFOLD_RACES=$(RACES) BILLFOLD_SEED=$(SEED) $(BIN)/pytest tests/concurrency --durations 10 --timeout 1800

soak-cuts: setup $(STAMPS)/microburst
	$(BIN)/python -m tests.soak.cut_replies --cuts $(CUTS)

soak-superbills: setup
	BILLFOLD_SUPERBILL_CLIENTS=$(SUPERBILL_CLIENTS) $(BIN)/pytest tests/simulation/test_superbills.py --durations 1

soak-files: setup
	BILLFOLD_SAVED_FILES=$(SAVED_FILES) BILLFOLD_SEED=$(SEED) $(BIN)/pytest -s tests/property/test_saved_files.py --timeout 1800

# Tests whose short form plays a part only.
soak-tests: setup
	BILLFOLD_SOAK=5 BILLFOLD_SEED=$(SEED) $(BIN)/pytest --timeout 1800 tests/property tests/unit/mail/test_nights.py \
	  tests/soak/test_simulation.py::test_every_call_of_a_calm_schedule_may_crash_before_and_after

soak-policies: setup $(STAMPS)/deploy
	$(BIN)/python -m tests.soak.policies

soak-upgrade: setup
	$(BIN)/python -m tests.soak.upgrading

soak-deploy: setup $(STAMPS)/deploy $(STAMPS)/awscli
	$(BIN)/python -m tests.soak.deploying --aws $(AWSCLI)/bin

soak-release: setup $(STAMPS)/deploy
	export $(NODE); $(BIN)/python -m tests.soak.releasing

# A deployment, a removal and going live, killed at each changing operation.
soak-kills: setup $(STAMPS)/deploy
	BILLFOLD_KILLS_EVERY=1 $(BIN)/pytest tests/deploy/test_trial.py --timeout 1800

# Three minutes from a release to a payment, on a machine that does nothing else.
soak-trial: setup $(STAMPS)/deploy $(STAMPS)/awscli
	$(BIN)/python -m tests.soak.trying --aws $(AWSCLI)/bin

$(STAMPS)/awscli: tests/soak/requirements-awscli.txt | $(STAMPS)/python
	$(SET_UP) venv $(AWSCLI) tests/soak/requirements-awscli.txt

check-infra: setup $(STAMPS)/checkov $(STAMPS)/nag $(STAMPS)/deploy ## What checkov and cdk-nag's HIPAA pack say of the templates: nothing that is not argued
	$(BIN)/python -m infra.package --out build/checked
	$(BIN)/python -m infra.kinds build/checked
	$(CHECKOV)/bin/checkov --skip-download --quiet --compact --framework cloudformation \
	  -f build/checked/data.json -f build/checked/site.json -f build/checked/template.json
	export $(NODE); $(BIN)/python -m infra.nag build/checked

$(STAMPS)/checkov: infra/requirements-checkov.txt | $(STAMPS)/python
	$(SET_UP) venv $(CHECKOV) infra/requirements-checkov.txt

$(STAMPS)/nag: infra/requirements-nag.txt | $(STAMPS)/python
	$(SET_UP) venv $(NAG) infra/requirements-nag.txt

soak-access: setup
	TEST_REQUESTS=$(REQUESTS) TEST_EXAMPLES=$(EXAMPLES) TEST_CODES=$(CODES) \
	  $(BIN)/pytest -s tests/security/test_routes.py tests/security/test_description.py tests/security/test_limits.py

mutants: $(STAMPS)/mutants ## Mutation testing of the money modules: every mutant fails a test, or is explained
	nice $(MUTANTS)/bin/python -m tests.mutation.run $(ARGS)

bench: setup $(STAMPS)/hordak $(STAMPS)/accounting ## Balance and payment as one account grows, beside two other ledgers; restore
	$(BIN)/python -m tests.soak.bench
	$(BIN)/python -m tests.soak.restoring

$(STAMPS)/hordak: tests/soak/peers/requirements-hordak.txt | $(STAMPS)/python
	$(SET_UP) venv .venv-hordak --no-binary=django-hordak $<

$(STAMPS)/accounting: tests/soak/peers/requirements-accounting.txt | $(STAMPS)/python
	$(SET_UP) venv .venv-accounting --no-deps $<

bench-statements: setup $(STAMPS)/reportlab ## A statement run as clients grow; a statement's PDF beside reportlab's
	.venv-reportlab/bin/python -m tests.soak.bench_pdf
	$(BIN)/python -m tests.soak.bench_statements

$(STAMPS)/reportlab: tests/soak/requirements-reportlab.txt | $(STAMPS)/python
	$(SET_UP) venv .venv-reportlab tests/soak/requirements-reportlab.txt

bench-import: setup ## An import's rows a second, one by one and in batches; a dry run of 100,000 rows
	$(BIN)/python -m tests.soak.bench_import

cost: setup ## What operations cost at list prices: calls counted, billed, beside the least they could
	$(BIN)/python -m tests.soak.cost $(ARGS)

bench-cold: setup ## A cold start: import of our zip and of chalice package's, beside bare Python
	$(BIN)/python -m infra.package.bench_cold

$(STAMPS)/mutants: tests/mutation/requirements-mutmut.txt | $(STAMPS)/python
	$(SET_UP) venv $(MUTANTS) tests/mutation/requirements-mutmut.txt

$(STAMPS)/microburst: tests/soak/requirements-microburst.txt | $(STAMPS)/python
	$(SET_UP) venv $(BURST) tests/soak/requirements-microburst.txt
