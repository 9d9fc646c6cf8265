import pytest

from contract.errors import SetupError
from contract.reasons import Reason
from contract.settings import Settings
from contract.telemetry import Telemetry


def test_what_happens_to_records_is_counted_by_feed_and_reason() -> None:
    telemetry = Telemetry(feeds=["power-load"], tables=["figures"])
    telemetry.records_accepted("power-load", 40)
    telemetry.records_rejected("power-load", Reason.NAN, 2)
    telemetry.rows_inserted("figures", 40, 0.02)
    assert telemetry.value("nhip_records_accepted_total", feed="power-load") == 40
    assert telemetry.value("nhip_records_rejected_total", feed="power-load", reason="nan") == 2
    assert telemetry.value("nhip_rows_inserted_total", table="figures") == 40


def test_a_label_from_outside_the_closed_sets_is_counted_as_other() -> None:
    telemetry = Telemetry(feeds=["power-load"])
    for number in range(1000):
        telemetry.message_taken(f"made-up-{number}")
        telemetry.records_rejected("power-load", f"because {number}")
    assert telemetry.value("nhip_messages_total", feed="other") == 1000
    assert telemetry.value("nhip_records_rejected_total", feed="power-load", reason="other") == 1000
    assert sum(len(metric.samples) for metric in telemetry.registry.collect()) < 100


def test_two_processes_in_one_test_do_not_share_counters() -> None:
    first, second = Telemetry(), Telemetry()
    first.tick_taken()
    assert (first.value("nhip_ticks_total"), second.value("nhip_ticks_total")) == (1, 0)


def test_a_store_that_is_back_is_no_longer_waited_for() -> None:
    telemetry = Telemetry()
    telemetry.store_away(12.5)
    assert telemetry.value("nhip_store_waiting_seconds") == 12.5
    telemetry.store_back()
    assert telemetry.value("nhip_store_waiting_seconds") == 0


@pytest.mark.parametrize("name", ["worker_metrics_port", "feeds_metrics_port", "audit_metrics_port"])
def test_a_port_that_another_program_has_is_said_with_the_setting_that_helps(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def taken(port: int, addr: str, registry: object) -> None:
        raise OSError(98, "Address already in use")

    monkeypatch.setattr("contract.telemetry.start_http_server", taken)
    port = getattr(Settings(), name)
    with pytest.raises(SetupError, match=f"port {port} is taken: set NHIP_{name.upper()} .*Address already in use"):
        Telemetry().serve_for(Settings(), name)
