"""A person's step: sent to where the finding came from, waited for, and answered by what the log made of it."""

from collections.abc import Iterator

import pytest

from contract.actions import Action
from contract.handling import DONE, NOT_NOW, REPEATED
from contract.settings import Settings
from nhip import findings_act
from nhip.findings_act import UNREAD, Acting, NotPossible, Wish
from nhip.findings_print import told_line
from nhip.words import speak
from tests.messages import catalogue
from tests.office import CHIEF, WHEN, A, B, Office, a_finding


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(findings_act, "WORKER_S", 0.05)
    monkeypatch.setattr(findings_act, "LOOK_S", 0.01)
    speak("vi")
    yield
    speak("vi")


def acting(office: Office) -> Acting:
    return Acting(Settings(), catalogue(), office, office.send)


def only(office: Office) -> str:
    (id,) = office.findings
    return id


def test_a_step_goes_to_the_partition_of_the_finding_and_is_answered_when_it_can_be_read() -> None:
    office = Office()
    told = acting(office).act(office.one("3f9a"), Wish("taken", A))
    assert (told.outcome, told.held.state, told.held.holder) == (DONE, "taken", "truc-ban-1")
    ((topic, partition, action),) = office.log
    assert (topic, partition) == ("nhip.figures", catalogue().feeds["power-load"].partition)
    assert (action.feed, action.finding_id, action.actor) == ("power-load", only(office), "truc-ban-1")


def test_a_finding_of_a_sharded_feed_is_acted_on_in_its_own_shard() -> None:
    feed = catalogue().feeds["portal-dossiers"]
    unit = next(id for id in ("H26", "H29", "H17") if catalogue().shard_of(feed, id))
    kept = a_finding(feed=feed.id, unit=unit, partition=feed.partition + 2)
    office = Office(kept)
    acting(office).act(office.one("3f9a"), Wish("taken", A))
    assert office.log[0][:2] == ("nhip.cases", feed.partition + 2)
    moved = Office(a_finding(feed=feed.id, unit=unit, partition=99))
    acting(moved).act(moved.one("3f9a"), Wish("taken", A))
    assert moved.log[0][1] == catalogue().partition_of(feed, unit), "a partition that is no longer the feed's"


def test_what_cannot_be_any_more_is_said_and_not_sent() -> None:
    office = Office()
    acting(office).act(office.one("3f9a"), Wish("taken", A))
    with pytest.raises(NotPossible) as told:
        acting(office).act(office.one("3f9a"), Wish("taken", B))
    assert len(office.log) == 1
    assert told.value.told("vi") == "không nhận được: đã nhận · truc-ban-1; có thể: nhận bàn giao"
    assert told.value.told("en") == "cannot take: taken · truc-ban-1; possible: take over"
    with pytest.raises(NotPossible, match="truc-ban-1 đang giữ"):
        acting(office).act(office.one("3f9a"), Wish("confirmed", B))


def test_of_two_who_take_at_once_the_second_in_the_log_gets_an_honest_answer() -> None:
    """Both looked before either was there."""
    office = Office()
    both = office.one("3f9a")
    first, second = acting(office).act(both, Wish("taken", B)), acting(office).act(both, Wish("taken", A))
    assert (first.outcome, second.outcome) == (DONE, NOT_NOW)
    assert second.held.holder == "truc-ban-2"
    assert told_line(both, "taken", second, "vi").startswith("✖ 3f9a1c02: nhận: đã có bước khác đến trước")
    assert "truc-ban-2" in told_line(both, "taken", second, "en")


def test_the_same_step_sent_twice_is_one_step() -> None:
    office = Office()
    wish = Wish("taken", A, action_id="1" * 32)
    first = acting(office).act(office.one("3f9a"), wish)
    again = acting(office).act(office.one("3f9a"), wish)
    assert (first.outcome, again.outcome) == (DONE, DONE)
    assert len(office.log) == 1
    office.log.append(office.log[0])  # what Kafka had taken after all
    assert [done.outcome for done in office.history(office.one("3f9a"))] == [DONE, REPEATED]
    assert acting(office).act(office.one("3f9a"), wish).outcome == DONE


def test_a_worker_that_is_away_is_said_plainly() -> None:
    office = Office()
    office.lost = True
    told = acting(office).act(office.one("3f9a"), Wish("taken", A))
    assert told.outcome == UNREAD
    assert "bộ xử lý chưa ghi" in told_line(office.one("3f9a"), "taken", told, "vi")
    assert "has not recorded it" in told_line(office.one("3f9a"), "taken", told, "en")


def test_kafka_away_is_an_error_and_nothing_is_claimed() -> None:
    office = Office()
    office.away = ConnectionError("Kafka …")
    with pytest.raises(ConnectionError):
        acting(office).act(office.one("3f9a"), Wish("taken", A))


def test_a_step_that_the_worker_refuses_says_the_reason() -> None:
    office = Office()
    office.refused = "future"
    with pytest.raises(NotPossible, match="thời điểm ở tương lai"):
        acting(office).act(office.one("3f9a"), Wish("taken", A))


@pytest.mark.parametrize(
    ("wish", "said"),
    [
        (Wish("taken", A, note="gọi 0912345678"), "note: có dãy số"),
        (Wish("taken", A, note="à" * 201), "note: chuỗi quá dài"),
        (Wish("taken", A, due=WHEN), "due: hạn trả lời"),
        (Wish("asked", A), "due: hạn trả lời"),
        (Wish("taken", A, action_id="1"), "action_id: sai kiểu"),
    ],
)
def test_what_may_not_be_kept_never_reaches_kafka(wish: Wish, said: str) -> None:
    office = Office()
    with pytest.raises(NotPossible, match=said):
        acting(office).act(office.one("3f9a"), wish)
    assert office.log == []


def test_only_a_lead_opens_again_what_was_closed() -> None:
    office = Office()
    for step in ("taken", "false_alarm", "closed"):
        acting(office).act(office.one("3f9a"), Wish(step, A))
    with pytest.raises(NotPossible, match="chỉ trưởng ca"):
        acting(office).act(office.one("3f9a"), Wish("reopened", A))
    assert acting(office).act(office.one("3f9a"), Wish("reopened", CHIEF)).held.holder == "truong-ca"


def test_what_the_data_opened_again_anybody_takes_by_opening_it_again() -> None:
    office = Office()
    for step in ("taken", "false_alarm", "closed"):
        acting(office).act(office.one("3f9a"), Wish(step, A))
    with pytest.raises(NotPossible) as told:
        acting(office).act(office.one("3f9a"), Wish("taken", B))
    assert "mở lại" not in told.value.told("vi"), "it is not theirs to open"
    office.again.add(only(office))
    with pytest.raises(NotPossible, match="có thể: mở lại"):
        acting(office).act(office.one("3f9a"), Wish("taken", B))
    told_now = acting(office).act(office.one("3f9a"), Wish("reopened", B))
    assert (told_now.outcome, told_now.held.state, told_now.held.holder) == (DONE, "taken", "truc-ban-2")
    assert not office.one("3f9a").again, "it is somebody's"


def test_a_note_loses_its_line_breaks_and_keeps_its_words() -> None:
    office = Office()
    acting(office).act(office.one("3f9a"), Wish("taken", A, note=" đã gọi\n trực  ban "))
    action: Action = office.log[0][2]
    assert action.note == "đã gọi trực ban"
