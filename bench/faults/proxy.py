"""A network that misbehaves: a proxy on loopback between one part and another, which does as it is told.

    with Proxy(settings.store_port, "http") as proxy:      the worker is given proxy.port instead
        proxy.drop_answers(1, "insert")     the next insert is done, its answer never comes, the connection closes
        proxy.away(True)                    nobody is there
        proxy.calm()                        a good network again
        proxy.counts                        what really happened

It runs in a thread of its own; its methods may be called from any other.
"""

import asyncio
import contextlib
import random
import socket
import struct
import threading
from collections import deque
from collections.abc import Coroutine
from typing import Any, Literal, Self, TypeVar

import msgspec

from bench.faults.proxy_wires import MOST_HEAD, WIRES, Part, Wire
from nhip.local import ports

T = TypeVar("T")
LOOPBACK = "127.0.0.1"
RESET = struct.pack("ii", 1, 0)
"""SO_LINGER of no time: a close is a reset."""
AHEAD = 64
"""Requests or answers that wait in the proxy, of one connection and direction."""
FLIPPED_IN = (0.3, 0.95)
"""The part of a body that holds values rather than descriptions of them."""
Of = Literal["requests", "answers"]


class Counts(msgspec.Struct):
    """What really happened, since the proxy began."""

    connections: int = 0
    requests: int = 0
    answers: int = 0
    cut: int = 0
    """Connections closed by `cut` and `away`."""
    delayed: int = 0
    dropped: int = 0
    held: int = 0
    flipped: int = 0
    stalled: int = 0
    """Requests and answers that came to a half-open connection."""


class Order(msgspec.Struct):
    """So many more of a kind are to be treated so."""

    left: int = 0
    kind: str = ""
    seconds: float = 0.0

    def takes(self, kind: str) -> bool:
        if self.left <= 0 or (self.kind and self.kind != kind):
            return False
        self.left -= 1
        return True


class Asked(msgspec.Struct, frozen=True):
    """A request whose answer is still to come."""

    kind: str
    drop: bool
    hold_s: float
    flip: bool


