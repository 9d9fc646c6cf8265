"""Mistakes that a programme like this one is made with, planted from outside: the fault programme must catch each.

    with applied("ledger_first"): …        in this process
    python -m bench.faults.worker --mutant ledger_first

Each is what somebody would write who did not know better, and each is right as long as nothing fails, but for those
whose `kinds` hold "none". A programme that has not been seen to catch them proves nothing.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import msgspec

from bench.faults import mutants_acks, mutants_rows, mutants_state
from bench.faults.patches import Patches


class Mutant(msgspec.Struct, frozen=True):
    name: str
    what: str
    plant: Callable[[Patches], None]
    kinds: tuple[str, ...]
    """Points of `points.py` and kinds of faults under which it shows; "none": without any."""
    shown: str
    """How a verifier sees it."""


LOST, COUNTED_LESS, COUNTED_TWICE = "rows missing", "buckets too low", "counted twice in buckets and ledger"

_ALL = (
    Mutant(
        "ack_before_insert",
        "a message is acknowledged when it is taken",
        mutants_acks.ack_before_insert,
        ("worker-kill", "inside_batch", "after_raw_insert", "between_tables", "before_ledger"),
        f"{LOST}, {COUNTED_LESS}",
    ),
    Mutant(
        "take_with_own_ack",
        "the agent reads by stream.take(), which acknowledges what it handed out, whatever became of it",
        mutants_acks.take_with_own_ack,
        ("worker-kill", "worker-stop", "inside_batch", "before_ledger"),
        f"{LOST}, {COUNTED_LESS}",
    ),
    Mutant(
        "commit_before_snapshot",
        "messages are acknowledged with their ledger row, before a snapshot holds what they changed",
        mutants_acks.commit_before_snapshot,
        ("worker-kill", "after_ledger", "before_snapshot"),
        COUNTED_LESS,
    ),
    Mutant(
        "keeps_what_it_gave_back",
        "a partition that was taken away is gone on with from memory when it comes back",
        mutants_acks.keeps_what_it_gave_back,
        ("worker-zombie", "handover"),
        COUNTED_LESS,
    ),
    Mutant(
        "no_mark",
        "our own offsets count for nothing: neither the ledger's mark nor the snapshot's says what is done",
        mutants_rows.no_mark,
        ("worker-kill", "after_snapshot", "before_ack", "between_acks"),
        "the ledger calls records repeats that it had called accepted; copies of rows",
    ),
    Mutant(
        "mark_over_two_tables",
        "what is done is told by the highest offset of the raw tables, not by the ledger",
        mutants_rows.mark_over_two_tables,
        ("after_raw_insert", "between_tables", "before_ledger"),
        "rows of the tables that come later missing, the ledger's among them",
    ),
    Mutant(
        "ledger_first",
        "the ledger is written before the rows it speaks of",
        mutants_rows.ledger_first,
        ("after_ledger", "engine-kill"),
        LOST,
    ),
    Mutant(
        "token_only",
        "a deduplication token (where the block begins) is the only guard: nobody looks what stands above the mark",
        mutants_rows.token_only,
        ("after_raw_insert", "between_tables", "before_ledger"),
        LOST,
    ),
    Mutant(
        "swallowed_exception",
        "an insert that fails is passed over",
        mutants_rows.swallowed_exception,
        ("engine-kill", "store-away"),
        LOST,
    ),
    Mutant(
        "snapshot_ahead",
        "a snapshot holds messages whose rows are not stored yet, and says so in its offset",
        mutants_state.snapshot_ahead,
        ("worker-kill", "after_raw_insert", "between_tables", "before_ledger"),
        LOST,
    ),
    Mutant(
        "dedup_by_offset",
        "a repeat is told by its place in the log, so that what a sender sends again is new",
        mutants_state.dedup_by_offset,
        ("producer-kill", "none"),
        COUNTED_TWICE,
    ),
    Mutant(
        "no_seen_in_snapshot",
        "the ids seen are not in the snapshot",
        mutants_state.no_seen_in_snapshot,
        ("worker-kill", "worker-stop"),
        f"{COUNTED_TWICE}, where a sender repeats what came before the kill",
    ),
    Mutant(
        "float_sums",
        "handling times are summed in days as 32-bit floats, so that sums depend on where a batch was cut",
        mutants_state.float_sums,
        ("none", "store-away", "worker-zombie"),
        "duration_ms of buckets differs",
    ),
    Mutant(
        "clock_by_wall",
        "a shard's clock is this machine's instead of the tick's",
        mutants_state.clock_by_wall,
        ("none", "clock-jump", "worker-kill"),
        "ticks, buckets and states of feeds differ",
    ),
)
MUTANTS = {mutant.name: mutant for mutant in _ALL}


def apply(name: str, patches: Patches | None = None) -> Patches:
    """Plants it; `undo` of what comes back takes it out again. KeyError where there is none of that name."""
    patches = patches or Patches()
    MUTANTS[name].plant(patches)
    return patches


@contextmanager
def applied(name: str) -> Iterator[None]:
    patches = Patches()
    with patches:
        apply(name, patches)
        yield
