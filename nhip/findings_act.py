"""A step with a finding, from a person to the log and back: sent as a control record, and waited for until it is read.

The log decides: whoever's step lies first in it is first, and the answer here is what the store says of the step after
it followed the log up to there. What can be seen to be impossible before is not sent.
"""

import secrets
import threading
import time
from collections.abc import Callable
from datetime import datetime

from msgspec import Struct

from catalogue.load import Catalogue
from clickhouse.sink import Where
from contract import actions
from contract.actions import Action
from contract.handling import DONE, REOPENED, Held, judged
from contract.kafka import Producer
from contract.reasons import VI, Reason
from contract.settings import Settings
from nhip.accounts import Account
from nhip.findings_may import may_reopen
from nhip.findings_read import Books, Finding
from nhip.findings_words import why_not
from nhip.words import Spoken, say

KAFKA_S, WORKER_S, LOOK_S = 8.0, 10.0, 0.2
"""How long an acknowledgement, and then the row, is waited for; and between two looks."""
UNREAD = "unread"
"""It stands in the log, and the worker has not come to it yet."""

Send = Callable[[str, int, Action], int]
"""(topic, partition, action): hands it over and gives its offset; ConnectionError where none comes."""


class NotPossible(Spoken):
    """The step does not fit, or may not be kept: it was not sent, or it changed nothing."""


class Wish(Struct, frozen=True):
    """What somebody wants to be done."""

    step: str
    account: Account
    due: datetime | None = None
    note: str = ""
    action_id: str = ""
    """The same id again is the same step; without one it is a new one."""


class Told(Struct, frozen=True):
    """What became of a step."""

    action_id: str
    outcome: str
    held: Held
    seconds: float

    @property
    def done(self) -> bool:
        return self.outcome == DONE


class Acting:
    def __init__(self, settings: Settings, catalogue: Catalogue, books: Books, send: Send | None = None) -> None:
        self._settings, self._catalogue, self._books = settings, catalogue, books
        self._send = send or Sender(settings)

    def act(self, finding: Finding, wish: Wish) -> Told:
        """Returns when the step can be read, or says that it cannot be yet."""
        started = time.monotonic()
        action = action_of(finding, wish)
        where = self._place(finding)
        found = self._books.outcome(finding, action.action_id, where, -1) if wish.action_id else None
        if found is None:
            _check(finding, wish)
            offset = self._send(*where, action)
            found = self._wait(finding, action.action_id, where, offset)
        return _told(finding, action, found, time.monotonic() - started)

    def _place(self, finding: Finding) -> Where:
        """Where the finding itself came from, so that a replay meets both in one order."""
        feed = self._catalogue.feeds.get(finding.feed)
        if feed is None:
            raise NotPossible(
                f"kết nối {finding.feed} không còn trong danh mục", f"feed {finding.feed} is not in the catalogue"
            )
        own = finding.partition in feed.partitions
        return self._settings.topics.of(feed.record), (
            finding.partition if own else self._catalogue.partition_of(feed, finding.unit)
        )

    def _wait(self, finding: Finding, action: str, where: Where, offset: int) -> dict[str, str] | None:
        deadline = time.monotonic() + WORKER_S
        while (found := self._books.outcome(finding, action, where, offset)) is None:
            if time.monotonic() > deadline:
                return None
            time.sleep(LOOK_S)
        return found


def action_of(finding: Finding, wish: Wish) -> Action:
    """The control record; NotPossible where it is none that may be sent."""
    now_ms = round(time.time() * 1000)
    action = Action(
        action_id=wish.action_id or new_id(),
        feed=finding.feed,
        finding_id=finding.id,
        step=wish.step,
        actor=wish.account.id,
        at=now_ms,
        due=None if wish.due is None else round(wish.due.timestamp() * 1000),
        note=" ".join(wish.note.split()),
    )
    if (fault := actions.fault_of(action, now_ms)) is not None:
        reason, field = fault
        raise NotPossible(f"{field}: {VI[reason]}", f"{field}: {reason.value}")
    return action


def new_id() -> str:
    return secrets.token_hex(16)


def _check(finding: Finding, wish: Wish) -> None:
    """As things stood a moment ago; the log has the last word."""
    outcome = judged(finding.held, wish.step, wish.account.id)
    if outcome != DONE:
        raise NotPossible(*why_not(outcome, wish.step, finding, wish.account))
    if wish.step == REOPENED and not may_reopen(finding, wish.account):
        raise NotPossible("chỉ trưởng ca mở lại điểm đã đóng", "only a lead opens again what was closed")


def _told(finding: Finding, action: Action, found: dict[str, str] | None, seconds: float) -> Told:
    if found is None:
        return Told(action.action_id, UNREAD, finding.held, seconds)
    if found["reason"]:
        raise NotPossible(f"bị từ chối: {VI[Reason(found['reason'])]}", f"refused: {found['reason']}")
    return Told(action.action_id, found["outcome"], Held(found["state"], found["holder"]), seconds)


class Sender:
    """Hands actions over, one at a time, and waits for the acknowledgement; begins anew after a broker was away."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._producer: Producer | None = None
        self._one = threading.Lock()

    def __call__(self, topic: str, partition: int, action: Action) -> int:
        with self._one:
            try:
                if self._producer is None:
                    self._producer = Producer(self._settings, self._limited, linger_ms=0)
                sent = self._producer.send(topic, partition, actions.body(action), actions.headers(action.feed))
                self._producer.flush()
                return sent.offset(0)
            except ConnectionError:
                self._close()
                raise

    def _close(self) -> None:
        producer, self._producer = self._producer, None
        if producer is not None:
            producer.close(1.0)

    def _limited(self, waited_s: float) -> None:
        if waited_s > KAFKA_S:
            where, waited = self._settings.kafka_address, f"{waited_s:.0f}"
            raise ConnectionError(
                say(
                    f"Kafka ({where}) không xác nhận sau {waited} giây: coi như chưa thực hiện, xem lại rồi thử",
                    f"Kafka at {where} has not acknowledged for {waited} s: take it as not done, look, and try again",
                )
            )
