"""A stop that is asked for by a signal, as an event."""

import signal
import time
from threading import Event, Thread
from types import FrameType


def stop_on_signals(stop: Event) -> None:
    """The handler only notes it; a thread passes it on. An event must not be set by a handler: its lock may be held by
    the very code that was interrupted."""
    asked: list[int] = []

    def note(number: int, frame: FrameType | None) -> None:
        asked.append(number)

    def pass_on() -> None:
        while not asked:
            time.sleep(0.05)
        stop.set()

    signal.signal(signal.SIGINT, note)
    signal.signal(signal.SIGTERM, note)
    Thread(target=pass_on, name="signals", daemon=True).start()
