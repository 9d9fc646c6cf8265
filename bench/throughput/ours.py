"""Our end state: the cases as the worker's own snapshots hold them."""

from typing import Any

import numpy as np
import pyarrow as pa

from bench.throughput.endstate import EndState
from bench.throughput.history import FEED
from catalogue.load import load
from clickhouse.client import connect
from contract.settings import Settings
from streams.admit.identity import ids_of
from streams.fold.cases import DUE, ENDED, NONE, STARTED, STATE, CaseFold
from streams.shard import Shard
from streams.snapshots import Snapshots

GENERATION = 1


def cases(settings: Settings, wanted: EndState) -> dict[str, tuple[Any, ...]]:
    """State, start, end and due time of each case by its name. A shard keeps hashes, not names: the job's are asked
    for, and a case that nobody asked for counts under its hash."""
    catalogue = load(settings.catalogue_dir)
    feed = catalogue.feeds[FEED]
    snapshots = Snapshots(connect(settings, "writer"), GENERATION)
    found: dict[str, tuple[Any, ...]] = {}
    names = list(wanted.cases)
    ids = ids_of(pa.array(names))
    for number in range(feed.shards):
        shard = Shard(catalogue, feed, number, settings.topics.cases)
        if snapshots.load(shard, settings.topics.cases) < 0:
            continue
        mine = ids.copy()
        mine[:, 1] ^= shard.first_hashes[0]
        found |= _of_shard(shard, shard.case_fold, names, mine)
    return found


def _of_shard(shard: Shard, fold: CaseFold, names: list[str], ids: Any) -> dict[str, tuple[Any, ...]]:
    place = fold.find(ids)
    here = np.flatnonzero(place >= 0)
    rows = fold.rows.get(place[here])
    states = [state.id for state in shard.kinds[0].states]
    state = [states[code] for code in rows.view(np.int16)[:, STATE].tolist()]
    ended = np.maximum(rows[:, ENDED], NONE)  # below it stands since when a case has been waiting
    times = zip(rows[:, STARTED].tolist(), ended.tolist(), rows[:, DUE].tolist(), strict=True)
    found = {names[i]: (name, *at) for i, name, at in zip(here.tolist(), state, times, strict=True)}
    strangers = len(fold.rows) - len(here)
    return found | {f"unknown case {number} of shard {shard.shard}": () for number in range(strangers)}
