"""A process is well when what it does has moved, not when it answers."""

from collections.abc import Iterator

import pytest

from contract.telemetry import Telemetry
from nhip.healthy import Ask, overdue, parsed, stands_still


def answers(*looks: float) -> Ask:
    """Metrics whose counter stands at these values, look by look, and then for ever at the last."""
    left: Iterator[float] = iter(looks)
    last = [0.0]

    def ask() -> dict[str, tuple[float, ...]]:
        last[0] = next(left, last[0])
        return {"nhip_messages_total": (last[0], 1.0)}

    return ask


def test_a_counter_that_moved_between_two_looks_is_well() -> None:
    assert stands_still(answers(5, 5, 6), "nhip_messages_total", looks=3, look_s=0) == ""


def test_a_counter_that_stands_still_is_named() -> None:
    assert "nhip_messages_total" in stands_still(answers(5), "nhip_messages_total", looks=3, look_s=0)


def test_a_process_that_has_not_counted_anything_yet_is_not_well() -> None:
    assert stands_still(lambda: {}, "nhip_messages_total", looks=2, look_s=0)


@pytest.mark.parametrize(("age_s", "well"), [(30, True), (179, True), (181, False)])
def test_checks_may_be_three_rounds_old(age_s: float, well: bool) -> None:
    metrics = {"nhip_check_timestamp_seconds": (1_000.0, 10_000.0)}
    assert (overdue(metrics, 60.0, 10_000.0 + age_s) == "") is well


def test_an_audit_that_has_not_checked_anything_is_not_well() -> None:
    assert overdue({}, 60.0, 10_000.0)


def test_what_prometheus_reads_is_read_the_same() -> None:
    from prometheus_client import generate_latest

    telemetry = Telemetry(feeds=["power-load", "rain"])
    telemetry.message_taken("power-load")
    telemetry.message_taken("rain")
    telemetry.message_taken("rain")
    telemetry.store_away(12.5)
    telemetry.check_done("lost", 0, 1_795_253_412.25)
    found = parsed(generate_latest(telemetry.registry).decode())
    assert sum(found["nhip_messages_total"]) == 3
    assert found["nhip_store_waiting_seconds"] == (12.5,)
    assert found["nhip_check_timestamp_seconds"] == (1_795_253_412.25,)
