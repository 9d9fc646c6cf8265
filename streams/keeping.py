"""Snapshots of partitions' states. When they are stored, and only then, the messages in them are acknowledged."""

import asyncio
import time

from contract.telemetry import Telemetry
from streams.lanes import Lane
from streams.patience import Patience
from streams.snapshots import Snapshots


class Keeping:
    def __init__(self, snapshots: Snapshots, patience: Patience, telemetry: Telemetry) -> None:
        self.snapshots = snapshots
        self.landed = asyncio.Event()
        """Set whenever something was written."""
        self._patience, self._telemetry = patience, telemetry
        self._one_at_a_time = asyncio.Lock()
        self._saving: asyncio.Task[None] | None = None

    async def rest(self, lanes: list[Lane]) -> None:
        """Partitions rest until what was computed of them is stored, and while their states are kept; others go on."""
        async with self._one_at_a_time:
            for lane in lanes:
                lane.resting = True
            try:
                while any(lane.ahead for lane in lanes if not lane.leaving):
                    self.landed.clear()
                    await self.landed.wait()
                await self._keep(lanes)
            finally:
                for lane in lanes:
                    lane.resting = False

    async def leave(self, lanes: list[Lane]) -> None:
        """Of partitions that are given back, as far as their rows are stored."""
        async with self._one_at_a_time:
            if self._saving is not None:  # whoever began it may have been cancelled
                await asyncio.shield(self._saving)
            await self._keep(lanes)

    async def _keep(self, lanes: list[Lane]) -> None:
        """Of what moved since the last. A state that is ahead of its rows is not kept."""
        moved = [lane for lane in lanes if lane.ready and lane.offset > lane.snapshot and not lane.ahead]
        if moved:
            self._saving = asyncio.create_task(self._save(moved))
            await asyncio.shield(self._saving)

    async def _save(self, lanes: list[Lane]) -> None:
        await self._patience.until(lambda: self.snapshots.save([(lane.shard, lane.offset) for lane in lanes]))
        for lane in lanes:
            lane.snapshot, lane.snapshot_at = lane.offset, time.monotonic()
            lane.acknowledge(lane.snapshot)
            self._telemetry.snapshot_stored(time.time())
