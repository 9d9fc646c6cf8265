"""Which snapshots hang together: a row stands alone, or needs some before it, each named by the next one.

Nothing else is trusted: not the order of rows, nor that only one worker wrote them. One that was taken for dead and
wrote on makes a branch of its own, and any branch that is whole leads to a true state.
"""

from collections.abc import Iterable, Sequence

import msgspec
import xxhash

from streams.parts import Sweep


class Link(msgspec.Struct, frozen=True):
    """A row of the table, without its body."""

    offset: int
    format: int
    hash: int
    previous: int
    """Hash of the row before it; 0 where it stands alone."""
    back: int
    """How many rows before it, one after the other, are needed."""
    ends: bool
    """The state at the offset is whole with this row."""
    size: int


def hash_of(body: bytes, offset: int, format_: int, previous: int, back: int, ends: bool) -> int:
    """Of a row, body and all; never 0."""
    about = f"{offset},{format_},{previous},{back},{int(ends)}".encode()
    return xxhash.xxh3_64_intdigest(about + body) or 1


def needed(link: Link, links: dict[int, Link]) -> list[Link]:
    """The rows to read for this one, the first first; none where one of them is missing."""
    found = [link]
    for _ in range(link.back):
        before = links.get(found[-1].previous)
        if before is None:
            return []
        found.append(before)
    return found[::-1]


def whole(links: Iterable[Link]) -> list[list[Link]]:
    """Every state that can be read, the newest first: the rows for it, in order."""
    by_hash = {link.hash: link for link in links}
    ends = sorted((link for link in by_hash.values() if link.ends), key=lambda link: link.offset, reverse=True)
    return [rows for link in ends if (rows := needed(link, by_hash))]


class Chain(msgspec.Struct):
    """How far one shard's snapshots have come in the store, as the worker that writes them knows it."""

    last: int = 0
    """Hash of the newest row; 0: there is none to go on from."""
    length: int = 0
    """Rows that are needed for the state at the newest."""
    whole_bytes: int = 0
    """What the rows of the last sweep took, and all since."""
    since_bytes: int = 0
    sweep: Sweep = ()
    """What is still to be swept."""
    swept: int = 0
    """Rows since the sweep began; 0 while none is on its way."""
    swept_bytes: int = 0
    began: int = 0
    """Offset of the sweep's first row."""
    firsts: tuple[int, ...] = ()
    """Offsets of the first rows that the newest sweep but one, and the newest, need: what is older can go."""

    @classmethod
    def of(cls, states: Sequence[list[Link]]) -> "Chain":
        """To go on from the first of these; the others are older, some perhaps of another format."""
        rows = states[0]
        alike = {state[0].offset for state in states if state[-1].format == rows[-1].format}
        firsts = sorted(alike)[-2:]
        sizes = [link.size for link in rows]
        return cls(rows[-1].hash, len(rows), sizes[0], sum(sizes[1:]), firsts=tuple(firsts))

    def begin(self, sweep: Sweep, offset: int) -> None:
        self.sweep, self.swept, self.swept_bytes, self.began = sweep, 0, 0, offset

    def add(self, hash_: int, size: int, left: Sweep) -> None:
        """One more row; `left` is what its sweep has still to do."""
        sweeps = bool(self.sweep)
        self.last, self.length, self.since_bytes, self.sweep = hash_, self.length + 1, self.since_bytes + size, left
        if not sweeps:
            return
        self.swept, self.swept_bytes = self.swept + 1, self.swept_bytes + size
        if not left:
            self.length, self.whole_bytes, self.since_bytes = self.swept, self.swept_bytes, 0
            self.firsts = (*self.firsts[-1:], self.began)
