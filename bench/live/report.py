"""The figures of a run as people read them."""

from collections.abc import Iterator, Sequence

import msgspec
import numpy as np

from bench.live.measure import Freshness
from bench.live.phases import Phase
from bench.live.sender import Sent
from bench.wall.run import Asked, quantiles

WALL_BAR_MS = 200.0


class Measured(msgspec.Struct, frozen=True):
    """One phase."""

    phase: Phase
    sent: Sent
    fresh: Freshness
    slowest: list[str]
    seen: list[float]
    """The probe's times, ms."""
    asked: list[Asked]
    cpu: dict[str, float]
    unread: int
    """Messages that the ledger did not hold when the phase had ended and some seconds had passed."""


def lines(found: Sequence[Measured], together: list[Asked], took_s: float) -> Iterator[str]:
    for one in found:
        yield from _phase(one)
    everything = [asked for one in found if one.phase.bar_ms for asked in one.asked]
    times = _times([asked.ms for asked in everything])
    yield f"60 queries over every 30 s  {times}, {len(everything)} asked  {_bar(everything)}"
    yield from slowest(everything)
    yield f"all 60 at once              {_times([a.ms for a in together])}, {took_s:.1f} s for all"
    for asked in [*everything, *together]:
        if asked.error:
            yield f"  {asked.name}: {asked.error}"


def _phase(one: Measured) -> Iterator[str]:
    sent, fresh = one.sent, one.fresh
    seconds = (sent.until_ms - sent.since_ms) / 1000
    pace = f"{sent.records / seconds:,.0f} records/s in {sent.messages / seconds:,.0f} messages/s"
    yield f"— {one.phase.name}: {pace}, {seconds:.0f} s"
    kept = f", p99 ≤ {one.phase.bar_ms:.0f} {'✓' if fresh.p99 <= one.phase.bar_ms else '✗'}" if one.phase.bar_ms else ""
    quick = f"p50 {fresh.p50:6.0f}  p95 {fresh.p95:6.0f}  p99 {fresh.p99:6.0f}  max {fresh.longest:6.0f} ms"
    yield f"  sent to stored (ledger)   {quick}{kept}  ({fresh.messages:,} messages, {fresh.records:,} records)"
    yield f"  arrived to stored         p99 {fresh.p99_since_arrived:6.0f} ms; worst seconds: {', '.join(one.slowest)}"
    yield f"  sent to seen (probe)      {_times(one.seen)}, {len(one.seen)} records"
    yield f"  wall queries              {_times([a.ms for a in one.asked])}, {len(one.asked)} asked"
    yield "  processor, of one core    " + "  ".join(f"{name} {share:.0%}" for name, share in one.cpu.items())
    late = f"at most {sent.behind_ms:.0f} ms behind its schedule"
    yield f"  sender                    {late}, {sent.cpu_s / seconds:.0%} of a core; not stored: {one.unread}"


def slowest(found: Sequence[Asked], count: int = 5) -> Iterator[str]:
    names = sorted({asked.name for asked in found})
    worst = {name: float(np.quantile([a.ms for a in found if a.name == name], 0.95)) for name in names}
    for name in sorted(names, key=lambda name: -worst[name])[:count]:
        yield f"  {name:34} {_times([a.ms for a in found if a.name == name])}"


def _times(found: Sequence[float]) -> str:
    p50, p95, p99, longest = quantiles(found)
    return f"p50 {p50:6.0f}  p95 {p95:6.0f}  p99 {p99:6.0f}  max {longest:6.0f} ms"


def _bar(found: Sequence[Asked]) -> str:
    return f"p95 ≤ {WALL_BAR_MS:.0f} {'✓' if quantiles([a.ms for a in found])[1] <= WALL_BAR_MS else '✗'}"
