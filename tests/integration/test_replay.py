"""A file through a real broker: on topics of its own, with the ticks of its own times, and on after a break."""

from pathlib import Path

import msgspec
import pyarrow as pa
import pytest

from catalogue.load import load
from contract.codec import Message, read_tick
from contract.kafka import Log
from contract.settings import Settings
from producers.mapping import find
from producers.replay import batches, last_tick, replay
from streams.decode import read_arrow

FILE = Path(__file__).resolve().parent.parent / "recorded" / "growth.csv"


def _at(message: Message) -> int:
    tick = read_tick(message.value)
    assert tick is not None
    return tick.at


@pytest.fixture
def installation(kafka: Settings, request: pytest.FixtureRequest) -> Settings:
    return msgspec.structs.replace(kafka, topic_prefix=f"replay-{abs(hash(request.node.name)) % 10**6}")


def _messages(settings: Settings) -> list[Message]:
    feed = load().feeds["recorded-growth"]
    with Log(settings) as log:
        return list(log.read(settings.topics.figures, feed.partition))


def _records(messages: list[Message]) -> pa.Table:
    read = [read_arrow(message.value) for message in messages if message.kind == "records"]
    return pa.concat_tables([table for table in read if isinstance(table, pa.Table)], promote_options="default")


def test_a_file_stands_in_the_log_as_it_would_in_memory(installation: Settings) -> None:
    mapping = find(FILE)
    assert replay(installation, load(), mapping, FILE) == 9
    messages = _messages(installation)
    expected = list(batches(mapping, load(), FILE))
    ticks = [_at(m) for m in messages if m.kind == "tick"]
    assert [m.kind for m in messages] == ["tick" if kind == "tick" else "records" for kind, _ in expected]
    assert ticks == [item for kind, item in expected if kind == "tick"]
    sent = pa.concat_tables([pa.table(item) for _, item in expected if isinstance(item, pa.RecordBatch)])
    for name in ("period", "value", "sent_at"):
        assert _records(messages).column(name).to_pylist() == sent.column(name).to_pylist()


def test_a_replay_goes_on_after_what_stands_in_the_log(installation: Settings) -> None:
    replay(installation, load(), find(FILE), FILE)
    before = len(_messages(installation))
    assert replay(installation, load(), find(FILE), FILE, resume=True) == 0
    after = _messages(installation)
    assert len(after) == before + 1  # the last tick, once more
    assert _at(after[-1]) == last_tick(installation, load().feeds["recorded-growth"])


def test_a_replay_takes_the_time_it_is_given(installation: Settings) -> None:
    seen: list[int] = []
    replay(installation, load(), find(FILE), FILE, over=1.0, on_progress=lambda records, at: seen.append(records))
    assert seen[0] == 0
    assert 0 < seen[1] < 9
