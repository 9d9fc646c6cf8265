"""A scenario of each outcome on the real broker, engine and worker is in a reader's hands in time.

The whole minute is here too: the log has a clock of its own, set so that one falls within the script's half minute.
"""

from collections.abc import Iterator

import pytest

from bench.detection import live
from contract.settings import Settings
from tests.integration.installation import installed


@pytest.fixture(scope="module")
def measured(kafka: Settings, engine: Settings) -> Iterator[dict[str, live.Measured]]:
    with installed(engine, "scenarios") as installation:
        installation.start()
        live.ready(installation.catalogue, installation.settings)
        yield {one.scenario: one for one in live.run(installation.catalogue, installation.settings)}


@pytest.mark.parametrize("scenario", [part.scenario for part in live.SCRIPT])
def test_a_scenario_is_seen_by_a_reader_within_two_seconds_of_what_decides_it(
    measured: dict[str, live.Measured], scenario: str
) -> None:
    one = measured[scenario]
    assert one.seen, f"{one.outcome} was never seen"
    assert one.passed, f"{one.outcome} was seen {one.seconds:.2f} s after {one.decided_by}"


def test_every_outcome_is_among_them(measured: dict[str, live.Measured]) -> None:
    outcomes = {one.outcome.split()[0] for one in measured.values()}
    assert outcomes == {"finding", "rejected", "duplicate", "late"}
    assert {one.decided_by for one in measured.values()} == {"record 1", "the whole minute"}
