"""`nhip check`: what it calls lost, doubled, late and silent."""

import itertools
import time
from collections.abc import Sequence
from typing import Any

import msgspec
import pytest

from clickhouse.queries import load
from contract.errors import SetupError
from contract.settings import Settings
from nhip.check import Verdict, spans, verdict
from nhip.check_lines import BAD, LOOK, OK, Offsets, continuity

NOW_MS = int(time.time() * 1000)
PIPELINE = {"now_ms": NOW_MS, "tick_ms": NOW_MS - 1500, "lag_s": 2.5}


def ledger(**changes: Any) -> dict[str, Any]:
    row = {
        "topic": "nhip.figures", "partition": 3, "first": 0, "mark": 99, "messages": 100, "missing": 0, "records": 50,
        "accepted": 40, "rejected": 7, "duplicates": 3, "late": 1, "unbalanced": 0,
        "stored_ms": int(time.time() * 1000),
    }  # fmt: skip
    return row | changes


class Store:
    def __init__(self, **rows: list[dict[str, Any]]) -> None:
        usual: dict[str, list[dict[str, Any]]] = {
            "check_ledger": [ledger()],
            "check_beat": [PIPELINE],
            "check_snapshots": [{"snapshots": 4, "oldest_s": 20}],
            "check_span": [{"first_ms": NOW_MS - 5_000, "last_ms": NOW_MS, "arrived_ms": NOW_MS - 6_000}],
        }
        self.answers = {load(name).sql: found for name, found in (usual | rows).items()}

    def rows(self, sql: str, /, **parameters: Any) -> Sequence[dict[str, Any]]:
        return self.answers.get(sql, [])


def offsets(first: int = 0, end: int = 100) -> Offsets:
    return {"nhip.figures": {3: (first, end)}}


def judged(store: Store, kafka: Offsets | None = None) -> Verdict:
    return verdict(store, Settings(), lambda _: kafka or offsets(), again_s=0.0)


def level(found: Verdict, question: str) -> int:
    return next(line.level for line in found.lines if line.question == question)


def test_all_is_well_when_ledger_store_and_kafka_agree() -> None:
    found = judged(Store())
    assert found.code == OK
    assert "50 bản ghi = 40 được nhận + 7 bị từ chối + 3 gửi lại" in "\n".join(found.words())
    assert found.words()[-1].startswith("✓ Không mất, không trùng")
    assert found.words("en")[-1].startswith("✓ Nothing lost")


def test_what_lies_above_the_mark_is_not_yet_read_and_not_lost() -> None:
    found = judged(Store(), offsets(end=130))
    assert found.code == OK
    assert next(line for line in found.lines if line.question == "late").numbers["not_yet"] == 30


def test_a_partition_that_never_was_read_is_not_yet_read() -> None:
    lines = continuity([], offsets(5, 12))
    assert [line.level for line in lines] == [OK, OK]
    assert lines[1].numbers["not_yet"] == 7


def test_unread_messages_and_no_progress_for_a_minute_is_late() -> None:
    found = judged(Store(check_ledger=[ledger(stored_ms=NOW_MS - 90_000)]), offsets(end=130))
    assert level(found, "late") == LOOK
    assert found.code == LOOK


@pytest.mark.parametrize(
    ("row", "kafka", "missing"),
    [
        (ledger(missing=2), offsets(), 2),
        (ledger(first=4, messages=96), offsets(), 4),
        (ledger(), offsets(first=110, end=120), 10),
        (ledger(), offsets(end=60), 40),
    ],
    ids=[
        "a hole in the ledger",
        "the start was never read",
        "Kafka let go of unread messages",
        "Kafka's log is shorter",
    ],
)
def test_a_message_without_its_ledger_row_is_lost(row: dict[str, Any], kafka: Offsets, missing: int) -> None:
    found = judged(Store(check_ledger=[row]), kafka)
    lost = next(line for line in found.lines if line.question == "lost")
    assert (lost.level, lost.numbers["missing"], lost.numbers["where"]) == (BAD, missing, ["nhip.figures/3"])
    assert found.code == BAD


def test_kafkas_retention_of_what_was_read_loses_nothing() -> None:
    assert judged(Store(), offsets(first=80)).code == OK


