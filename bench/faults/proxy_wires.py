"""How bytes on a connection fall into requests and answers, so that a proxy can treat one of them and not the next."""

import asyncio
import re
from typing import Protocol
from urllib.parse import parse_qs, urlsplit

import msgspec

MOST_HEAD = 1 << 20
CHUNK = 1 << 16


class Part(msgspec.Struct):
    """A whole request or answer as it goes over the wire."""

    kind: str
    data: bytes
    start: int = 0
    """Where its body begins: what comes before frames it."""


class Wire(Protocol):
    async def request(self, reader: asyncio.StreamReader) -> Part | None:
        """The next request; None where the connection ended."""

    async def answer(self, reader: asyncio.StreamReader, kind: str) -> Part | None:
        """The answer to a request of that kind."""

    in_turn: bool
    """Whether each request has one answer, in the same order."""


class Raw:
    in_turn = False

    async def request(self, reader: asyncio.StreamReader) -> Part | None:
        data = await reader.read(CHUNK)
        return Part("", data) if data else None

    async def answer(self, reader: asyncio.StreamReader, kind: str) -> Part | None:
        return await self.request(reader)


class Kafka:
    """A size of four bytes, then so many. A request begins with its api's number; answers come in the same order."""

    in_turn = True
    APIS = {0: "produce", 1: "fetch", 3: "metadata", 8: "commit", 9: "committed", 10: "coordinator", 11: "join"}
    APIS |= {12: "heartbeat", 13: "leave", 14: "sync", 18: "versions", 22: "producer-id"}
    HEADER = 16

    async def request(self, reader: asyncio.StreamReader) -> Part | None:
        data = await self._frame(reader)
        if data is None:
            return None
        return Part(self.APIS.get(int.from_bytes(data[4:6], "big"), "other"), data, min(len(data), self.HEADER))

    async def answer(self, reader: asyncio.StreamReader, kind: str) -> Part | None:
        data = await self._frame(reader)
        return None if data is None else Part(kind, data, min(len(data), self.HEADER))

    async def _frame(self, reader: asyncio.StreamReader) -> bytes | None:
        try:
            size = await reader.readexactly(4)
            return size + await reader.readexactly(int.from_bytes(size, "big"))
        except asyncio.IncompleteReadError:
            return None


class Http:
    """HTTP/1.1, one request at a time on a connection; the statement's first word is the kind."""

    in_turn = True
    WORD = re.compile(rb"\s*([A-Za-z]+)")

    async def request(self, reader: asyncio.StreamReader) -> Part | None:
        head = await self._head(reader)
        if head is None:
            return None
        method, address = head.split(b"\r\n", 1)[0].split(b" ")[:2]
        body = await self._body(reader, head, until_end=False)
        query = parse_qs(urlsplit(address.decode("latin-1")).query).get("query", [""])[0].encode()
        word = self.WORD.match(query or body)
        kind = word[1].decode().lower() if word else method.decode().lower()
        return Part(kind, head + body, len(head))

    async def answer(self, reader: asyncio.StreamReader, kind: str) -> Part | None:
        head = await self._head(reader)
        if head is None:
            return None
        empty = kind == "head" or head.split(b" ", 2)[1] in (b"204", b"304")
        body = b"" if empty else await self._body(reader, head, until_end=True)
        return Part(kind, head + body, len(head))

    async def _head(self, reader: asyncio.StreamReader) -> bytes | None:
        try:
            return await reader.readuntil(b"\r\n\r\n")
        except asyncio.IncompleteReadError:
            return None

    async def _body(self, reader: asyncio.StreamReader, head: bytes, until_end: bool) -> bytes:
        lines = (line.partition(b":") for line in head.split(b"\r\n")[1:] if line)
        headers = {name.strip().lower(): value.strip() for name, _, value in lines}
        if headers.get(b"transfer-encoding", b"").lower() == b"chunked":
            return await self._chunks(reader)
        if b"content-length" in headers:
            return await reader.readexactly(int(headers[b"content-length"]))
        return await reader.read() if until_end else b""

    async def _chunks(self, reader: asyncio.StreamReader) -> bytes:
        out = bytearray()
        while True:
            line = await reader.readuntil(b"\r\n")
            size = int(line.split(b";")[0], 16)
            out += line + await reader.readexactly(size + 2)
            if not size:
                return bytes(out)


WIRES: dict[str, Wire] = {"http": Http(), "kafka": Kafka(), "raw": Raw()}
