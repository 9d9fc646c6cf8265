"""From what a message and a record cost to words: how many feeds and dossiers a day before the second machine."""

import os
from collections.abc import Sequence

import msgspec

from bench.throughput.feed_job import Form
from bench.throughput.race import Run

CORES = 2
FILL = 0.6
"""Of the machine at the busiest hour: what is left keeps freshness, boards and merges."""
STEPS_A_DOSSIER = 5.65
BUSIEST_HOUR = 0.16
"""Of a day's steps: offices work eight hours, most of it before noon."""
FEEDS, SECONDS_A_MESSAGE = 50, 1.0
"""The feeds of the catalogue, a small message each so often."""
PARTS = ("client", "engine", "kafka")
MEMORY_SHARE = 0.5
"""Of the machine's memory, for the state of cases."""
DAYS_IN_MEMORY = 70
"""A case is open for ten days on average, and remembered for 60 days after its end."""


class Cost(msgspec.Struct, frozen=True):
    """A straight line through the measured sizes: µs of all processes."""

    message_us: float
    record_us: float

    def of(self, rows: float) -> float:
        """A record's cost in messages of so many rows."""
        return self.message_us / rows + self.record_us


def cost(runs: Sequence[Run], rows: Sequence[int]) -> Cost:
    """From the smallest and the largest message."""
    per_record = [sum(run.per_million(part) for part in PARTS) for run in runs]
    message = (per_record[0] - per_record[-1]) / (1 / rows[0] - 1 / rows[-1])
    return Cost(message, per_record[-1] - message / rows[-1])


def dossiers_by_cpu(found: Cost, rows: float = 500.0) -> float:
    """A day, beside the feeds' messages, in batches as large as a quarter of a second brings at this load."""
    free_us = CORES * FILL * 1e6 - FEEDS / SECONDS_A_MESSAGE * found.of(1)
    return max(free_us, 0.0) / found.of(rows) * 3600 / BUSIEST_HOUR / STEPS_A_DOSSIER


def dossiers_by_memory(case_bytes: float, memory_bytes: float) -> float:
    """A day, each of them in memory as long as it is remembered."""
    return memory_bytes * MEMORY_SHARE / case_bytes / DAYS_IN_MEMORY


def feeds(found: Cost, records: float = 20.0) -> float:
    """Feeds that send so many figures in a message every second, and nothing else runs."""
    return CORES * FILL * 1e6 * SECONDS_A_MESSAGE / (found.of(records) * records)


def words(runs: Sequence[Run], forms: Sequence[Form], case_bytes: float) -> list[str]:
    found = cost(runs, [form.rows for form in forms])
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    by_cpu, by_memory = dossiers_by_cpu(found), dossiers_by_memory(case_bytes, memory)
    least = "memory" if by_memory < by_cpu else "CPU"
    nation = "the nation has 120,000 on a working day"
    return [
        "",
        f"A message costs {found.message_us:,.0f} µs, a record in it {found.record_us:.1f} µs, all processes together.",
        f"At {FILL:.0%} of {CORES} cores one machine takes {feeds(found):,.0f} feeds of 20 figures every second.",
        f"Beside {FEEDS} feeds that send a message a second, its cores take {by_cpu:,.0f} new dossiers a day "
        f"({STEPS_A_DOSSIER} steps each, {BUSIEST_HOUR:.0%} of them in the busiest hour);",
        f"its memory ({memory / 2**30:.0f} GB, {MEMORY_SHARE:.0%} of it for cases of {case_bytes:.0f} bytes, kept "
        f"{DAYS_IN_MEMORY} days) takes {by_memory:,.0f} a day.",
        f"So {min(by_cpu, by_memory):,.0f} dossiers a day before the second machine, bound by {least}; {nation}.",
    ]
