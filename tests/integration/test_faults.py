"""A dozen faults at named points, in an installation of its own: nothing lost, doubled, invented or different."""

from pathlib import Path

import pytest

from bench.faults import rounds
from bench.faults.__main__ import SHORT_SEED, short
from catalogue.load import load
from contract.settings import Settings


@pytest.mark.timeout(300)
def test_nothing_comes_of_a_dozen_faults_at_named_points(kafka: Settings, tmp_path: Path) -> None:
    """`kafka` is there for its jars alone: where they cannot be had, this is skipped with a word."""
    outcome = rounds.run(short(SHORT_SEED), tmp_path, load(), print)
    assert not outcome.ended
    assert outcome.verdict is not None
    assert outcome.verdict.good, (outcome.verdict.why(), outcome.verdict.told())
    assert [one.effect for one in outcome.struck] == [""] * 12
    assert not [one for one in outcome.struck if one.failed]
    assert outcome.verdict.intended > 2_000
