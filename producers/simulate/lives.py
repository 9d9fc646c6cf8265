"""The other kinds of cases as tables: how many begin, when, on which ways they go, and how they keep their due time."""

import msgspec


class Leg(msgspec.Struct, frozen=True):
    """One step: the state, and how long after the step before."""

    state: str
    mean_h: float = 0.0
    """Mean of an exponential wait in hours; unused by `due`."""
    by: str = "office"
    """office: hours in which offices are open; wall: any hours; due: some time before the due time, or late."""
    marks: tuple[str, ...] = ()


class Way(msgspec.Struct, frozen=True):
    share: float
    legs: tuple[Leg, ...]


class Life(msgspec.Struct, frozen=True):
    prefix: str
    ways: tuple[Way, ...]
    per_day: float = 0.0
    """On an ordinary working day, the whole nation, at scale 1."""
    least_scale: float = 1.0
    """`scale` makes them fewer down to this; kinds that are few anyway keep their number."""
    weekend: float = 0.05
    storm: float = 0.0
    """Added per unit of storm where it blows: 3 means four times as many at its heart."""
    period: str = ""
    """Instead of a flow: one case for each reporter at the end of each period of this kind."""
    due_days: float = 0.0
    """Working days until due; 0: no due time."""
    on_time: float = 0.92
    rush: tuple[float, float] = (2.0, 1.5)
    """Beta distribution of the share of its term that a punctual case uses."""
    channels: tuple[str, ...] = ()
    marks: dict[str, float] = {}
    """On the first step, with this chance each."""
    round_the_clock: bool = False
    longest_days: int = 60


def _answers(state: str, count: int, mean_h: float, *marks: str) -> tuple[Leg, ...]:
    return tuple(Leg(state, mean_h, "office", (marks[i % len(marks)],)) for i in range(count))


_SENT = (Leg("sent"), Leg("arrived", 0.02, "wall"))
_TAKEN = (*_SENT, Leg("accepted", 0.7), Leg("waiting", 0.2), Leg("handling", 1.5))
_CABINET = ("agree", "agree", "agree", "agree", "other", "agree", "disagree", "agree")

