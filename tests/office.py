"""An office with findings and a log in memory: what is sent is followed as the store does, and read as from it."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from clickhouse.sink import Where
from contract.actions import Action
from contract.handling import ASKED, CLOSED, LABELS, NEW, Held, history
from nhip.accounts import LEAD, OPERATOR, Account
from nhip.findings_read import AsOf, Books, Done, Finding, Step, Value, Wanted
from nhip.words import Spoken
from tests.messages import NOON

A, B = Account("truc-ban-1", OPERATOR, "a" * 64), Account("truc-ban-2", OPERATOR, "b" * 64)
CHIEF = Account("truong-ca", LEAD, "c" * 64)
VIETNAMESE = re.compile(r"[ăâđêôơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ]", re.IGNORECASE)
"""Letters that English has not."""
WHEN = datetime.fromtimestamp(NOON / 1000, UTC)


def a_finding(id: str = "3f9a1c02" + "0" * 24, **rest: Any) -> Finding:
    given = {
        "id": id, "feed": "power-load", "severity": "critical", "state": "open", "handling": NEW, "holder": "",
        "unit": "VN", "at": WHEN, "opened_at": WHEN, "severity_at": WHEN, "drill": False, "simulated": True,
        "sentence_vi": "Công suất lúc 20/11/2026 12:00 là 54.939.000 MW.",
        "sentence_en": "Load at 20/11/2026 12:00 is 54,939,000 MW.",
        "rule": "hard_bounds", "indicator": "power-load", "count": 1, "value": 54_939_000.0, "low": 0.0,
        "high": 80_000.0, "score": 9.0, "partition": 1,
        "evidence": '{"innocent_vi": ["nhầm đơn vị đo"], "innocent_en": ["a wrong unit"]}',
        "post_vi": "Trực điều độ", "post_en": "Dispatch desk", "telephone": "024 0000", "email": "", "hours": "24/7",
    }  # fmt: skip
    return Finding(**{**given, **rest})


class Office(Books):
    def __init__(self, *findings: Finding) -> None:
        self.findings = {finding.id: finding for finding in findings or (a_finding(),)}
        self.log: list[tuple[str, int, Action]] = []
        self.away: Exception | None = None
        """What sending ends with."""
        self.lost = False
        """The worker does not come to what is sent."""
        self.again: set[str] = set()
        """Which the data opened again, or made graver, after all that was done."""
        self.refused = ""
        """The reason for which the worker refuses."""

    def send(self, topic: str, partition: int, action: Action) -> int:
        if self.away is not None:
            raise self.away
        self.log.append((topic, partition, action))
        return len(self.log) - 1

    def _of(self, id: str) -> list[Action]:
        return [action for _, _, action in self.log if action.finding_id == id]

    def _held(self, id: str) -> tuple[Held, Action | None]:
        followed = list(zip(history(self._of(id)), self._of(id), strict=True))
        return (followed[-1][0][0], followed[-1][1]) if followed else (Held(), None)

    def _now(self, finding: Finding) -> Finding:
        held, _ = self._held(finding.id)
        asked = [action.due for action in self._of(finding.id) if action.step == ASKED]
        until = datetime.fromtimestamp(asked[-1] / 1000, UTC) if held.state == ASKED and asked and asked[-1] else None
        done = [action.step for action in self._of(finding.id) if action.step in LABELS]
        label = done[-1] if held.state in (*LABELS, CLOSED) and done else ""
        again = finding.id in self.again and (held.state == CLOSED or held.state in LABELS)
        return msgspec.structs.replace(
            finding, handling=held.state, holder=held.holder, asked_until=until, label=label, taken_at=WHEN, again=again
        )

    def listed(self, wanted: Wanted) -> tuple[list[Finding], int]:
        every = [self._now(finding) for finding in self.findings.values()]
        found = [
            finding
            for finding in every
            if wanted.severity in ("", finding.severity)
            and wanted.holder in ("", finding.holder)
            and (wanted.handling in ("", finding.handling) or (wanted.handling == NEW and finding.again))
            and wanted.unit in ("", finding.unit)
            and (wanted.all or finding.handling != CLOSED or finding.again)
        ]
        return found[: wanted.rows], len(found)

    def one(self, id: str) -> Finding:
        found = [finding for key, finding in self.findings.items() if key.startswith(id)]
        if len(found) != 1:
            raise Spoken("không có điểm bất thường", "no finding")
        return self._now(found[0])

    def history(self, finding: Finding) -> list[Done]:
        given = [] if self.lost else self._of(finding.id)
        return [
            Done(
                number=number, action_id=action.action_id, step=action.step, actor=action.actor, at=WHEN,
                due=None if action.due is None else datetime.fromtimestamp(action.due / 1000, UTC), note=action.note,
                arrived_at=WHEN, outcome=outcome, state=held.state, holder=held.holder,
            )
            for number, (action, (held, outcome)) in enumerate(zip(given, history(given), strict=True), 1)
        ]  # fmt: skip

    def outcome(self, finding: Finding, action: str, where: Where, offset: int) -> dict[str, str] | None:
        if self.refused and offset >= 0:
            return {"outcome": "", "state": "", "holder": "", "reason": self.refused}
        found = next((done for done in self.history(finding) if done.action_id == action), None)
        if found is None:
            return None
        return {"outcome": found.outcome, "state": found.state, "holder": found.holder, "reason": ""}

    def series(self, finding: Finding) -> list[Value]:
        return [
            Value(at=WHEN - timedelta(hours=n), period="", vintage="", value=value, verdict=verdict, versions=1)
            for n, value, verdict in ((2, 31_000.0, "ok"), (1, 31_500.0, "ok"), (0, 54_939_000.0, "impossible"))
        ]

    def steps(self, finding: Finding) -> list[Step]:
        return []

    def shift(self, since: datetime, until: datetime, then: bool = False) -> list[Finding]:
        return [self._now(finding) for finding in self.findings.values()]

    def untaken(self, until: datetime, then: bool = False) -> dict[str, int]:
        return {"critical": 1, "info": 1_234}

    def as_of(self) -> AsOf:
        return AsOf(WHEN - timedelta(minutes=2), WHEN, WHEN)
