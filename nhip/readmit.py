"""`nhip readmit`: records that the catalogue refused are sent once more, when the catalogue has been put right.

What was refused stands in no table: `rejected` knows only where it lies in Kafka. So it is read from there while Kafka
keeps it, and just those records, not their neighbours, go to the inbox, to be placed and judged as any sender's. Sent
twice within the horizon of ids (three days of a feed's clock) they are known as repeats; beyond it the raw tables still
keep a step once, but its bucket has counted it twice.
"""

import argparse
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby

import msgspec
import xxhash

from clickhouse.client import Store, connect
from contract import topics
from contract.codec import Message, encode
from contract.kafka import Log, Producer
from contract.reasons import Reason
from contract.settings import Settings
from contract.text import number
from nhip.words import language, say
from streams.decode import ARROW_MAGIC, read_arrow

REASONS = tuple(
    str(reason)
    for reason in (
        *(Reason.UNKNOWN_FEED, Reason.UNKNOWN_UNIT, Reason.UNIT_NOT_VALID, Reason.UNKNOWN_SUBJECT),
        *(Reason.UNKNOWN_INDICATOR, Reason.UNKNOWN_KIND, Reason.UNKNOWN_STATE, Reason.UNKNOWN_CHANNEL),
        *(Reason.UNKNOWN_ATTRIBUTE, Reason.BAD_PERIOD, Reason.BEFORE_FIRST_DAY),
    )
)
"""What the catalogue decides. Any other reason lies in the record, and its sender has to send another."""
SAFE_DAYS = 2.0
"""So far back a second run is harmless: less than the horizon of ids."""
_REFUSED = """
SELECT topic, partition, offset, groupUniqArray(row) AS rows, any(hash) AS hash FROM rejected
WHERE topic IN {topics:Array(String)} AND reason IN {reasons:Array(String)}
    AND ({feed:String} = '' OR feed = {feed:String})
    AND arrived_at >= now64(3) - toIntervalSecond({seconds:UInt32})
GROUP BY topic, partition, offset ORDER BY topic, partition, offset
"""


class Refused(msgspec.Struct, frozen=True):
    """Records of one message."""

    topic: str
    partition: int
    offset: int
    rows: tuple[int, ...]
    hash: str


Send = Callable[[Message], object]


class Count(msgspec.Struct):
    records: int = 0
    messages: int = 0
    gone: int = 0
    """Records whose message Kafka no longer keeps, or which it keeps another message in the place of."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--reason", action="append", choices=REASONS, required=True, help="may be given again")
    parser.add_argument("--feed", default="", help="as the refused record named it")
    parser.add_argument("--days", type=float, default=SAFE_DAYS, help="how far back; beyond 2: once only")
    parser.add_argument("--send", action="store_true", help="without it, only counts")


def run(settings: Settings, arguments: argparse.Namespace) -> int:
    found = refused(connect(settings), arguments.reason, arguments.feed, arguments.days)
    with Log(settings) as log:
        if arguments.send:
            with Producer(settings) as producer:
                counted = readmit(log, found, lambda m: producer.send(settings.topics.inbox, None, m.value, m.headers))
        else:
            counted = readmit(log, found, lambda message: None)
    print("\n".join(_words(counted, arguments.send)), flush=True)
    return 1 if counted.gone else 0


def refused(store: Store, reasons: Iterable[str], feed: str, days: float) -> list[Refused]:
    own = store.settings.topics
    ours = [own.figures, own.cases, own.inbox]
    rows = store.query(_REFUSED, topics=ours, reasons=list(reasons), feed=feed, seconds=round(days * 86_400))
    return [Refused(str(t), int(p), int(o), tuple(sorted(map(int, r))), str(h)) for t, p, o, r, h in rows]


def readmit(log: Log, found: Iterable[Refused], send: Send) -> Count:
    count = Count()
    for (topic, partition), messages in groupby(found, lambda one: (one.topic, one.partition)):
        first = log.beginning_offsets(topic).get(partition, 0)
        for one in messages:
            message = _kept(log, one) if one.offset >= first else None
            if message is None:
                count.gone += len(one.rows)
                continue
            send(message)
            count.messages += 1
            count.records += len(one.rows)
    return count


def _kept(log: Log, one: Refused) -> Message | None:
    """The message less its other records; None where it is not the one that was refused."""
    for message in log.read(one.topic, one.partition, one.offset, one.offset + 1):
        if xxhash.xxh3_128_hexdigest(message.value) == one.hash:
            return picked(message, one.rows)
    return None


def picked(message: Message, rows: tuple[int, ...]) -> Message:
    if message.value.startswith(ARROW_MAGIC):
        table = read_arrow(message.value)
        assert not isinstance(table, Reason), "its records were read when they were refused"
        [batch] = table.take(list(rows)).combine_chunks().to_batches()
        return _anew(message, encode(batch), topics.ARROW)
    return _anew(message, b"[" + b",".join(_of_json(message.value, rows)) + b"]", topics.JSON)


def _of_json(value: bytes, rows: tuple[int, ...]) -> Iterator[bytes]:
    """As they were written, to the letter: numbers with all their digits."""
    parts = msgspec.json.decode(value, type=list[msgspec.Raw]) if value.lstrip()[:1] == b"[" else [value]
    return (bytes(parts[row]) for row in rows)


def _anew(message: Message, value: bytes, form: str) -> Message:
    return msgspec.structs.replace(message, value=value, headers={topics.CONTENT_TYPE: form.encode()})


def _words(count: Count, sent: bool) -> Iterator[str]:
    lang = language()
    records, messages = number(count.records, 0, lang), number(count.messages, 0, lang)
    if sent:
        yield say(
            f"Đã gửi lại {records} bản ghi của {messages} bản tin.", f"Sent {records} records of {messages} messages."
        )
    else:
        yield say(
            f"Kafka còn giữ {records} bản ghi của {messages} bản tin; thêm --send để gửi lại.",
            f"Kafka still keeps {records} records of {messages} messages; --send sends them again.",
        )
    if count.gone:
        gone = number(count.gone, 0, lang)
        yield say(
            f"{gone} bản ghi Kafka không còn giữ: bên gửi phải gửi lại.",
            f"{gone} records are no longer in Kafka: their senders have to send them again.",
        )
