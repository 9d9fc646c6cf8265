"""A coroutine that need not wait is run at once; one that does goes on in a task where it stopped."""

import asyncio
from typing import Any

import pytest

from streams.handing import handed_over


async def at_once(done: list[int]) -> None:
    done.append(1)


def test_what_need_not_wait_is_done_at_once() -> None:
    done: list[int] = []
    assert handed_over(at_once(done)) is None
    assert done == [1]


def test_what_fails_at_once_raises() -> None:
    async def fails() -> None:
        raise ValueError("bad")

    with pytest.raises(ValueError, match="bad"):
        handed_over(fails())


def test_what_waits_goes_on_in_a_task_and_gives_its_answer() -> None:
    async def through() -> None:
        event, steps = asyncio.Event(), []

        async def waits() -> str:
            steps.append("begun")
            await event.wait()
            steps.append("waited")
            await asyncio.sleep(0)
            await asyncio.sleep(0.001)
            return "done"

        rest = handed_over(waits())
        assert rest is not None
        assert steps == ["begun"]
        task = asyncio.ensure_future(rest)
        await asyncio.sleep(0)
        event.set()
        assert await task == "done"
        assert steps == ["begun", "waited"]

    asyncio.run(through())


def test_what_waits_can_be_broken_off() -> None:
    async def through() -> None:
        broken: list[str] = []

        async def waits() -> None:
            try:
                await asyncio.get_running_loop().create_future()
            except asyncio.CancelledError:
                broken.append("off")
                raise

        rest = handed_over(waits())
        assert rest is not None
        task = asyncio.ensure_future(rest)
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert broken == ["off"]

    asyncio.run(through())


def test_an_exception_after_the_wait_comes_out_of_the_task() -> None:
    async def through() -> None:
        async def waits() -> Any:
            await asyncio.sleep(0)
            raise ZeroDivisionError

        rest = handed_over(waits())
        assert rest is not None
        with pytest.raises(ZeroDivisionError):
            await asyncio.ensure_future(rest)

    asyncio.run(through())
