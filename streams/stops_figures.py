"""The stops of figures, in the order of the table in `pipeline.py`."""

import numpy as np
import pyarrow as pa

from contract.figures import VINTAGES
from streams.admit.checks import Checks, Segment
from streams.admit.figures import Figures
from streams.admit.repeats import NEW, Identity, digests, hashes, with_given_ids
from streams.detect.base import Point, Series
from streams.idmap import ids_from
from streams.keep import figure_rows
from streams.shard import Shard
from streams.stops import Rows, Verdicts, apply_findings, note_accepted, settle, verdicts_of
from streams.work import Output

VINTAGE_NAMES = (*VINTAGES, "")


class Work:
    """A segment and what the stops found out about it, each stop filling in its part."""

    checks: Checks
    columns: Figures
    take: Rows
    """Rows of the segment that are accepted, in order; what follows is as long as it."""
    ids: list[str]
    verdicts: Verdicts

    def __init__(self, segment: Segment) -> None:
        self.segment = segment


def admit(shard: Shard, work: Work, output: Output) -> None:
    work.checks, work.columns = shard.figures.admit(work.segment)


def identify(shard: Shard, work: Work, output: Output) -> None:
    passed = np.flatnonzero(work.checks.passed)
    identity = _identity(shard, work, passed)
    new = settle(shard, work, identity, passed, output)
    work.take = passed[new]
    work.ids = [identity.texts[place] for place in new]
    if len(work.take):
        _excuse_revisions(shard, work)
        note_accepted(shard, work.segment, work.columns, work.take, output)


def _excuse_revisions(shard: Shard, work: Work) -> None:
    """Late is the first version of a period's figure. What revises it is not."""
    c = work.columns
    periodic = work.take[c.period[work.take] >= 0]
    if not len(periodic):
        return
    period = hashes([text or "" for text in c.periods])[c.period[periodic]]
    subject = shard.subject_hashes[c.subject[periodic]]
    what = [shard.first_hashes[c.indicator[periodic]], shard.unit_hashes[c.unit[periodic]], subject, period]
    first = shard.released.judge(ids_from(b"".join(digests(what))), np.zeros(len(periodic), np.int64)) == NEW
    c.late[periodic] &= first


def _identity(shard: Shard, work: Work, passed: Rows) -> Identity:
    """What identifies a figure: feed, indicator, unit, subject, time or period, vintage, value."""
    c = work.columns
    period = hashes([text or "" for text in c.periods])
    own = digests(
        [
            np.full(len(passed), shard.feed_hash),
            shard.first_hashes[c.indicator[passed]],
            shard.unit_hashes[c.unit[passed]],
            shard.subject_hashes[c.subject[passed]],
            period[c.period[passed]],
            c.at[passed],
            c.vintage[passed].astype(np.int64),
            c.value[passed],
        ]
    )
    return with_given_ids(work.segment.table.column("record_id").take(pa.array(passed)), own, own)


def detect(shard: Shard, work: Work, output: Output) -> None:
    signals = shard.detection.on_points(_points(shard, work), shard.context) if len(work.take) else []
    work.verdicts = verdicts_of(len(work.take), signals)
    apply_findings(shard, [signal for _, signal in signals], output)


def _points(shard: Shard, work: Work) -> list[Point]:
    c = work.columns
    take = work.take
    known: dict[tuple[int, int, int], tuple[Series, str]] = {}
    points = []
    columns = (c.indicator, c.unit, c.subject, c.at, c.period, c.vintage, c.value, c.sent_at, c.simulated, c.late)
    offsets = work.segment.offset[take].tolist()
    for (i, u, s, at, p, v, value, sent, simulated, late), offset in zip(
        zip(*(column[take].tolist() for column in columns), strict=True), offsets, strict=True
    ):
        found = known.get((i, u, s))
        if found is None:
            series = Series(shard.feed.id, shard.firsts[i], shard.units[u], shard.subjects[s] if s >= 0 else "")
            found = known[i, u, s] = series, f"{series.indicator}|{series.unit}|{series.subject}"
        period = c.periods[p] if p >= 0 else ""
        vintage = VINTAGE_NAMES[v]
        points.append(Point(*found, at, period, vintage, value, sent, offset, simulated, late))
    return points


def keep(shard: Shard, work: Work, output: Output) -> None:
    if not len(work.take):
        return
    v = work.verdicts
    rows = figure_rows(work.segment, work.columns, work.take, work.ids, v.verdict, v.marks, shard.place, shard.names)
    output.add("figures", rows, work.segment.offset[work.take])