def test_records_that_do_not_add_up_are_bad() -> None:
    assert level(judged(Store(check_ledger=[ledger(unbalanced=1)])), "balance") == BAD


def test_an_accepted_record_that_is_not_in_the_store_is_lost() -> None:
    row = {"topic": "nhip.figures", "partition": 3, "offset": 17, "accepted": 10, "stored": 8}
    found = judged(Store(check_raw=[row]))
    assert level(found, "stored") == BAD
    assert "nhip.figures/3@17" in "\n".join(found.words())


def test_a_record_seen_twice_is_doubled() -> None:
    assert level(judged(Store(check_doubled=[{"feed": "power-load", "doubled": 2}])), "doubled") == BAD


def test_buckets_that_differ_from_the_steps_are_bad() -> None:
    short = {"kind": "dossier", "day": "2026-11-20", "buckets": 5, "at_least": 7, "at_most": 7}
    assert level(judged(Store(check_buckets=[short])), "buckets") == BAD


def test_buckets_that_nobody_can_write_are_late_and_not_lost_but_too_many_is_always_bad() -> None:
    short = {"kind": "dossier", "day": "2026-11-20", "buckets": 5, "at_least": 7, "at_most": 7}
    stopped = [PIPELINE | {"tick_ms": NOW_MS - 60_000}]
    assert level(judged(Store(check_buckets=[short], check_beat=stopped)), "buckets") == LOOK
    assert level(judged(Store(check_buckets=[short | {"buckets": 9}], check_beat=stopped)), "buckets") == BAD


def test_a_difference_that_is_gone_at_a_second_look_was_only_a_write_under_way() -> None:
    row = {"topic": "nhip.figures", "partition": 3, "offset": 17, "accepted": 10, "stored": 8}

    class Settling(Store):
        def rows(self, sql: str, /, **parameters: Any) -> Sequence[dict[str, Any]]:
            answer = super().rows(sql)
            self.answers.pop(load("check_raw").sql, None) if sql == load("check_raw").sql else None
            return answer

    assert level(judged(Settling(check_raw=[row])), "stored") == OK


def test_ticks_that_stop_old_snapshots_and_silent_feeds_are_told_without_crying_loss() -> None:
    silent = {"feed": "power-load", "state": "silent", "clock_s": NOW_MS // 1000}
    found = judged(
        Store(
            check_beat=[PIPELINE | {"tick_ms": NOW_MS - 60_000}],
            check_snapshots=[{"snapshots": 4, "oldest_s": 900}],
            check_feeds=[silent],
        )
    )
    assert [level(found, question) for question in ("beat", "snapshots", "silent")] == [LOOK] * 3
    assert found.code == LOOK
    assert "mất tín hiệu: power-load" in "\n".join(found.words())


def test_without_kafka_nothing_is_proved() -> None:
    def no_kafka(_: Settings) -> Offsets:
        raise SetupError("no Kafka at 127.0.0.1:1")

    found = verdict(Store(), Settings(), no_kafka, again_s=0.0)
    assert found.code == BAD
    assert level(found, "kafka") == BAD


def test_the_verdict_is_json_for_scripts() -> None:
    told = msgspec.json.decode(judged(Store()).json())
    assert told["code"] == 0
    assert {line["question"] for line in told["lines"]} >= {"lost", "late", "stored", "doubled", "silent", "beat"}


DAY_MS = 86_400_000


def test_records_are_counted_a_month_at_a_time_and_no_further_back_than_asked_or_kept() -> None:
    ledger = [{"first_ms": NOW_MS - 100 * DAY_MS, "last_ms": NOW_MS, "arrived_ms": NOW_MS - 100 * DAY_MS}]
    assert spans([], 1.0, Settings()) == ()
    ((since, until),) = spans(ledger, 1.0, Settings())
    assert (since, until) == (NOW_MS + 1 - DAY_MS, NOW_MS + 1)
    months = spans(ledger, 0.0, Settings())
    assert len(months) == 4
    assert (months[0][0], months[-1][1]) == (NOW_MS - 100 * DAY_MS, NOW_MS + 1)
    assert all(earlier[1] == later[0] for earlier, later in itertools.pairwise(months))
    assert spans(ledger, 0.0, Settings(retain_case_steps_days=10))[0][0] == NOW_MS + 1 - 9 * DAY_MS
