"""Every rule that makes findings has a lane, words, and explanations; none stands here that is made by nobody."""

from contract.lanes import FAMILIES, of_lanes
from streams.detect import DETECTORS
from streams.explanations import INNOCENT
from streams.storms import STORM


def test_every_detector_has_a_lane_and_every_lane_its_detectors() -> None:
    assert set(FAMILIES) == {detector.rule for detector in DETECTORS} | {STORM} == set(INNOCENT)


def test_each_lane_is_some_rules() -> None:
    assert all(of_lanes(lane) for lane in ("A", "B", "C"))
    assert set(of_lanes("A", "B", "C")) == set(FAMILIES)


def test_a_family_is_named_in_both_languages() -> None:
    assert all(family.vi and family.en and family.vi != family.en for family in FAMILIES.values())
