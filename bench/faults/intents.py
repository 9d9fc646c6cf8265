"""The senders' ledger: what each meant to send, written before it is sent, and what Kafka acknowledged, written after.

Two files a sender, only ever appended to. Whoever is killed in the middle of a line leaves a torn one behind; it is cut
off at the next start. An intent without an acknowledgement is sent again, byte for byte.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO, TypeVar

import msgspec

T = TypeVar("T")
HEADER = "sent-as"
"""Header of every message of ours: whose, and which intent of his."""
_SIZE = 4


class Intent(msgspec.Struct, frozen=True, array_like=True):
    """One message, and what must become of its records."""

    number: int
    topic: str
    """"figures", "cases" or "inbox"."""
    partition: int
    """-1: any."""
    content_type: str
    value: bytes
    records: int
    refused: dict[int, str] = {}
    """Row -> reason, where it is sent to."""
    onward: dict[int, str] = {}
    """Of the inbox: row -> reason in the partition that the record is placed in."""
    until: int = 0
    """The sender's time, ms, up to which the lives it tells are told with this message."""


class Ack(msgspec.Struct, frozen=True, array_like=True):
    number: int
    partition: int
    offset: int


class Book:
    """One sender's two files, open for writing."""

    def __init__(self, folder: Path, name: str) -> None:
        self.intents = list(read(_mended(folder / f"{name}.intents"), Intent))
        self.acks = list(read(_mended(folder / f"{name}.acks"), Ack))
        self._intents = (folder / f"{name}.intents").open("ab", buffering=0)
        self._acks = (folder / f"{name}.acks").open("ab", buffering=0)

    def unacknowledged(self) -> list[Intent]:
        """As they stood when the book was opened."""
        known = {ack.number for ack in self.acks}
        return [intent for intent in self.intents if intent.number not in known]

    def intend(self, intents: Sequence[Intent]) -> None:
        _append(self._intents, intents)

    def acknowledge(self, acks: Sequence[Ack]) -> None:
        _append(self._acks, acks)

    def close(self) -> None:
        self._intents.close()
        self._acks.close()


class Account(msgspec.Struct, frozen=True):
    """One sender's ledger as it lies."""

    name: str
    intents: list[Intent]
    acks: list[Ack]


def accounts(folder: Path) -> list[Account]:
    return [
        Account(file.stem, list(read(file, Intent)), list(read(file.with_suffix(".acks"), Ack)))
        for file in sorted(folder.glob("*.intents"))
    ]


def mark(name: str, number: int) -> bytes:
    """What the header of an intent's message says."""
    return f"{name}/{number}".encode()


def marked(header: bytes) -> tuple[str, int]:
    name, _, number = header.decode().rpartition("/")
    return name, int(number)


def read(file: Path, kind: type[T]) -> Iterator[T]:
    """Whole entries; what was torn off at the end is left out."""
    decoder: Any = msgspec.msgpack.Decoder(kind)
    data = file.read_bytes() if file.is_file() else b""
    for start, end in _entries(data):
        yield decoder.decode(data[start:end])


def _mended(file: Path) -> Path:
    if file.is_file():
        whole = max((end for _, end in _entries(file.read_bytes())), default=0)
        with file.open("r+b") as torn:
            torn.truncate(whole)
    return file


def _entries(data: bytes) -> Iterator[tuple[int, int]]:
    place = 0
    while place + _SIZE <= len(data):
        start = place + _SIZE
        place = start + int.from_bytes(data[place:start], "big")
        if place > len(data):
            return
        yield start, place


def _append(file: BinaryIO, entries: Sequence[Any]) -> None:
    """One write, so that a kill tears at most the end of it."""
    bodies = [msgspec.msgpack.encode(entry) for entry in entries]
    if bodies:
        file.write(b"".join(len(body).to_bytes(_SIZE, "big") + body for body in bodies))
