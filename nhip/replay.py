"""`nhip replay FILE`: a file through the pipeline, by Kafka on topics of its own, or in memory."""

import argparse
import math
import sys
import time
from collections import Counter
from collections.abc import Iterator
from collections.abc import Mapping as Rows
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

import msgspec
import pyarrow as pa

from catalogue.load import Catalogue, load
from contract.errors import MappingError, SettingError
from contract.settings import Settings
from contract.text import instant, number
from nhip import replay_store
from nhip.words import language, say
from producers.mapping import Mapping, find
from producers.replay import Item, batches, replay
from producers.tables import feed_of
from streams.memory import Memory

SENTENCES = 3
"""Findings of each rule that are printed in full."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE")
    parser.add_argument("--mapping", default="", metavar="NAME|PATH", help="how the file's columns become records")
    parser.add_argument("--in-memory", action="store_true", help="needs neither Kafka nor ClickHouse")
    parser.add_argument("--speed", default="max", metavar="600x|max")
    parser.add_argument("--over", type=float, metavar="SECONDS", help="as fast as the whole takes so long")
    parser.add_argument("--copies", type=int, default=1, metavar="N", help="of a log of cases, with ids of their own")
    parser.add_argument("--prefix", default="", metavar="P", help="send only, to topics that another worker reads")
    parser.add_argument("--resume", action="store_true", help="go on after what stands in the log")


def run(settings: Settings, args: argparse.Namespace) -> int:
    if not args.file.is_file():
        raise MappingError(f"{args.file}: there is no such file")
    catalogue = load(settings.catalogue_dir)
    mapping = find(args.file, args.mapping)
    if args.copies < 1:
        raise SettingError("--copies must be 1 or more")
    if args.in_memory:
        return _in_memory(catalogue, mapping, args)
    return _through_kafka(settings, catalogue, mapping, args)


def speed(text: str) -> float | Literal["max"]:
    """`600x` or `600` is a factor; `max` is without a pause."""
    if text == "max":
        return "max"
    try:
        factor = float(text.removesuffix("x"))
    except ValueError:
        factor = math.nan
    if not (math.isfinite(factor) and factor > 0):
        raise SettingError(f"--speed {text} is no speed; write one like 600x, or max")
    return factor


def _through_kafka(settings: Settings, catalogue: Catalogue, mapping: Mapping, args: argparse.Namespace) -> int:
    """With a prefix it is sent to those topics, for a worker that somebody else runs; without, by one of our own."""
    feed = feed_of(mapping, catalogue)
    own = msgspec.structs.replace(settings, topic_prefix=args.prefix or f"replay-{feed.id}")
    if not args.prefix:
        replay_store.check(settings, feed)

    def send() -> int:
        sent = replay(
            own,
            catalogue,
            mapping,
            args.file,
            copies=args.copies,
            speed=speed(args.speed),
            over=args.over,
            resume=args.resume,
            on_progress=_Progress(),
        )
        count, topics = number(sent, lang=language()), f"{own.topic_prefix}.*"
        print(say(f"Đã gửi {count} bản ghi vào các chủ đề {topics}", f"{count} records sent to the topics {topics}"))
        return sent

    if args.prefix:
        send()
        return 0
    for line in summary(replay_store.through(own, feed, send)):
        print(line)
    return 0


class _Progress:
    """A line every two seconds."""

    def __init__(self) -> None:
        self._said = time.monotonic()

    def __call__(self, records: int, at_ms: int) -> None:
        if time.monotonic() - self._said < 2:
            return
        self._said = time.monotonic()
        count, moment = number(records, lang=language()), instant(datetime.fromtimestamp(at_ms / 1000, UTC))
        print(say(f"{moment}: {count} bản ghi", f"{moment}: {count} records"), file=sys.stderr)


def _watched(items: Iterator[Item]) -> Iterator[Item]:
    """The same items, with progress."""
    progress, records, at_ms = _Progress(), 0, 0
    for item in items:
        yield item
        if isinstance(item[1], int):
            at_ms = item[1]
        else:
            records += item[1].num_rows
        progress(records, at_ms)


def _in_memory(catalogue: Catalogue, mapping: Mapping, args: argparse.Namespace) -> int:
    memory = Memory(catalogue)
    feed = feed_of(mapping, catalogue)
    for partition in feed.partitions:
        memory.shard(feed.record, partition)  # so that the first tick meets it, as it would on Kafka
    memory.feed(_watched(batches(mapping, catalogue, args.file, args.copies)))
    for line in summary(memory.result().rows):
        print(line)
    return 0


def summary(rows: Rows[str, pa.Table]) -> list[str]:
    """What became of the records, and what was found, in lines."""
    ledger = rows["ledger"]
    names = ("records", "accepted", "rejected", "duplicates", "late")
    counts = {name: sum(ledger.column(name).to_pylist()) for name in names}
    words = {
        "records": say("bản ghi", "records"),
        "accepted": say("được nhận", "accepted"),
        "rejected": say("bị từ chối", "rejected"),
        "duplicates": say("gửi lại", "duplicates"),
        "late": say("đến muộn", "late"),
    }
    lang = language()
    lines = [" · ".join(f"{number(counts[name], lang=lang)} {words[name]}" for name in names)]
    reasons = Counter(rows["rejected"].column("reason").to_pylist()) if "rejected" in rows else Counter()
    lines += [f"  {reason}: {number(count, lang=lang)}" for reason, count in reasons.most_common()]
    return lines + _findings(newest(rows["findings"].to_pylist()) if "findings" in rows else [])


def newest(findings: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each finding as it stands: its highest revision."""
    latest: dict[Any, dict[str, Any]] = {}
    for row in sorted(findings, key=lambda row: row["revision"]):
        latest[row["finding_id"]] = row
    return sorted(latest.values(), key=lambda row: row["at"])


def _findings(findings: list[dict[str, Any]]) -> list[str]:
    lang = language()
    lines = [f"{number(len(findings), lang=lang)} {say('điểm bất thường', 'findings')}"]
    for rule, count in Counter(row["rule"] for row in findings).most_common():
        lines.append(f"  {rule}: {number(count, lang=lang)}")
        own = [row[f"sentence_{lang}"] for row in findings if row["rule"] == rule]
        lines += [f"    {sentence}" for sentence in own[:SENTENCES]]
    return lines
