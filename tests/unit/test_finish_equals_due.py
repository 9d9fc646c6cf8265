from streams.detect import Detection, Signal
from tests.builders import HOUR, MINUTE, Run, a_context, a_feed, a_step, at, steps_of

CONTEXT = a_context(feed=a_feed("portal", record="cases", kinds=("dossier",), indicators=()))
DUE = at("2026-11-20 16:30")


def a_finish(event: int, due: int, **rest: object) -> dict[str, object]:
    return a_step(state="finished", finishes=True, event_at=event, due_at=due, **rest)


def judged(*steps: dict[str, object]) -> list[Signal]:
    return [s for _, s in Detection().on_steps(steps_of(*steps), CONTEXT) if s.rule == "finish_equals_due"]


def test_a_finish_stamped_with_the_due_time_is_found() -> None:
    (signal,) = judged(a_finish(DUE, DUE))
    assert signal.verdict == "suspect"


def test_a_millisecond_apart_is_nothing() -> None:
    assert judged(a_finish(DUE - 1, DUE), a_finish(DUE + 1, DUE)) == []


def test_dates_without_a_time_of_day_are_not_judged() -> None:
    midnight = at("2026-11-20 00:00")
    assert judged(a_finish(midnight, midnight)) == []


def test_a_step_that_does_not_finish_is_not_judged() -> None:
    assert judged(a_step(event_at=DUE, due_at=DUE)) == []


def test_findings_gather_per_unit_and_close_after_an_hour_without_another() -> None:
    run = Run(CONTEXT)
    for n in range(12):
        run.steps(steps_of(a_finish(DUE, DUE, case_id=f"H26-{n}")), DUE)
    run.steps(steps_of(a_finish(DUE, DUE, unit="H17", case_id="H17-1")), DUE)
    run.minute(DUE + MINUTE)
    hanoi, danang = run.in_force
    assert (hanoi["unit"], hanoi["count"], hanoi["severity"], hanoi["case_id"]) == ("H26", 12, "warning", "")
    assert (danang["unit"], danang["count"], danang["severity"]) == ("H17", 1, "info")
    assert '"cases":["H26-0","H26-1"' in hanoi["evidence"]
    assert "12 lần kết thúc trùng khít hạn trả" in hanoi["sentence_vi"]
    run.minute(DUE + HOUR)
    assert [row["state"] for row in run.in_force] == ["closed", "closed"]
