from streams.detect import Detection, Signal
from tests.builders import Run, a_context, a_feed, a_step, at, steps_of

CASES = a_feed("portal", record="cases", kinds=("dossier",), indicators=())
CONTEXT = a_context(feed=CASES)
ENDED = at("2026-11-19 16:00")


def judged(**step: object) -> list[Signal]:
    found = Detection().on_steps(steps_of(a_step(), a_step(**step), a_step()), CONTEXT)
    assert {index for index, _ in found} <= {1}
    return [signal for _, signal in found]


def test_a_status_that_goes_backwards_is_found() -> None:
    (signal,) = judged(state_before="returned", state="processing", allowed=False, ended_at=ENDED)
    assert (signal.rule, signal.severity, signal.case_id, signal.unit) == ("impossible_move", "warning", "H26-1", "H26")
    assert signal.detail == {"before": "returned", "state": "processing", "ended_at": ENDED}


def test_a_case_that_begins_in_its_end_is_found() -> None:
    (signal,) = judged(state_before="", state="finished", allowed=False)
    assert signal.detail["before"] == ""


def test_a_step_that_came_late_may_have_been_overtaken_and_calls_nobody() -> None:
    (signal,) = judged(state_before="finished", state="processing", allowed=False, late=True)
    assert signal.severity == "info"


def test_an_allowed_move_is_nothing() -> None:
    assert judged() == []


def test_its_sentence_names_both_states_and_the_end() -> None:
    step = a_step(state_before="returned", state="processing", allowed=False, ended_at=ENDED)
    (row,) = Run(CONTEXT).steps(steps_of(step)).rows
    assert "từ “Đã trả kết quả” sang “Đang xử lý”" in row["sentence_vi"]
    assert "19/11/2026 16:00:00" in row["sentence_vi"]
    assert (row["indicator"], row["case_id"], row["state"]) == ("dossier", "H26-1", "open")
