"""What the catalogue refused is sent again: those records alone, as they were written."""

import json
from collections.abc import Iterator

import pyarrow as pa
import xxhash

from contract import figures, topics
from contract.codec import Message, encode
from contract.reasons import VI, Reason
from nhip.readmit import REASONS, Refused, picked, readmit
from streams.decode import read_arrow
from tests.messages import figure


class Kept:
    """What Kafka still has of one partition, from an offset on."""

    def __init__(self, first: int, *values: bytes) -> None:
        self._first, self._values = first, values

    def beginning_offsets(self, topic: str) -> dict[int, int]:
        return {0: self._first}

    def read(self, topic: str, partition: int, start: int, stop: int) -> Iterator[Message]:
        for offset, value in enumerate(self._values, self._first):
            if start <= offset < stop:
                yield message(value, offset)


def message(value: bytes, offset: int = 0) -> Message:
    return Message("nhip.figures", 0, offset, 1_795_253_412_000, value, {topics.FEED: b"drill-figures"})


def refused(value: bytes, offset: int, *rows: int) -> Refused:
    return Refused("nhip.figures", 0, offset, rows, xxhash.xxh3_128_hexdigest(value))


def test_of_a_list_only_the_refused_are_taken_with_every_digit() -> None:
    value = b'[{"value": 1.10}, {"value": 12345678901234567890.100}, {"value": 3}]'
    again = picked(message(value), (1,))
    assert again.value == b'[{"value": 12345678901234567890.100}]'
    assert again.headers == {topics.CONTENT_TYPE: topics.JSON.encode()}, "the inbox places it anew"


def test_one_record_that_is_no_list_is_taken_whole() -> None:
    assert picked(message(b' {"value": 1}'), (0,)).value == b'[ {"value": 1}]'


def test_of_an_arrow_message_only_the_refused_are_taken() -> None:
    names = ["feed", "unit", "value"]
    rows = [{"feed": "drill-figures", "unit": unit, "value": float(n)} for n, unit in enumerate(("H26", "H99", "H98"))]
    schema = pa.schema([figures.SCHEMA.field(name) for name in names])
    again = picked(message(encode(pa.RecordBatch.from_pylist(rows, schema=schema))), (1, 2))
    table = read_arrow(again.value)
    assert isinstance(table, pa.Table)
    assert table.select(names).to_pylist() == rows[1:]


def test_what_kafka_no_longer_keeps_is_counted_and_the_rest_sent() -> None:
    values = [json.dumps([figure(unit=unit)]).encode() for unit in ("H97", "H98", "H99")]
    sent: list[Message] = []
    found = [refused(value, offset, 0) for offset, value in enumerate(values, 4)]
    count = readmit(Kept(5, *values[1:]), found, sent.append)  # type: ignore[arg-type]
    assert (count.records, count.messages, count.gone) == (2, 2, 1)
    assert [one.value for one in sent] == values[1:]


def test_another_message_in_its_place_is_not_taken_for_it() -> None:
    """A topic that was made anew begins to count from nothing again."""
    sent: list[Message] = []
    count = readmit(Kept(0, b'[{"value": 1}]'), [refused(b"other", 0, 0)], sent.append)  # type: ignore[arg-type]
    assert (count.gone, sent) == (1, [])


def test_only_what_the_catalogue_decides_can_be_sent_again() -> None:
    assert set(REASONS) < set(VI)
    assert not {Reason.CLASSIFIED, Reason.CONFLICT, Reason.NAN, Reason.TOO_LARGE, Reason.UNKNOWN_FIELD} & set(REASONS)
