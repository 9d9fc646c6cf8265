"""The stops that metrics know are those of the table."""

from contract.telemetry import STOPS
from streams.pipeline import CASES, CONTROL, FIGURES, MINUTE


def test_metrics_know_every_stop_by_its_name_and_no_other() -> None:
    names = {"decode"} | {stop.name for stop in (*FIGURES, *CASES, *MINUTE, CONTROL)}
    assert set(STOPS) == names
    assert len(STOPS) == len(names)
