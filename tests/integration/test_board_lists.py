"""Words that SQL prints are those of the code that makes the values, and a period ends for both on the same day."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta

import pytest

from catalogue.calendar import midnight_ms
from catalogue.periods import KINDS, parse_period, period_at
from clickhouse.client import Store
from contract import reasons, text
from contract.lanes import FAMILIES, Family
from contract.settings import Settings
from grafana import lists, words
from grafana.boards.analysts_views import EXAMPLES, Example
from grafana.model import Words
from tests.databases import reading, writing

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def store(engine: Settings) -> Iterator[Store]:
    with writing(engine, "nhip_lists") as writer, reading(engine, writer) as reader:
        yield reader


STATES: Mapping[str, Words] = {key: sign.words for key, sign in words.STATES.items()}
RULES: Mapping[str, Words] = {rule: (family.vi, family.en) for rule, family in FAMILIES.items()}
REASONS: Mapping[str, Words] = {
    reason.value: (said, reason.value.replace("_", " ")) for reason, said in reasons.VI.items()
}


@pytest.mark.parametrize("lang", text.LANGUAGES)
@pytest.mark.parametrize(
    ("function", "known"),
    [
        ("rule", RULES),
        ("vintage", lists.VINTAGES),
        ("level", lists.LEVELS),
        ("question", lists.QUESTIONS),
        ("state", STATES),
        ("reason", REASONS),
        ("lane", {key: (f"{key} · {vi}", f"{key} · {en}") for key, (vi, en) in lists.LANES.items()}),
    ],
)
def test_a_closed_list_is_said_alike(store: Store, function: str, known: Mapping[str, Words], lang: str) -> None:
    said = {key: store.query(f"SELECT {function}_{lang}({{key:String}})", key=key)[0][0] for key in known}
    assert said == {key: text.choose(*both, lang=lang) for key, both in known.items()}


@pytest.mark.parametrize(("rule", "family"), FAMILIES.items())
def test_a_rule_has_its_lane_and_figures_of_periods_are_edited(store: Store, rule: str, family: Family) -> None:
    live, of_period = store.query(f"SELECT finding_lane('{rule}', 0), finding_lane('{rule}', 1)")[0]
    assert live == family.lane
    assert of_period == ("B" if family.lane == "A" else family.lane)


def test_a_rule_that_nobody_put_into_a_lane_is_in_none(store: Store) -> None:
    assert store.query("SELECT finding_lane('new', 0), finding_lane('new', 1)")[0] == ("", "")


@pytest.mark.parametrize("kind", KINDS)
def test_a_period_is_over_on_the_day_after_its_last(store: Store, kind: str) -> None:
    days = [date(2024, 2, 10) + timedelta(days=17 * step) for step in range(60)]
    for period in {period_at(kind, day).code: period_at(kind, day) for day in days}.values():
        assert parse_period(period.code) == period
        at = f"fromUnixTimestamp64Milli({midnight_ms(period.start)})"
        ((over,),) = store.query(f"SELECT period_over('{period.code}', {at})")
        assert over == period.end + timedelta(days=1), period.code


@pytest.mark.parametrize("typed", ["2026-11-21 09:00", "21/11/2026 09:00", "21/11/2026 9:00", "09:00", " 9:00 "])
def test_a_moment_is_understood_as_a_vietnamese_writes_it(store: Store, typed: str) -> None:
    until = "toDateTime('2026-11-21 10:00:00')"
    ((moment,),) = store.query(f"SELECT moment_typed({{t:String}}, {until})", t=typed)
    assert moment == datetime.fromisoformat("2026-11-21T09:00:00+07:00")


@pytest.mark.parametrize("typed", ["hôm qua", "x", "25:00", "31/31/2026 09:00"])
def test_what_is_no_moment_is_missing_and_the_end_of_the_range_is_shown(store: Store, typed: str) -> None:
    until = "toDateTime('2026-11-21 10:00:00')"
    sql = f"SELECT moment_typed({{t:String}}, {until}), moment_asked({{t:String}}, {until})"
    ((moment, shown),) = store.query(sql, t=typed)
    assert moment is None
    assert shown == datetime.fromisoformat("2026-11-21T10:00:00+00:00")


@pytest.mark.parametrize("name", ["Thừa Thiên Huế", "ĐẮK LẮK", "Đồng bộ hồ sơ", "e-Cabinet"])
def test_names_are_folded_alike(store: Store, name: str) -> None:
    assert store.query("SELECT folded({n:String})", n=name)[0][0] == text.fold(name)


@pytest.mark.parametrize("most", [0.0004, 0.05, 0.7, 1.2, 9.99, 10, 999, 1000, 5_400, 54_939, 999_999, 6.7e9])
def test_an_axis_is_divided_so_that_its_numbers_have_two_or_three_digits(store: Store, most: float) -> None:
    ((step,),) = store.query("SELECT axis_step({m:Float64})", m=most)
    assert 9.9 < most / step < 1000


@pytest.mark.parametrize("example", EXAMPLES, ids=[example.view for example in EXAMPLES])
def test_the_examples_of_views_run_for_a_reader(store: Store, example: Example) -> None:
    store.rows(example.sql)