class Proxy:
    def __init__(self, target_port: int, wire: str = "raw", seed: int = 0, port: int | None = None) -> None:
        self.target_port, self.port = target_port, port or ports.free()
        self.counts = Counts()
        self._wire: Wire = WIRES[wire]
        self._random = random.Random(seed)
        self._delay_s = 0.0
        self._drop, self._hold = Order(), Order()
        self._flip: dict[Of, Order] = {"requests": Order(), "answers": Order()}
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name=f"proxy-{self.port}", daemon=True)
        self._open = asyncio.Event()
        """Not set while connections are half open."""
        self._open.set()
        self._server: asyncio.Server | None = None
        self._connections: dict[asyncio.Task[None], list[asyncio.StreamWriter]] = {}

    def __enter__(self) -> Self:
        self._thread.start()
        self._do(self._listen())
        return self

    def __exit__(self, *_: object) -> None:
        self._do(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def delay(self, seconds: float) -> None:
        """Every request comes so much later; 0 ends it."""
        self._delay_s = seconds

    def drop_answers(self, n: int, kind: str = "") -> None:
        """The next n requests of the kind are executed; their answers never come, their connections close."""
        self._drop = Order(n, kind)

    def hold_answers(self, seconds: float, n: int = 1, kind: str = "") -> None:
        """The next n answers come so much later: longer than the client's patience, and it has gone by then."""
        self._hold = Order(n, kind, seconds)

    def flip(self, n: int, of: Of = "requests", kind: str = "") -> None:
        """One bit in the body of the next n is another."""
        self._flip[of] = Order(n, kind)

    def cut(self) -> int:
        """Resets every connection. How many there were."""
        return self._do(self._cut())

    def away(self, is_away: bool = True) -> None:
        """Resets every connection and refuses new ones; or is there again."""
        self._do(self._leave() if is_away else self._listen())

    def half_open(self, is_half_open: bool = True) -> None:
        """Sockets stay, nothing goes through; or what waited goes on."""
        self._do(self._half_open(is_half_open))

    def calm(self) -> None:
        """A good network again."""
        self.delay(0.0)
        self._drop, self._hold = Order(), Order()
        self._flip = {"requests": Order(), "answers": Order()}
        self.half_open(False)
        self.away(False)

    def _do(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(30.0)

    async def _listen(self) -> None:
        if self._server is None:
            self._server = await asyncio.start_server(self._connected, LOOPBACK, self.port, limit=MOST_HEAD)

    async def _leave(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None
        await self._cut()

    async def _half_open(self, is_half_open: bool) -> None:
        if is_half_open:
            self._open.clear()
        else:
            self._open.set()

    async def _cut(self) -> int:
        tasks = list(self._connections)
        for writers in self._connections.values():
            for writer in writers:
                _reset(writer)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self.counts.cut += len(tasks)
        return len(tasks)

    async def _end(self) -> None:
        counted = self.counts.cut
        await self._leave()
        self.counts.cut = counted

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self.counts.connections += 1
        writers = self._connections[task] = [writer]
        try:
            far_reader, far_writer = await asyncio.open_connection(LOOPBACK, self.target_port, limit=MOST_HEAD)
            writers.append(far_writer)
            await self._both_ways(reader, writer, far_reader, far_writer)
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass  # one side has gone; the other is told below
        except asyncio.CancelledError:
            pass  # cut: what waits for this task would report it as a failure
        finally:
            self._connections.pop(task, None)
            for one in writers:
                one.close()

    async def _both_ways(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        far_reader: asyncio.StreamReader,
        far_writer: asyncio.StreamWriter,
    ) -> None:
        """Ends when either side does."""
        under_way: asyncio.Queue[tuple[float, Part] | None] = asyncio.Queue(AHEAD)
        asked: deque[Asked] = deque(maxlen=None if self._wire.in_turn else 1)
        ways = [
            asyncio.create_task(way)
            for way in (
                self._take(reader, under_way),
                self._ask(under_way, asked, far_writer),
                self._answer(far_reader, asked, writer),
            )
        ]
        try:
            done, _ = await asyncio.wait(ways[1:], return_when=asyncio.FIRST_COMPLETED)
            for way in done:
                way.result()
        finally:
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)

    async def _take(self, reader: asyncio.StreamReader, under_way: asyncio.Queue[tuple[float, Part] | None]) -> None:
        """Reads requests as they come, each with the time at which it goes on: a delay is no narrower a pipe."""
        try:
            while (part := await self._wire.request(reader)) is not None:
                await under_way.put((self._loop.time() + self._delay_s if self._delay_s else 0.0, part))
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass
        await under_way.put(None)

    async def _ask(
        self,
        under_way: asyncio.Queue[tuple[float, Part] | None],
        asked: deque[Asked],
        far_writer: asyncio.StreamWriter,
    ) -> None:
        while (taken := await under_way.get()) is not None:
            due, part = taken
            if due:
                self.counts.delayed += 1
                await asyncio.sleep(due - self._loop.time())
            await self._through()
            self.counts.requests += 1
            kind = part.kind
            if self._flip["requests"].takes(kind):
                part = self._flipped(part)
            hold_s = self._hold.seconds if self._hold.takes(kind) else 0.0
            asked.append(Asked(kind, self._drop.takes(kind), hold_s, self._flip["answers"].takes(kind)))
            far_writer.write(part.data)
            await far_writer.drain()

    async def _answer(
        self, far_reader: asyncio.StreamReader, asked: deque[Asked], writer: asyncio.StreamWriter
    ) -> None:
        while True:
            kind = asked[0].kind if asked else ""
            part = await self._wire.answer(far_reader, kind)
            if part is None:
                return
            of = asked.popleft() if asked else Asked(kind, False, 0.0, self._flip["answers"].takes(kind))
            await self._through()
            if of.drop:
                self.counts.dropped += 1
                return
            if of.hold_s:
                self.counts.held += 1
                await asyncio.sleep(of.hold_s)
            data = self._flipped(part).data if of.flip else part.data
            self.counts.answers += 1
            writer.write(data)
            await writer.drain()

    async def _through(self) -> None:
        if not self._open.is_set():
            self.counts.stalled += 1
            await self._open.wait()

    def _flipped(self, part: Part) -> Part:
        size = len(part.data) - part.start
        if size <= 0:
            return part
        low, high = (part.start + int(size * edge) for edge in FLIPPED_IN)
        place, bit = self._random.randrange(low, max(high, low + 1)), self._random.randrange(8)
        data = bytearray(part.data)
        data[place] ^= 1 << bit
        self.counts.flipped += 1
        return Part(part.kind, bytes(data), part.start)


def _reset(writer: asyncio.StreamWriter) -> None:
    own: socket.socket | None = writer.get_extra_info("socket")
    with contextlib.suppress(OSError):
        if own is not None:
            own.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
    writer.transport.abort()
