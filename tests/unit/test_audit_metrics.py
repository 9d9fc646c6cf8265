"""What a round of the audit found, as Prometheus sees it."""

from pathlib import Path
from typing import Any

import msgspec

from contract.errors import SetupError, StoreError
from contract.settings import Settings
from contract.telemetry import Telemetry
from nhip.audit_metrics import look_at_disks, tell
from nhip.check_lines import BAD, LOOK, OK, Line, refused

WHOLE = [
    Line("lost", OK, "", ""),
    Line("late", LOOK, "", "", {"not_yet": 1200, "behind": ["nhip.figures/3"]}),
    Line("balance", OK, "", ""),
    Line("beat", OK, "", "", {"tick_age_s": 1.5, "lag_s": 2.5}),
]


def level(telemetry: Telemetry, question: str) -> float:
    return telemetry.value("nhip_check_level", question=question)


def test_a_store_that_is_back_is_well_again_after_the_next_whole_round() -> None:
    """It has a line only while it is away; without one its level would stay bad for ever."""
    telemetry = Telemetry()
    tell(telemetry, [Line("store", BAD, "", "")], 1.0)
    assert level(telemetry, "store") == BAD
    tell(telemetry, WHOLE, 61.0)
    assert (level(telemetry, "store"), level(telemetry, "kafka")) == (OK, OK)


def test_a_round_that_broke_off_says_nothing_of_the_service_that_it_did_not_reach() -> None:
    telemetry = Telemetry()
    tell(telemetry, [Line("kafka", BAD, "", "")], 1.0)
    tell(telemetry, [Line("store", BAD, "", "")], 61.0)
    assert (level(telemetry, "kafka"), level(telemetry, "store")) == (BAD, BAD)


def test_kafka_away_in_a_whole_round_stays_bad() -> None:
    telemetry = Telemetry()
    tell(telemetry, [*WHOLE, Line("kafka", BAD, "", "")], 1.0)
    assert level(telemetry, "kafka") == BAD


def test_questions_without_an_answer_are_counted_until_they_have_one() -> None:
    telemetry = Telemetry()
    tell(telemetry, [*WHOLE[:3], refused("beat", StoreError("497")), refused("disks", StoreError("497"))], 1.0)
    assert (level(telemetry, "beat"), telemetry.value("nhip_checks_refused")) == (BAD, 2)
    tell(telemetry, WHOLE, 61.0)
    assert telemetry.value("nhip_checks_refused") == 0


def test_what_is_unread_and_how_far_time_lags_are_told() -> None:
    telemetry = Telemetry()
    tell(telemetry, WHOLE, 1.0)
    assert telemetry.value("nhip_unread_messages") == 1200
    assert telemetry.value("nhip_behind_partitions") == 1
    assert telemetry.value("nhip_lag_seconds") == 2.5


def test_a_beat_that_is_lost_lags_by_the_age_of_the_last_tick() -> None:
    telemetry = Telemetry()
    tell(telemetry, [*WHOLE[:3], Line("beat", LOOK, "", "", {"tick_age_s": 340.0})], 1.0)
    assert telemetry.value("nhip_lag_seconds") == 340.0
    tell(telemetry, [*WHOLE[:3], Line("beat", LOOK, "", "", {"tick_age_s": None})], 61.0)
    assert telemetry.value("nhip_lag_seconds") == 340.0


class Disks:
    def rows(self, sql: str, /, **parameters: Any) -> list[dict[str, Any]]:
        return [{"name": "default", "free": 5_000_000_000, "kept_free": 1_000_000_000}]


def test_room_on_the_disks_is_told_with_the_floor_below_which_the_intake_stops(tmp_path: Path) -> None:
    telemetry = Telemetry()
    look_at_disks(telemetry, Disks(), Settings(var=str(tmp_path), disk_min_free_mb=500, store_disk_floor_mb=200))
    assert telemetry.value("nhip_disk_free_bytes", place="store") == 5_000_000_000
    assert telemetry.value("nhip_disk_floor_bytes", place="store") == 1_000_000_000
    assert telemetry.value("nhip_disk_free_bytes", place="var") > 0
    assert telemetry.value("nhip_disk_floor_bytes", place="var") == 500 << 20


def test_beside_a_broker_and_a_server_of_their_own_the_folder_of_the_process_is_no_disk_to_be_watched(
    tmp_path: Path,
) -> None:
    """In a container it is a tmpfs of 64 MB, far below the floor."""
    ours = Settings(var=str(tmp_path))
    for settings, watched in (
        (msgspec.structs.replace(ours, kafka="kafka:9092", store_host="clickhouse"), False),
        (msgspec.structs.replace(ours, kafka="kafka:9092"), True),
        (msgspec.structs.replace(ours, store_host="clickhouse"), True),
    ):
        telemetry = Telemetry()
        look_at_disks(telemetry, Disks(), settings, lambda _: None)
        assert (telemetry.value("nhip_disk_floor_bytes", place="var") > 0) is watched
        assert telemetry.value("nhip_disk_free_bytes", place="store") > 0


def test_brokers_of_their_own_are_asked_how_much_room_they_have_and_one_that_is_away_ends_nothing(
    tmp_path: Path,
) -> None:
    def away(_: Settings) -> int:
        raise SetupError("no broker")

    telemetry, installed = Telemetry(), Settings(kafka="kafka:9092", store_host="clickhouse", disk_min_free_mb=500)
    look_at_disks(telemetry, Disks(), installed, lambda _: 7_000_000_000)
    look_at_disks(telemetry, Disks(), installed, away)
    assert telemetry.value("nhip_disk_free_bytes", place="kafka") == 7_000_000_000
    assert telemetry.value("nhip_disk_floor_bytes", place="kafka") == 500 << 20
    look_at_disks(telemetry := Telemetry(), Disks(), Settings(var=str(tmp_path)), away)
    assert telemetry.value("nhip_disk_floor_bytes", place="kafka") == 0


def test_a_disk_of_another_name_is_counted_as_other() -> None:
    telemetry = Telemetry()
    telemetry.disk_seen("/mnt/secret", 1, 1)
    assert telemetry.value("nhip_disk_free_bytes", place="other") == 1
