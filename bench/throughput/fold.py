"""The job, record by record: what every contender that takes one record at a time does, in plain Python.

Per case its state, start, due time and end; per (kind, unit, width, bucket), local days and 5 minutes, how many were
received, finished, on time and overdue, and the sum of handling times without the citizen's. The rules are those of
`streams/fold/cases.py`, for steps that come in the order of their times.
"""

from typing import Any

STARTS, SUPPLEMENT = "accepted", "supplement"
FINISHING = frozenset({"finished", "returned"})
ENDING = FINISHING | {"refused", "withdrawn", "stopped"}
RECEIVED, FINISHED, ON_TIME, OVERDUE, DURATION = range(5)
MEASURES = ("received", "finished", "on_time", "overdue", "duration_ms")

FIVE_MS, DAY_MS, LOCAL_MS = 300_000, 86_400_000, 25_200_000

Record = dict[str, Any]
Bucket = tuple[str, str, str, int]
"""Kind, unit, width, start (ms UTC)."""


class Case:
    __slots__ = ("due_at", "ended_at", "paused_at", "paused_ms", "started_at", "state", "supplements")

    def __init__(self) -> None:
        self.state = ""
        self.started_at = self.due_at = self.ended_at = 0
        self.paused_at = self.paused_ms = self.supplements = 0


class Fold:
    def __init__(self) -> None:
        self.cases: dict[str, Case] = {}
        self.buckets: dict[Bucket, list[int]] = {}
        self.changed: set[Bucket] = set()

    def take(self, record: Record) -> None:
        """Moves the record's case, and counts what that did."""
        case = self.cases.get(record["case_id"])
        if case is None:
            case = self.cases[record["case_id"]] = Case()
        delta = move(case, record)
        if delta is not None:
            self.count(record, delta)

    def count(self, record: Record, delta: list[int]) -> None:
        kind, unit, at = record["kind"], record["unit"], record["event_at"]
        day = (at + LOCAL_MS) // DAY_MS * DAY_MS - LOCAL_MS
        for bucket in ((kind, unit, "5m", at - at % FIVE_MS), (kind, unit, "day", day)):
            sums = self.buckets.get(bucket)
            if sums is None:
                sums = self.buckets[bucket] = [0, 0, 0, 0, 0]
            for place, amount in enumerate(delta):
                sums[place] += amount
            self.changed.add(bucket)


def move(case: Case, record: Record) -> list[int] | None:
    """Takes a case one step on; what that adds to its buckets, None where nothing."""
    at, state, before = record["event_at"], record["state"], case.state
    delta = None
    if record["due_at"] is not None:
        case.due_at = record["due_at"]
    if before == SUPPLEMENT and state != SUPPLEMENT and case.paused_at:
        case.paused_ms += at - case.paused_at
        case.paused_at = 0
    if state == SUPPLEMENT and before != SUPPLEMENT:
        case.paused_at = at
        case.supplements += 1
    elif state == STARTS and not case.started_at:
        case.started_at = at
        delta = [1, 0, 0, 0, 0]
    elif state in ENDING and not case.ended_at:
        case.ended_at = at
        if state in FINISHING:
            late = (case.due_at and at > case.due_at) or case.supplements > 1
            duration = at - case.started_at - case.paused_ms if case.started_at else 0
            delta = [0, 1, int(bool(case.due_at) and not late), int(late), duration]
    case.state = state
    return delta
