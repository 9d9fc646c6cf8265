"""Snapshots as the first version kept them: whole, in one row, case by case column after column."""

import numpy as np

from streams.fold import cases, groups, windows
from streams.rows import Words
from streams.state import Packed, pack, unpack


def part_of(body: bytes) -> bytes:
    """The same state as today's version keeps it."""
    old = unpack(body)
    words = {
        "cases": _cases(old["cases"]["at"]),
        "buckets": _buckets(old["buckets"]),
        **{f"{name}.{number}": rows for name in ("seen", "released") for number, rows in _ids(old[name]).items()},
    }
    kept = ("clock", "step", "simulated", "last_at", "detection", "findings")
    rest = {
        **{name: old[name] for name in kept},
        **{name: {"since": old[name]["since"], "number": 1} for name in ("seen", "released")},
        "buckets": {"changed": np.array(old["buckets"]["dirty"], np.int64), "trimmed": old["buckets"]["trimmed"]},
        "cases": {name: old["cases"][name] for name in ("open", "overdue", "trimmed")},
    }
    tables = {
        name: {"size": len(rows), "width": rows.shape[1], "swept": [[0, np.ascontiguousarray(rows.T)]]}
        for name, rows in words.items()
    }
    return pack({"units": old["units"], "kinds": old["kinds"], "tables": tables, "rest": rest})


def _cases(at: Packed) -> Words:
    words = np.zeros((len(at["hi"]), cases.WIDTH), np.int64)
    words[:, 0], words[:, 1] = at["hi"].view(np.int64), at["lo"].view(np.int64)
    words[:, cases.STARTED], words[:, cases.DUE], words[:, cases.LAST] = at["started_at"], at["due_at"], at["last_at"]
    words[:, cases.ENDED] = np.where(at["ended_at"] != cases.NONE, at["ended_at"], -at["paused_at"])
    words[:, cases.PAUSED_MS] = at["paused_ms"]
    words.view(np.int16)[:, cases.UNIT], words.view(np.int16)[:, cases.STATE] = at["unit"], at["state"]
    small = words.view(np.int8)
    small[:, cases.KIND], small[:, cases.OVERDUE] = at["kind"], at["overdue"]
    small[:, cases.REQUESTS] = np.minimum(at["supplements"], 100)
    return words


def _buckets(old: Packed) -> Words:
    kind, unit, width, start = old["buckets"].T
    words = np.zeros((len(start), windows.WIDTH), np.int64)
    words[:, windows.KEY], words[:, windows.START] = groups.key_of(kind, unit, width), start
    words[:, windows.MEASURED], words[:, windows.GAUGES] = old["measures"], old["gauges"]
    words[:, windows.SIMULATED] = old["simulated"]
    words.view(np.int32)[:, 2 * windows.DURATIONS :] = old["durations"]
    return words


def _ids(old: Packed) -> dict[int, Words]:
    """By the number of the generation."""
    pairs = {1: (old["young"], old["young_body"]), 0: (old["old"], old["old_body"])}
    return {number: np.column_stack([ids.view(np.int64), body]) for number, (ids, body) in pairs.items()}