LIVES: dict[str, Life] = {
    # 16.5 thousand a day on the axis in 2021–22.
    "document": Life(
        prefix="VB-",
        per_day=16_500,
        least_scale=0.1,
        due_days=5,
        on_time=0.95,
        marks={"urgent": 0.06, "express": 0.01, "steering": 0.12, "steering_report": 0.05},
        ways=(
            Way(0.955, (*_TAKEN, Leg("done", by="due"))),
            Way(0.015, (*_SENT, Leg("refused", 0.8))),
            Way(0.012, (*_SENT, Leg("recall_asked", 1.0), Leg("recall_agreed", 1.5))),
            Way(0.018, (*_TAKEN, Leg("recall_asked", 2.0), Leg("recall_refused", 1.5), Leg("done", 6.0))),
        ),
    ),
    "opinion": Life(
        prefix="YK-",
        per_day=4,
        weekend=0.0,
        due_days=8,
        ways=(
            Way(
                0.75,
                (Leg("created"), Leg("sent", 1.0), *_answers("answered", 24, 1.1, *_CABINET), Leg("closed", by="due")),
            ),
            Way(
                0.25,
                (
                    Leg("created"),
                    Leg("sent", 1.0),
                    *_answers("answered", 18, 1.2, *_CABINET),
                    Leg("reminded", 4.0),
                    *_answers("answered", 7, 1.5, *_CABINET),
                    Leg("closed", by="due"),
                ),
            ),
        ),
    ),
    "meeting": Life(
        prefix="PH-",
        per_day=0.8,
        weekend=0.0,
        due_days=8,
        ways=(
            Way(
                0.96,
                (
                    Leg("called"),
                    *(Leg("documents", 2.5),) * 4,
                    Leg("vote_opened", 8.0),
                    *_answers(
                        "vote_cast", 24, 0.02, "agree", "agree", "agree", "agree", "agree", "absent_vote", "other"
                    ),
                    Leg("vote_closed", 0.1),
                    Leg("resolved", 10.0),
                ),
            ),
            Way(0.04, (Leg("called"), Leg("documents", 3.0), Leg("cancelled", 5.0))),
        ),
    ),
    # About 15 petitions for ten thousand dossiers, after two provinces' totals of 2026.
    "petition": Life(
        prefix="PA-",
        per_day=260,
        weekend=0.35,
        storm=3.0,
        due_days=15,
        on_time=0.91,
        rush=(1.6, 1.6),
        channels=("online", "call", "direct", "post"),
        marks={"about_procedure": 0.7, "about_staff": 0.12, "repeated": 0.05},
        ways=(
            Way(0.85, (Leg("received"), Leg("processing", 4.0), Leg("answered", by="due"), Leg("published", 6.0))),
            Way(0.05, (Leg("received"), Leg("refused", 5.0))),
            Way(
                0.10,
                (
                    Leg("received"),
                    Leg("supplement", 8.0),
                    Leg("processing", 30.0, "wall"),
                    Leg("answered", by="due"),
                    Leg("published", 6.0),
                ),
            ),
        ),
    ),
    # One report of each body for each administrative month: most of them in the last days.
    "report": Life(
        prefix="BC-",
        period="A-M",
        due_days=4,
        on_time=0.93,
        rush=(5.0, 1.1),
        marks={"periodic": 1.0},
        ways=(
            Way(0.9, (Leg("due"), Leg("submitted", by="due"), Leg("approved", 1.2), Leg("approved_national", 6.0))),
            Way(
                0.07,
                (
                    Leg("due"),
                    Leg("submitted", by="due"),
                    Leg("returned", 1.0),
                    Leg("submitted", 2.0),
                    Leg("approved", 1.0),
                    Leg("approved_national", 6.0),
                ),
            ),
            Way(
                0.03,
                (
                    Leg("due"),
                    Leg("submitted", by="due"),
                    Leg("approved", 1.2),
                    Leg("returned_national", 6.0),
                    Leg("approved", 5.0, marks=("corrected",)),
                    Leg("approved_national", 4.0),
                ),
            ),
        ),
    ),
    "task": Life(
        prefix="NV-",
        per_day=6,
        weekend=0.0,
        due_days=25,
        on_time=0.85,
        rush=(4.0, 1.3),
        marks={"plan": 0.6, "committee": 0.2},
        longest_days=75,
        ways=(
            Way(0.86, (Leg("assigned"), Leg("started", 16.0), Leg("reported", by="due"), Leg("done", 9.0))),
            Way(
                0.09,
                (
                    Leg("assigned"),
                    Leg("started", 16.0),
                    Leg("reported", by="due"),
                    Leg("sent_back", 6.0),
                    Leg("reported", 14.0),
                    Leg("done", 8.0),
                ),
            ),
            Way(0.05, (Leg("assigned"), Leg("dropped", 60.0))),
        ),
    ),
    "incident": Life(
        prefix="SC-",
        per_day=14,
        weekend=1.0,
        storm=12.0,
        round_the_clock=True,
        longest_days=20,
        marks={"other": 0.3, "sea": 0.25, "road": 0.2, "fire": 0.12},
        ways=(
            Way(
                0.86,
                (
                    Leg("reported"),
                    Leg("confirmed", 0.3, "wall"),
                    Leg("dispatched", 0.6, "wall"),
                    Leg("on_scene", 1.5, "wall"),
                    Leg("ended", 9.0, "wall"),
                ),
            ),
            Way(0.08, (Leg("reported"), Leg("false_alarm", 0.7, "wall"))),
            Way(0.06, (Leg("reported"), Leg("confirmed", 0.4, "wall"), Leg("ended", 3.0, "wall"))),
        ),
    ),
}
