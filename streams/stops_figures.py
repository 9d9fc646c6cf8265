"""The stops of figures, in the order of the table in `pipeline.py`."""

import numpy as np

from contract.figures import VINTAGES
from streams.admit.checks import Clocks
from streams.admit.identity import identity, ids_of_digests
from streams.admit.repeats import NEW, hashes
from streams.detect.base import Point, Series
from streams.hashing import Digests, digests
from streams.keep import figure_rows
from streams.records import Rows
from streams.shard import Shard
from streams.stops import apply_findings, note_heard, note_signals, refuse, settle, tally
from streams.work import Output, Work

VINTAGE_NAMES = (*VINTAGES, "")


class FigureWork(Work):
    period: Digests
    """Hash of each record's period."""


def admit(shard: Shard, work: FigureWork, clocks: Clocks, output: Output) -> None:
    checks, columns = shard.figures.admit(work.records, clocks)
    refuse(shard, work, checks, columns, output)


def identify(shard: Shard, work: FigureWork, start: int, end: int, output: Output) -> None:
    if work.identity is None:
        _name(shard, work)
    settle(shard, work, start, end, output)
    if work.count:
        _excuse_revisions(shard, work)
        note_heard(shard, work)


def _name(shard: Shard, work: FigureWork) -> None:
    """What identifies a figure: feed, indicator, unit, subject, time or period, vintage, value."""
    c, n = work.columns, len(work.records)
    used, place = np.unique(c.period, return_inverse=True)
    words = shard.figures.words["period"].words
    work.period = hashes([words[code] if code >= 0 else "" for code in used.tolist()])[place]
    own = digests(
        [
            np.full(1, shard.feed_hash),
            shard.first_hashes[c.indicator],
            shard.unit_hashes[c.unit],
            shard.subject_hashes[c.subject],
            work.period,
            c.at,
            c.vintage.astype(np.int64),
            c.value,
        ],
        n,
    )
    work.identity = identity(work.records.get("record_id"), own, own)


def _excuse_revisions(shard: Shard, work: FigureWork) -> None:
    """Late is the first version of a period's figure. What revises it is not."""
    c = work.columns
    rows: Rows = np.arange(len(work.records))[work.rows]
    rows = rows[c.period[rows] >= 0]
    if not len(rows):
        return
    subject = shard.subject_hashes[c.subject[rows]]
    what = [shard.first_hashes[c.indicator[rows]], shard.unit_hashes[c.unit[rows]], subject, work.period[rows]]
    ids = ids_of_digests(digests(what, len(rows)))
    c.late[rows] &= shard.released.judge(ids, np.zeros(len(rows), np.int64)) == NEW


def detect(shard: Shard, work: FigureWork, start: int, end: int, output: Output) -> None:
    if not work.count:
        return
    signals = shard.detection.on_points(_points(shard, work), shard.context)
    note_signals(work, signals)
    apply_findings(shard, [signal for _, signal in signals], output)


def _points(shard: Shard, work: FigureWork) -> list[Point]:
    c, words = work.columns, shard.figures.words["period"].words
    known: dict[tuple[int, int, int], tuple[Series, str]] = {}
    points = []
    columns = (c.indicator, c.unit, c.subject, c.at, c.period, c.vintage, c.value, c.sent_at, c.simulated, c.late)
    given = (column[work.rows].tolist() for column in (*columns, work.offset))
    for i, u, s, at, p, v, value, sent, simulated, late, offset in zip(*given, strict=True):
        found = known.get((i, u, s))
        if found is None:
            series = Series(shard.feed.id, shard.firsts[i], shard.units[u], shard.subjects[s] if s >= 0 else "")
            found = known[i, u, s] = series, f"{series.indicator}|{series.unit}|{series.subject}"
        period = words[p] if p >= 0 else ""
        points.append(Point(*found, at, period, VINTAGE_NAMES[v], value, sent, offset, simulated, late))
    return points


def keep(shard: Shard, work: FigureWork, output: Output) -> None:
    rows = work.accepted()
    tally(work, "figures", rows)
    if work.kept:
        output.add("figures", figure_rows(shard, work, rows))
