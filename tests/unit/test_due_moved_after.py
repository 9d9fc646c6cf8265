from streams.detect import Detection, Signal
from tests.builders import DAY, HOUR, a_context, a_feed, a_step, at, steps_of

CONTEXT = a_context(feed=a_feed("portal", record="cases", kinds=("dossier",), indicators=()))
DUE = at("2026-11-20 16:30")


def judged(**step: object) -> list[Signal]:
    return [s for _, s in Detection().on_steps(steps_of(a_step(**step)), CONTEXT) if s.rule == "due_moved_after"]


def test_a_due_time_moved_later_after_it_passed_is_found() -> None:
    (signal,) = judged(event_at=DUE + HOUR, due_before=DUE, due_at=DUE + 5 * DAY)
    assert (signal.detail["due_before"], signal.detail["due_at"], signal.value) == (DUE, DUE + 5 * DAY, 5 * DAY / 1000)


def test_moved_in_time_or_earlier_or_given_for_the_first_time_is_nothing() -> None:
    assert judged(event_at=DUE - HOUR, due_before=DUE, due_at=DUE + DAY) == []
    assert judged(event_at=DUE + HOUR, due_before=DUE, due_at=DUE - DAY) == []
    assert judged(event_at=DUE + HOUR, due_before=DUE, due_at=DUE) == []
    assert judged(event_at=DUE + HOUR, due_before=0, due_at=DUE + DAY) == []


def test_a_new_due_time_after_the_citizen_added_papers_is_ordinary() -> None:
    assert judged(state_before="supplement", event_at=DUE + HOUR, due_before=DUE, due_at=DUE + DAY) == []
