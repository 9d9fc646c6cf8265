"""A sender of the trial, a process of its own that may be killed at any time.

    python -m bench.faults.senders --name figures --folder FOLDER --seed 7

It writes what it means to send into its ledger (`intents.py`), sends it, and writes down what Kafka acknowledged. When
it is started again it first sends every intent without an acknowledgement once more. What it is asked to do besides
stands as a file in the folder `do`.
"""

import argparse
import os
import signal
import time
from collections import deque
from pathlib import Path
from typing import NoReturn

from bench.faults import mix, pace
from bench.faults.clocks import Clock
from bench.faults.intents import HEADER, Ack, Book, Intent, mark
from bench.faults.mix import Moment, Sent
from bench.faults.points import note, write
from catalogue.load import load as load_catalogue
from contract import topics
from contract.codec import TICK_HEADERS, tick_body
from contract.kafka import Producer
from contract.kafka import Sent as OnItsWay
from contract.settings import load as load_settings

TICK_MS = 30_000
"""Of the senders' time."""
POISON_ROWS = 3_000
STORM = 5
ORDERS = ("kill-before-send", "kill-after-ack", "poison", "storm", "finish")


class Sender:
    def __init__(self, name: str, folder: Path, seed: str) -> None:
        self._name, self._folder = name, folder
        self._settings = load_settings()
        self._book = Book(folder, name)
        self._producer = Producer(self._settings, linger_ms=2)
        self._under_way: deque[tuple[Intent, OnItsWay]] = deque()
        self._sent = Sent()
        self._ticked = 0
        self._clock = Clock(self._settings.var_dir, name)
        begun = pace.load(folder)
        self._step_s = begun.step_s
        self._number = max((intent.number for intent in self._book.intents), default=-1) + 1
        until = max((intent.until for intent in self._book.intents), default=0)
        self._role = mix.role(name, load_catalogue(self._settings.catalogue_dir), seed, begun.start_ms, until)

    def run(self, seconds: float) -> None:
        """Until it is told to finish, or for so long; returns when everything is acknowledged."""
        self._again()
        ends = time.monotonic() + seconds
        while not self._asked("finish") and time.monotonic() < ends:
            due = time.monotonic() + self._step_s
            self._tick()
            self._step()
            while True:
                self._collect()
                if (left := due - time.monotonic()) <= 0:
                    break
                time.sleep(min(left, 0.01))
        self._drain()

    def _again(self) -> None:
        """What an earlier life left without an acknowledgement, byte for byte; time first, so that nothing is early."""
        self._tick()
        left = self._book.unacknowledged()
        if self._book.intents:
            note(self._folder / f"{self._name}.lives", f"{os.getpid()} {len(left)}")
        known = {ack.number for ack in self._book.acks}
        for intent in self._book.intents[-2_000:]:
            if intent.number in known:
                self._sent.note(intent)
        self._hand_over(left)

    def _step(self) -> None:
        now = self._now()
        self._say(self._role.step(now, self._number, self._sent))
        role = self._role
        if self._asked("poison") and isinstance(role, mix.FigureRole):
            self._say(role.poison_batch(now, self._number, POISON_ROWS))
            note(self._folder / "did", "poison")
        if self._asked("storm"):
            self._storm()

    def _storm(self) -> None:
        """The last batches, each several times over: a gateway that plays its outbox again."""
        draft = mix.Draft(self._name, "storm", self._number)
        for intent in [*self._sent.batches, *self._sent.singles] * STORM:
            draft.put(intent.topic, intent.partition, intent.content_type, intent.value, intent.records)
        self._say(draft.intents)
        note(self._folder / "did", f"storm {len(draft.intents)}")

    def _say(self, intents: list[Intent]) -> None:
        """Writes down, then sends. Here a kill may be asked for."""
        if not intents:
            return
        self._book.intend(intents)
        self._number = intents[-1].number + 1
        if self._asked("kill-before-send"):
            self._die("before-send")
        self._hand_over(intents)
        if self._asked("kill-after-ack"):
            self._producer.flush()
            self._die("after-ack")

    def _hand_over(self, intents: list[Intent]) -> None:
        for intent in intents:
            headers = {topics.CONTENT_TYPE: intent.content_type.encode(), HEADER: mark(self._name, intent.number)}
            topic = self._settings.topics.inbox if intent.topic == "inbox" else self._settings.topics.of(intent.topic)
            partition = None if intent.partition < 0 else intent.partition
            self._under_way.append((intent, self._producer.send(topic, partition, intent.value, headers)))

    def _collect(self) -> None:
        acks = []
        while self._under_way and self._under_way[0][1].done:
            intent, sent = self._under_way.popleft()
            acks.append(Ack(intent.number, max(intent.partition, 0), sent.offset(0)))
            self._sent.note(intent)
        self._book.acknowledge(acks)

    def _drain(self) -> None:
        while self._under_way:
            self._collect()
            time.sleep(0.01)

    def _tick(self) -> None:
        at = self._now().ms
        if at // TICK_MS != self._ticked // TICK_MS:
            self._ticked = at
            for topic, partition in self._role.ticks:
                self._producer.send(self._settings.topics.of(topic), partition, tick_body(at), TICK_HEADERS)

    def _now(self) -> Moment:
        at = pace.load(self._folder)
        return Moment(at.at(time.time()), round(self._clock.now() * 1000), at.wrong_ms.get(self._name, 0))

    def _asked(self, order: str) -> bool:
        """Once for each time it is asked."""
        try:
            (self._folder / "do" / f"{self._name}.{order}").unlink()
        except FileNotFoundError:
            return False
        return True

    def _die(self, where: str) -> NoReturn:
        note(self._folder / "died", f"{self._name} {where}")
        os.kill(os.getpid(), signal.SIGKILL)
        raise AssertionError("nobody outlives SIGKILL")


def ask(folder: Path, name: str, order: str) -> None:
    """Asks a sender for something; it does so within a step, or when it is started again."""
    if order not in ORDERS:
        raise ValueError(f"no order {order!r}; there are {', '.join(ORDERS)}")
    write(folder / "do" / f"{name}.{order}", "")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.faults.senders")
    parser.add_argument("--name", required=True)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--seed", required=True)
    parser.add_argument("--seconds", type=float, default=float("inf"))
    asked = parser.parse_args()
    sender = Sender(asked.name, asked.folder, asked.seed)
    sender.run(asked.seconds)
    note(asked.folder / "finished", asked.name)
    while True:  # whoever started it also ends it
        time.sleep(1.0)


if __name__ == "__main__":
    main()
