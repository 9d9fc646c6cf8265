"""What is waited for, what is said of it, and what is not waited for."""

import asyncio
import logging
from collections.abc import Callable

import pytest

from clickhouse.client import StoreAway, StoreForbids
from contract.errors import StoreError
from contract.telemetry import Telemetry
from streams.patience import Patience


@pytest.fixture(autouse=True)
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    real = asyncio.sleep
    monkeypatch.setattr(asyncio, "sleep", lambda seconds: real(min(seconds, 0.001)))


def failing(*errors: Exception) -> Callable[[], str]:
    rest = list(errors)

    def work() -> str:
        if rest:
            raise rest.pop(0)
        return "done"

    return work


def test_a_store_that_is_away_is_asked_again_and_the_wait_is_known_of() -> None:
    async def through() -> None:
        patience, seen = Patience(Telemetry()), []
        work = failing(StoreAway("gone"), StoreAway("gone"))

        def watched() -> str:
            seen.append(patience.waiting)
            return work()

        assert await patience.until(watched) == "done"
        assert seen == [False, True, True]
        assert not patience.waiting

    asyncio.run(through())


def test_what_an_operator_has_to_put_right_is_waited_for_and_said_as_an_error(caplog: pytest.LogCaptureFixture) -> None:
    forbidden = StoreForbids("the store refused (figures): the WRITER lacks a right: grant it")
    with caplog.at_level(logging.WARNING):
        assert asyncio.run(Patience(Telemetry()).until(failing(forbidden))) == "done"
    assert [record.levelname for record in caplog.records] == ["ERROR"]
    assert "grant it" in caplog.text


def test_a_statement_that_is_wrong_is_not_waited_for() -> None:
    patience = Patience(Telemetry())
    with pytest.raises(StoreError):
        asyncio.run(patience.until(failing(StoreError("no such column"))))
    assert not patience.waiting
