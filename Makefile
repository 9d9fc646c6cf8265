# Each word here is a plain command; README.md names them for those who would rather not use make.
PYTHON ?= python3
VENV := .venv/bin/python
ARGS ?=

.PHONY: setup run test lint types alerts faults faults-short faults-mutants faults-permits faults-stops bench bench-short boards boards-bench clean

# The first Python that is new enough; only this step runs outside the virtual environment.
setup:
	@for python in $(PYTHON) python3 python3.13 python3.12 python3.11; do \
		if "$$python" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null; then \
			exec "$$python" -m nhip.setup; \
		fi; \
	done; \
	echo "Cần Python 3.11, 3.12 hoặc 3.13 (make PYTHON=/đường/dẫn). Python 3.11, 3.12 or 3.13 is needed (make PYTHON=/its/path)." >&2; \
	exit 1

# exec: `nhip up` is then make's own child and notices when make dies.
run: setup
	@exec $(VENV) -m nhip up --parent $$PPID $(ARGS)

test: setup
	@exec $(VENV) -m pytest $(ARGS)

lint: setup
	$(VENV) -m ruff check .
	$(VENV) -m mypy

# Grafana's, Prometheus's and Alertmanager's files, written from the declarations in alerts/.
alerts: setup
	@exec $(VENV) -m alerts $(ARGS)

# A thousand faults take about two hours; finished rounds stand in var/faults.jsonl, and the same --seed goes on.
faults: setup
	@exec $(VENV) -m bench.faults $(ARGS)

faults-short: setup
	@exec $(VENV) -m bench.faults --short $(ARGS)

# Planted mistakes: the programme must catch each.
faults-mutants: setup
	@exec $(VENV) -m bench.faults --mutants $(ARGS)

faults-permits: setup
	@exec $(VENV) -m bench.faults.permits $(ARGS)

faults-stops: setup
	@exec $(VENV) -m bench.faults.stops $(ARGS)

scenarios: setup
	@exec $(VENV) -m bench.detection.scenarios $(ARGS)

# The same job by others and by us; .venv-bench holds the others' packages.
bench: setup
	@$(VENV) -m bench.throughput.setup
	@exec $(VENV) -m bench.throughput $(ARGS)

bench-short: setup
	@$(VENV) -m bench.throughput.setup
	@exec $(VENV) -m bench.throughput --short $(ARGS)

# Grafana's files from the declarations in grafana/boards.
boards: setup
	@exec $(VENV) -m grafana

# Every panel's query on ten million rows; the filled store stays in var/boards-bench for the next time.
boards-bench: setup
	@exec $(VENV) -m bench.boards $(ARGS)

# What a run wrote; the cache folder and the virtual environments stay.
clean:
	rm -rf var
