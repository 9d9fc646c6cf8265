"""The tree of units, and what names and codes mean on a day."""

import csv
import unicodedata
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue.load import load
from catalogue.units import Unit, UnitProblem, Units

CATALOGUE = load()
UNITS = CATALOGUE.units
OLD, NEW = date(2024, 1, 1), date(2026, 1, 1)


def named(text: str, on: date) -> str:
    found = UNITS.resolve(text, on)
    return found.id if isinstance(found, Unit) else found.name


@pytest.mark.parametrize(
    ("text", "old", "new"),
    [
        ("H38", "H38.63", "H38"),
        ("H38.63", "H38.63", "NOT_VALID"),
        ("H63", "H63", "NOT_VALID"),
        ("gso:15", "H63", "H38"),  # Yên Bái then, Lào Cai now
        ("gso:10", "H38.63", "NOT_VALID"),
        ("gso:01", "H26", "H26"),
        ("15", "UNKNOWN", "UNKNOWN"),  # a bare statistics code means nothing
        ("Lào Cai", "H38.63", "H38"),
        ("Hà Giang", "H22", "NOT_VALID"),
        ("tinh ha giang", "H22", "NOT_VALID"),
        ("TP. Hồ Chí Minh", "H29.63", "H29"),
        ("TP.HCM", "H29.63", "H29"),
        ("Thành phố Hồ Chí Minh", "H29.63", "H29"),
        ("UBND thành phố Quảng Ninh", "H49", "H49"),
        ("Bà Rịa-Vũng Tàu", "H06", "NOT_VALID"),
        ("Đăk Lăk", "H15.63", "H15"),
        ("Đắc Lắc", "H15.63", "H15"),
        ("Bắc Cạn", "H03", "NOT_VALID"),
        ("Thừa Thiên - Huế", "H57", "H57"),
        ("Hoà Bình", "H28", "NOT_VALID"),
        ("Hòa Bình", "H28", "NOT_VALID"),
        ("Hanoi", "H26", "H26"),
        ("000.00.00.H41", "H41", "H41"),
        ("Bộ Giao thông Vận tải", "G04", "NOT_VALID"),
        ("Nông nghiệp và Môi trường", "NOT_VALID", "NNMT"),
        ("G24", "G24.24", "G24"),
        ("VPCP", "G22", "G22"),
        ("TỔNG SỐ", "VN", "VN"),
        ("Anguilla", "UNKNOWN", "UNKNOWN"),
        ("", "UNKNOWN", "UNKNOWN"),
        ("H38.6", "UNKNOWN", "UNKNOWN"),
    ],
)
def test_a_name_or_code_means_the_unit_of_its_day(text: str, old: str, new: str) -> None:
    assert (named(text, OLD), named(text, NEW)) == (old, new)


@pytest.mark.parametrize("form", ["NFC", "NFD", "NFKC", "NFKD"])
def test_the_unicode_form_does_not_matter(form: str) -> None:
    for unit in UNITS.provinces(NEW):
        assert UNITS.resolve(unicodedata.normalize(form, unit.name_vi), NEW) is unit  # type: ignore[arg-type]


def test_every_unit_is_found_by_all_it_is_called() -> None:
    for unit in UNITS.all:
        on = unit.valid_from
        for text in (unit.id, unit.name_vi, unit.name_en, unit.portal or unit.id, *unit.variants):
            assert UNITS.resolve(text, on) is unit, text


@given(st.text(max_size=30))
def test_no_text_breaks_the_look_up(text: str) -> None:
    assert isinstance(UNITS.resolve(text, NEW), Unit | UnitProblem)


def test_there_were_63_provinces_and_are_34() -> None:
    assert len(UNITS.provinces(date(2025, 6, 30))) == 63
    assert len(UNITS.provinces(date(2025, 7, 1))) == 34
    assert len(set(UNITS.provinces(OLD)) & set(UNITS.provinces(NEW))) == 11


def test_provinces_stand_in_the_order_of_their_statistics_codes() -> None:
    for on in (OLD, NEW):
        codes = [unit.gso for unit in UNITS.provinces(on)]
        assert codes == sorted(codes)


def test_every_old_province_became_part_of_one_new_one() -> None:
    merged = [unit.id for unit in UNITS.provinces(OLD) if unit.valid_to is not None]
    into = [old for unit in UNITS.provinces(NEW) for old in unit.predecessors]
    assert sorted(merged) == sorted(into)
    assert len(merged) == 52


def test_a_province_became_a_city_on_its_day() -> None:
    dong_nai = UNITS.by_id["H19"]
    assert dong_nai.full_name(date(2026, 4, 29)) == "Tỉnh Đồng Nai"
    assert dong_nai.full_name(date(2026, 4, 30)) == "Thành phố Đồng Nai"
    assert UNITS.by_id["H57"].full_name(OLD) == "Tỉnh Huế"


def test_ministries_changed_in_march_2025() -> None:
    assert {unit.id for unit in UNITS.ministries(OLD)} - {unit.id for unit in UNITS.ministries(NEW)} == {
        "G04", "G05", "G07", "G10", "G13", "G14", "G21",
    }  # fmt: skip
    assert len(UNITS.ministries(NEW)) == 17
    assert UNITS.successor(UNITS.by_id["G10"]).id == "NNMT"


def test_the_tree_holds_together_on_both_days() -> None:
    for on in (OLD, NEW):
        for unit in UNITS.all:
            if unit.valid_on(on) and unit.parent:
                assert UNITS.by_id[unit.parent].valid_on(on), unit.id
                assert unit in UNITS.children(unit.parent, on)


def test_every_province_of_today_has_a_centre_in_the_country() -> None:
    for unit in UNITS.provinces(NEW):
        assert 8 < unit.latitude < 24, unit.id
        assert 102 < unit.longitude < 110, unit.id


def test_every_name_of_the_real_investment_table_is_a_unit_of_its_day(data_dir: Path) -> None:
    table = data_dir / "gso" / "vdt.csv"
    with table.open(encoding="utf-8", newline="") as file:
        seen = {(row["Phân Loại"], date.fromisoformat(row["Date"])) for row in csv.DictReader(file)}
    assert len(seen) > 3_000
    assert {name for name, on in seen if not isinstance(UNITS.resolve(name, on), Unit)} == set()


def test_every_province_of_the_real_investor_table_is_a_unit_of_its_day(data_dir: Path) -> None:
    table = data_dir / "gso" / "fdi.csv"
    with table.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["Trong Nước"] == "Trong Nước"]
    assert rows
    unknown = {r["Phân Loại"] for r in rows if not isinstance(UNITS.resolve(r["Phân Loại"], OLD), Unit)}
    assert unknown == set()


def test_a_body_that_gets_another_name_keeps_its_code_and_its_history() -> None:
    """As docs/operations.md says it is done: the old id ends, the new one has an id of its own and the same code."""
    last, first = date(2026, 12, 31), date(2027, 1, 1)
    old = Unit("H14", "Cao Bằng", "Cao Bang", "province", "VN", 108, date(2008, 8, 1), last, "04", "H14")
    new = Unit("H14.27", "Tên Mới", "New Name", "province", "VN", 109, first, None, "04", "H14", predecessors=("H14",))
    units = Units([old, new])
    for code in ("H14", "000.00.00.H14", "gso:04"):
        assert (units.resolve(code, last), units.resolve(code, first)) == (old, new)
    assert list(units.same_name()) == []
    assert units.resolve("Tên Mới", first) == new
