"""One turn's rows into the store: all tables first, then the ledger, however often the store has to be asked."""

import asyncio
import time
from collections.abc import Callable

import pyarrow as pa

from clickhouse.sink import Mark, Sink, beyond
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
        self, sink: Sink, opening: Opening, patience: Patience, telemetry: Telemetry, sure: Callable[[], bool]
    ) -> None:
        self._sink, self._opening, self._patience = sink, opening, patience
        self._telemetry, self._sure = telemetry, sure
        self.unsure = False
        """It waits for word from Kafka."""

    async def write(self, turn: list[Ran]) -> list[Ran]:
        """Gives what was written: all of it, or nothing of partitions that were taken away from a worker that slept."""
        if not await self._ours(turn):
            turn = [(lane, output) for lane, output in turn if not lane.leaving]
        if turn:
            await self._stored(turn)
        return turn

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

    async def _stored(self, turn: list[Ran]) -> None:
        rows: dict[str, list[pa.Table]] = {}
        for _, output in turn:
            for table, tables in output.rows.items():
                rows.setdefault(table, []).extend(tables)
        ledger = [ledger_rows(lane.shard, output.entries) for lane, output in turn]
        lanes = list({lane.where: lane for lane, _ in turn}.values())
        tried = False

        def write() -> dict[str, int]:
            nonlocal tried
            present = [lane.present for lane in lanes if lane.present]
            if tried:  # nobody knows how much of the last attempt the store took
                above = self._sink.above([(self._opening.source(lane), Mark(lane.offset)) for lane in lanes])
                present = list(above.values())
            tried = True
            return self._sink.write(rows, ledger, present)

        started = time.perf_counter()
        try:
            counts = await self._patience.until(write)
        except StoreError as error:
            raise StoreError(f"{error}\n{_whose(turn)}") from error
        for table, count in counts.items():
            self._telemetry.rows_inserted(table, count, time.perf_counter() - started)
        for lane, output in turn:
            lane.offset = max(output.entries)
            lane.ahead -= 1
            lane.present = beyond(lane.present, lane.offset)


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
