"""Which generation a worker works in: asked at its start, and again while it works; a handover is waited out."""

import asyncio
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest

from clickhouse.client import StoreAway
from clickhouse.generations import Pending, Standing
from clickhouse.tables import TABLES
from contract.telemetry import Telemetry
from streams import duty
from streams.patience import Patience
from tests.messages import catalogue

ASKED = Pending("id", 2)


class OverError(Exception):
    """No more answers."""


class Worker:
    """What happens to it, in words."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *answers: Standing | Exception) -> None:
        monkeypatch.setattr(duty, "LOOK_S", 0.001)
        monkeypatch.setattr(duty, "WAIT_S", 0.001)
        self._answers: Iterator[Any] = iter(answers)
        self.events: list[str] = []
        self.version = "of its start"

    def ask(self) -> Standing:
        answer: Standing | Exception = next(self._answers, OverError())
        if isinstance(answer, Exception):
            raise answer
        return answer

    def runs(self) -> list[str]:
        async def through() -> None:
            patience = Patience(Telemetry(catalogue().feeds, TABLES))
            own = duty.Duty(self.ask, patience, self._work_in, lambda: self.version)
            takes = asyncio.create_task(self._take(own))
            with suppress(OverError):
                await own.follow(self._leave, lambda: self.events.append("ends"))
            await takes

        asyncio.run(asyncio.wait_for(through(), 10))
        return self.events

    def _work_in(self, generation: int) -> None:
        self.events.append(f"works in {generation}")

    async def _take(self, own: duty.Duty) -> None:
        await own.known()
        self.events.append("takes")

    async def _leave(self) -> None:
        self.events.append("leaves")


def test_nothing_is_taken_before_the_generation_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    away = StoreAway("starting")
    worker = Worker(monkeypatch, away, Standing(1, Pending("other", 2)), Standing(2), Standing(2), Standing(2))
    assert worker.runs() == ["works in 2", "takes"]


def test_at_a_handover_it_leaves_waits_and_goes_on_in_what_is_in_force_then(monkeypatch: pytest.MonkeyPatch) -> None:
    standing = [Standing(1), Standing(1), Standing(1, ASKED), Standing(1, ASKED), Standing(2), Standing(2)]
    assert Worker(monkeypatch, *standing).runs() == ["works in 1", "takes", "leaves", "works in 2"]


def test_a_request_that_comes_to_nothing_leaves_it_in_the_old_generation(monkeypatch: pytest.MonkeyPatch) -> None:
    standing = [Standing(1), Standing(1, ASKED), Standing(1, ASKED), Standing(1), Standing(1)]
    assert Worker(monkeypatch, *standing).runs() == ["works in 1", "takes", "leaves", "works in 1"]


def test_a_handover_that_was_slept_through_is_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    standing = [Standing(1), Standing(1), Standing(3), Standing(3), Standing(3)]
    assert Worker(monkeypatch, *standing).runs() == ["works in 1", "takes", "leaves", "works in 3"]


def test_at_a_handover_it_ends_where_the_rules_were_changed_under_it(monkeypatch: pytest.MonkeyPatch) -> None:
    class Changed(Worker):
        def _work_in(self, generation: int) -> None:
            super()._work_in(generation)
            self.version = "deployed since"

    standing = [Standing(1), Standing(1, ASKED), Standing(2), Standing(2)]
    assert Changed(monkeypatch, *standing).runs() == ["works in 1", "takes", "leaves", "ends"]
