from streams.detect import Detection, Signal
from tests.builders import HOUR, a_context, a_feed, a_step, at, steps_of

CONTEXT = a_context(feed=a_feed("portal", record="cases", kinds=("dossier",), indicators=()))
NOON = at("2026-11-20 12:00")


def judged(**step: object) -> list[Signal]:
    found = Detection().on_steps(steps_of(a_step(**step)), CONTEXT)
    return [signal for _, signal in found if signal.rule == "finish_before_start"]


def test_a_finish_before_the_start_is_found() -> None:
    (signal,) = judged(state="finished", finishes=True, event_at=NOON, started_at=NOON + HOUR)
    assert (signal.detail["finished_at"], signal.detail["started_at"]) == (NOON, NOON + HOUR)


def test_a_first_start_after_the_end_is_the_same_thing_seen_later() -> None:
    """In a log sorted by time the finish comes first."""
    for started in (0, NOON):
        (signal,) = judged(
            state_before="finished", state="accepted", event_at=NOON, started_at=started, ended_at=NOON - HOUR
        )
        assert (signal.detail["finished_at"], signal.detail["started_at"]) == (NOON - HOUR, NOON)


def test_a_case_accepted_again_after_its_end_has_no_first_start() -> None:
    again = judged(state="accepted", event_at=NOON, started_at=NOON - 9 * HOUR, ended_at=NOON - HOUR)
    assert again == []


def test_a_finish_at_the_start_or_without_a_start_is_nothing() -> None:
    assert judged(state="finished", finishes=True, event_at=NOON, started_at=NOON) == []
    assert judged(state="finished", finishes=True, event_at=NOON, started_at=0) == []
