"""What a shard remembers, as bytes and back."""

from typing import Any

import msgspec
import numpy as np
import pytest
import zstandard

from contract.errors import NhipError
from streams.pipeline import run
from streams.shard import Shard
from streams.state import pack, unpack
from tests.builders import MINUTE
from tests.messages import NOON, figure, log, shard, step, with_a_unit_in_front


def test_plain_values_and_arrays_come_back_as_they_went() -> None:
    state: dict[str, Any] = {
        "none": None,
        "number": np.int64(-5),
        "nested": {"list": [1, "hai", [True]], "bytes": b"\x00"},
        "empty": np.zeros((0, 4), np.int64),
        "flags": np.array([True, False]),
        "matrix": np.arange(6, dtype=np.uint64).reshape(2, 3),
        "slice": np.arange(10)[::3],
    }
    back = unpack(pack(state))
    assert {name: back[name] for name in ("none", "number", "nested")} == {
        "none": None, "number": -5, "nested": state["nested"]
    }  # fmt: skip
    for name in ("empty", "flags", "matrix", "slice"):
        assert back[name].dtype == state[name].dtype
        assert back[name].tolist() == state[name].tolist()
    back["matrix"][0, 0] = 9  # what comes back can go on being changed


def test_what_has_no_plain_form_is_an_error_of_ours_and_not_kept_by_pickle() -> None:
    with pytest.raises(TypeError, match="object"):
        pack({"a": object()})
    with pytest.raises(ValueError, match="extension"):
        unpack(zstandard.compress(msgspec.msgpack.encode({"a": msgspec.msgpack.Ext(9, b"")})))


@pytest.mark.parametrize("record", ["figures", "cases"])
def test_an_empty_shard_and_a_used_one_come_back(record: str) -> None:
    good = [figure(), figure(unit="H17")] if record == "figures" else [step(due_at=NOON + 5), step(case_id="2")]
    used = shard(record)
    run(used, log([NOON, good, NOON + MINUTE], record))
    for before in (shard(record), used):
        after = shard(record)
        after.load(before.dump())
        assert after.dump() == before.dump()


def test_a_snapshot_of_other_states_is_refused_in_words() -> None:
    body = shard("cases").dump()
    with pytest.raises(NhipError, match="replay it into a new generation"):
        shard("cases", 6).load(body)


def test_a_unit_that_came_since_moves_no_ones_state() -> None:
    old = shard("cases")
    run(old, log([NOON, [step(), step(unit="H17", case_id="H17-1")], NOON + MINUTE], "cases"))
    grown = with_a_unit_in_front()
    new = Shard(grown, grown.feeds["drill-cases"], 0, "nhip.cases")
    new.load(old.dump())
    assert new.reporting == old.reporting
    assert {new.units[unit]: n for (_, unit), n in new.case_fold.open.items()} == {"H26": 1, "H17": 1}


def test_a_unit_that_is_gone_is_named() -> None:
    grown = with_a_unit_in_front()
    body = Shard(grown, grown.feeds["drill-cases"], 0, "nhip.cases").dump()
    with pytest.raises(NhipError, match="H99"):
        shard("cases").load(body)
