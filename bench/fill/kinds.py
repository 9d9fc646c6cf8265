"""The lives of cases as the fill draws them: how many a day, the steps on the way, how long it takes."""

import msgspec

FINISHED, REFUSED, WITHDRAWN, STOPPED = 1, 2, 4, 8
ALL = 15


class Leg(msgspec.Struct, frozen=True):
    """One step: its state, what share of the case's time has gone by then, and which cases take it."""

    state: str
    part: float
    chance: float = 1.0
    endings: int = ALL
    counts: str = ""
    """received | finished | refused | withdrawn | stopped | supplement"""


class Life(msgspec.Struct, frozen=True):
    feed: str
    kind: str
    per_day: int
    """On a working day, at scale 1."""
    legs: tuple[Leg, ...]
    hours: float
    """Median of the time to its end."""
    spread: float
    due_days: float
    online: float = 0.0
    weekend: float = 0.05
    subjects: str = ""
    attributes: tuple[tuple[str, ...], ...] = ((),)
    rare: bool = False
    """So few that their number does not shrink with the scale."""
    least: int = 1
    """A day, however small the scale: as many as one in a hundred of them can be looked for."""


def _ends(counts: str, state: str, endings: int) -> Leg:
    return Leg(state, 1.0, 1.0, endings, counts)


LIVES = (
    Life(
        feed="portal-dossiers",
        kind="dossier",
        per_day=44_000,
        hours=52.0,
        spread=1.0,
        due_days=6.0,
        online=0.62,
        subjects="procedures",
        attributes=((), ("digitised",), ("paid_online", "digitised"), ("owing",)),
        legs=(
            Leg("registered", -0.05, 0.62),
            Leg("accepted", 0.0, counts="received"),
            Leg("processing", 0.1),
            Leg("supplement", 0.3, 0.08, counts="supplement"),
            Leg("processing", 0.5, 0.45),
            _ends("finished", "finished", FINISHED),
            Leg("returned", 1.2, 0.9, FINISHED),
            _ends("refused", "stopped", REFUSED | STOPPED),
            _ends("withdrawn", "withdrawn", WITHDRAWN),
        ),
    ),
    Life(
        feed="document-axis",
        kind="document",
        per_day=7_500,
        least=100,
        hours=7.0,
        spread=1.1,
        due_days=5.0,
        attributes=((), ("normal",), ("urgent",), ("express",)),
        legs=(
            Leg("sent", 0.0, counts="received"),
            Leg("arrived", 0.01),
            Leg("accepted", 0.3, 0.97, FINISHED),
            Leg("handling", 0.5, 0.8, FINISHED),
            _ends("finished", "done", FINISHED),
            _ends("refused", "refused", REFUSED | STOPPED),
            Leg("recall_asked", 0.9, 1.0, WITHDRAWN),
            _ends("withdrawn", "recall_agreed", WITHDRAWN),
        ),
    ),
    Life(
        feed="petitions",
        kind="petition",
        per_day=420,
        hours=190.0,
        spread=0.7,
        due_days=15.0,
        online=0.8,
        weekend=0.3,
        attributes=((), ("about_procedure",), ("about_staff",)),
        legs=(
            Leg("received", 0.0, counts="received"),
            Leg("processing", 0.2),
            _ends("finished", "answered", FINISHED),
            Leg("published", 1.05, 0.9, FINISHED),
            _ends("refused", "refused", REFUSED | STOPPED | WITHDRAWN),
        ),
    ),
    Life(
        feed="reports",
        kind="report",
        per_day=30,
        hours=100.0,
        spread=0.5,
        due_days=7.0,
        rare=True,
        attributes=(("periodic",), ("thematic",), ("ad_hoc",)),
        legs=(
            Leg("due", 0.0, counts="received"),
            Leg("submitted", 0.6, 1.0, FINISHED),
            Leg("returned", 0.7, 0.1, FINISHED),
            Leg("submitted", 0.75, 0.1, FINISHED),
            Leg("approved", 0.9, 1.0, FINISHED),
            _ends("finished", "approved_national", FINISHED),
            _ends("refused", "waived", REFUSED | STOPPED | WITHDRAWN),
        ),
    ),
    Life(
        feed="e-cabinet",
        kind="opinion",
        per_day=6,
        hours=70.0,
        spread=0.4,
        due_days=4.0,
        rare=True,
        attributes=(("agree",), ("agree",), ("agree",), ("disagree",), ("other",)),
        legs=(
            Leg("created", -0.05),
            Leg("sent", 0.0, counts="received"),
            *(Leg("answered", 0.1 + 0.03 * nth, 0.9) for nth in range(25)),
            Leg("reminded", 0.6, 0.3),
            _ends("finished", "closed", ALL),
        ),
    ),
    Life(
        feed="e-cabinet",
        kind="meeting",
        per_day=1,
        hours=60.0,
        spread=0.3,
        due_days=0.0,
        rare=True,
        legs=(
            Leg("called", 0.0, counts="received"),
            Leg("documents", 0.3),
            Leg("vote_opened", 0.6),
            *(Leg("vote_cast", 0.62 + 0.01 * nth, 0.9) for nth in range(25)),
            Leg("vote_closed", 0.9),
            _ends("finished", "resolved", FINISHED | REFUSED | WITHDRAWN),
            _ends("refused", "cancelled", STOPPED),
        ),
    ),
    Life(
        feed="egov-tasks",
        kind="task",
        per_day=8,
        hours=500.0,
        spread=0.5,
        due_days=25.0,
        rare=True,
        attributes=(("plan",), ("committee",), ("extended",)),
        legs=(
            Leg("assigned", 0.0, counts="received"),
            Leg("started", 0.2),
            Leg("reported", 0.8, 1.0, FINISHED),
            _ends("finished", "done", FINISHED),
            _ends("refused", "dropped", REFUSED | STOPPED | WITHDRAWN),
        ),
    ),
    Life(
        feed="sar-incidents",
        kind="incident",
        per_day=9,
        hours=20.0,
        spread=0.8,
        due_days=0.0,
        weekend=1.0,
        rare=True,
        attributes=(("flood",), ("fire",), ("road",), ("sea",), ("landslide",)),
        legs=(
            Leg("reported", 0.0, counts="received"),
            Leg("confirmed", 0.1),
            Leg("dispatched", 0.2),
            Leg("on_scene", 0.4, 1.0, FINISHED),
            _ends("finished", "ended", FINISHED),
            _ends("refused", "false_alarm", REFUSED | STOPPED | WITHDRAWN),
        ),
    ),
)
