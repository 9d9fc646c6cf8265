"""All kinds of faults by name."""

from bench.faults import disk
from bench.faults.kinds import Kind
from bench.faults.kinds_parts import PARTS
from bench.faults.kinds_senders import SENDER_KINDS
from bench.faults.kinds_way import WAY_KINDS
from bench.faults.kinds_worker import WORKER_KINDS
from contract.errors import SetupError

KINDS: dict[str, Kind] = {kind.name: kind for kind in (*PARTS, *WORKER_KINDS, *WAY_KINDS, *SENDER_KINDS)}
SHORT = (
    *("after_raw_insert", "before_ledger", "after_ledger", "before_ack", "inside_batch", "in_snapshot"),
    *("after_snapshot", "between_tables", "after_forward", "producer-after-ack", "answers-dropped", "worker-stop"),
)
"""A dozen at named points, for every run of the tests."""


def chosen(names: str) -> dict[str, Kind]:
    """Those of a list with commas, or all that can be had here."""
    if not names:
        return {name: kind for name, kind in KINDS.items() if not kind.disk or not disk.possible()}
    wanted = [name.strip() for name in names.split(",")]
    for name in wanted:
        if name not in KINDS:
            raise SetupError(f"--kinds: there is no fault {name!r}; there are {', '.join(KINDS)}")
    return {name: KINDS[name] for name in wanted}
