"""`nhip replay`: speeds, the summary in words, and one clear line for what cannot be."""

import argparse
from pathlib import Path

import pytest

from contract.errors import MappingError, SettingError
from contract.settings import Settings
from nhip import words
from nhip.replay import add_arguments, newest, run, speed

RECORDED = Path(__file__).resolve().parent.parent / "recorded"


def _arguments(*given: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    return parser.parse_args(given)


def test_a_speed_is_a_factor_or_max() -> None:
    assert (speed("600x"), speed("60"), speed("max")) == (600.0, 60.0, "max")


@pytest.mark.parametrize("text", ["fast", "0x", "-1", "nan", "inf"])
def test_no_other_word_is_a_speed(text: str) -> None:
    with pytest.raises(SettingError, match="write one like 600x, or max"):
        speed(text)


def test_a_file_that_is_not_there_is_named() -> None:
    with pytest.raises(MappingError, match=r"nothing\.csv: there is no such file"):
        run(Settings(), _arguments("nothing.csv", "--in-memory"))


def test_a_replay_in_memory_says_what_became_of_the_records_and_what_was_found(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(Settings(), _arguments(str(RECORDED / "service_index.csv"), "--in-memory")) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[0] == "45 bản ghi · 45 được nhận · 0 bị từ chối · 0 gửi lại · 0 đến muộn"
    assert said[1:3] == ["1 điểm bất thường", "  sum_mismatch: 1"]
    assert "14,11 điểm" in said[3]


def test_the_summary_has_an_english_twin(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(words, "_language", "en")
    run(Settings(), _arguments(str(RECORDED / "service_index.csv"), "--in-memory"))
    said = capsys.readouterr().out.splitlines()
    assert said[0] == "45 records · 45 accepted · 0 rejected · 0 duplicates · 0 late"
    assert said[1] == "1 findings"


def test_of_a_finding_only_its_highest_revision_stands() -> None:
    rows = [{"finding_id": "a", "revision": r, "at": 0, "rule": str(r)} for r in (2, 1)]
    assert [row["rule"] for row in newest(rows)] == ["2"]
