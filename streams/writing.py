"""One turn's rows into the store: all tables first, then the ledger, however often the store has to be asked."""

import asyncio
import time
from collections.abc import Callable

import pyarrow as pa

from clickhouse.sink import Mark, Present, Sink, beyond
from contract.errors import StoreError
from contract.telemetry import Telemetry
from streams.lanes import Lane
from streams.ledger import ledger_rows
from streams.opening import Opening
from streams.patience import Patience
from streams.work import Output

Ran = tuple[Lane, Output]
DOUBT_S = 5.0
"""How long Kafka has to say whose the partitions are, where nothing was heard of it for a session."""


class Writing:
    def __init__(
        self,
        sink: Sink,
        opening: Opening,
        patience: Patience,
        telemetry: Telemetry,
        sure: Callable[[], bool],
        told: Callable[[str, Output], None],
    ) -> None:
        """`told` of what is stored, with the feed's id."""
        self._sink, self._opening, self._patience = sink, opening, patience
        self._telemetry, self._sure, self._told = telemetry, sure, told
        self.unsure = False
        """It waits for word from Kafka."""

    async def write(self, turn: list[Ran]) -> None:
        """All of it; or, in a worker that slept, nothing of partitions that were taken away from it."""
        if not await self._ours(turn):
            turn = [(lane, output) for lane, output in turn if not lane.leaving]
        if not turn:
            return
        try:
            await self._patience.until(Attempts(self._sink, self._opening, turn, self._tell))
        except StoreError as error:
            raise StoreError(f"{error}\n{_whose(turn)}") from error
        for lane, output in turn:
            lane.offset = max(output.entries)
            lane.ahead -= 1
            lane.present = beyond(lane.present, lane.offset)

    def _tell(self, turn: list[Ran], rows: dict[str, int], seconds: float) -> None:
        for table, count in rows.items():
            self._telemetry.rows_inserted(table, count, seconds)
        for lane, output in turn:
            self._told(lane.shard.feed.id, output)

    async def _ours(self, turn: list[Ran]) -> bool:
        """A worker that was stopped for longer than its session may have lost its partitions and not know it yet.

        What it writes then is the same as the new owner's, row by row, and readers see it once; but a moment's patience
        spares the store the copies.
        """
        deadline = time.monotonic() + DOUBT_S
        self.unsure = not self._sure()
        try:
            while not self._sure():
                if any(lane.leaving for lane, _ in turn):
                    return False
                if time.monotonic() > deadline:  # Kafka is away: nobody can have been given them
                    return True
                await asyncio.sleep(0.05)
        finally:
            self.unsure = False
        return True


class Attempts:
    """One turn's insert, tried until it is done; for a thread."""

    def __init__(
        self, sink: Sink, opening: Opening, turn: list[Ran], done: Callable[[list[Ran], dict[str, int], float], None]
    ) -> None:
        self._sink, self._opening, self._turn, self._done = sink, opening, turn, done
        self._lanes = list({lane.where: lane for lane, _ in turn}.values())
        self._tried = False

    def __call__(self) -> None:
        rows: dict[str, list[pa.Table]] = {}
        for _, output in self._turn:
            for table, tables in output.rows.items():
                rows.setdefault(table, []).extend(tables)
        ledger = [ledger_rows(lane.shard, output.entries) for lane, output in self._turn]
        present = self._present()
        self._tried, started = True, time.perf_counter()
        written = self._sink.write(rows, ledger, present)
        self._done(self._turn, written, time.perf_counter() - started)

    def _present(self) -> list[Present]:
        if not self._tried:
            return [lane.present for lane in self._lanes if lane.present]
        # Nobody knows how much of the last attempt the store took.
        sources = [(self._opening.source(lane), Mark(lane.offset)) for lane in self._lanes]
        return list(self._sink.above(sources).values())


def tell(telemetry: Telemetry, feed: str, output: Output) -> None:
    """Of messages whose rows are stored."""
    now_ms = time.time() * 1000
    for entry in output.entries.values():
        telemetry.message_taken(feed)
        if entry.kind == "tick":
            telemetry.tick_taken()
        if entry.records:
            telemetry.records_accepted(feed, entry.accepted)
            telemetry.records_duplicate(feed, entry.duplicates)
            telemetry.records_late(feed, entry.late)
        if entry.accepted and entry.sent_at is not None and not entry.backfill:
            telemetry.batch_queryable(feed, (now_ms - entry.sent_at) / 1000)
    for reason, count in output.refused.items():
        telemetry.records_rejected(feed, reason, count)


def _whose(turn: list[Ran]) -> str:
    came = ", ".join(
        f"{lane.shard.feed.id} ({lane.where[0]}/{lane.where[1]}, offsets {min(output.entries)}-{max(output.entries)})"
        for lane, output in turn
    )
    return (
        f"refused were rows of {came}. Nothing of them is acknowledged, and nothing is left out: the worker ends here "
        "until the table, or the version that writes it, is put right"
    )
