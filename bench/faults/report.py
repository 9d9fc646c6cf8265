"""What came of a run with faults, as a table."""

from collections.abc import Sequence

import msgspec
import numpy as np

from bench.faults.rows import Difference
from nhip.check import Verdict
from nhip.check_lines import BAD

EXAMPLES = 3


class Struck(msgspec.Struct, frozen=True):
    kind: str
    at: float
    """Seconds of the epoch."""
    unread_s: float | None = None
    """Of a worker: how old the first message was that its next life had to read."""


class Outcome(msgspec.Struct, frozen=True):
    struck: list[Struck]
    recovered: list[float | None]
    """Per fault: seconds until a message that arrived after it was stored."""
    caught_up_s: float
    messages: int
    records: int
    accepted: int
    rejected: int
    repeats: int
    counts: dict[str, tuple[int, int]]
    """What: as it is, as it must be."""
    verdict: Verdict
    doubled: dict[str, int]
    differences: dict[str, Difference]

    @property
    def good(self) -> bool:
        return (
            self.verdict.code < BAD
            and all(found == wanted for found, wanted in self.counts.values())
            and not any(self.doubled.values())
            and not any(difference.count for difference in self.differences.values())
        )


def report(outcome: Outcome) -> list[str]:
    return [
        *_faults(outcome),
        "",
        f"messages {outcome.messages:,} · records {outcome.records:,} = accepted {outcome.accepted:,} + rejected "
        f"{outcome.rejected:,} + repeats {outcome.repeats:,}",
        f"caught up {outcome.caught_up_s:.1f} s after the last send",
        *(f"{what}: {found:,} (must be {wanted:,})" for what, (found, wanted) in outcome.counts.items()),
        "",
        *_rows(outcome),
        "",
        *outcome.verdict.words("en"),
        "",
        "All as it must be." if outcome.good else "Something differs.",
    ]


def _faults(outcome: Outcome) -> list[str]:
    lines = [f"{'kill -9 of':<12}{'times':>6}{'p50 s':>8}{'p95 s':>8}{'max s':>8}{'re-read from, s before':>25}"]
    for kind in dict.fromkeys(one.kind for one in outcome.struck):
        pairs = [(one, t) for one, t in zip(outcome.struck, outcome.recovered, strict=True) if one.kind == kind]
        seconds = [t for _, t in pairs if t is not None]
        unread = [one.unread_s for one, _ in pairs if one.unread_s is not None]
        reach = f"p50 {np.median(unread):.1f}, max {max(unread):.1f}" if unread else ""
        lines.append(f"{kind:<12}{len(pairs):>6}{_quantiles(seconds)}{reach:>25}")
    return lines


def _quantiles(seconds: Sequence[float]) -> str:
    if not seconds:
        return f"{'–':>8}" * 3
    return "".join(f"{value:>8.1f}" for value in (*np.quantile(seconds, [0.5, 0.95]), max(seconds)))


def _rows(outcome: Outcome) -> list[str]:
    lines = [f"{'table':<14}{'rows':>9}{'missing':>9}{'extra':>7}{'other':>7}{'doubled':>9}"]
    for table, found in outcome.differences.items():
        other = len({key for key, *_ in found.other})
        twice = outcome.doubled.get(table, 0)
        lines.append(f"{table:<14}{found.rows:>9,}{len(found.missing):>9}{len(found.extra):>7}{other:>7}{twice:>9}")
        lines += [f"    missing {key}" for key in found.missing[:EXAMPLES]]
        lines += [f"    extra   {key}" for key in found.extra[:EXAMPLES]]
        lines += [f"    {key} {name}: {was!r}, not {wanted!r}" for key, name, wanted, was in found.other[:EXAMPLES]]
    return lines
