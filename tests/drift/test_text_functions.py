"""SQL prints numbers, times and signs as contract/text.py and grafana/words.py do."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from clickhouse.client import Store
from contract import text
from contract.settings import Settings
from grafana import words
from tests.databases import writing

pytestmark = pytest.mark.integration

NUMBERS = (
    *(0.0, -0.0, 1.0, -1.0, 0.5, 1.5, 2.5, -2.5, 0.004, 0.005, 0.05, 0.25, 0.35, 8.02, 9.995, 99.995, 999.0),
    *(999.5, 1e3, -1e3, 12_345.678, 54_939.0, 999_999.5, 1e6, -1_234_567.891, 6_722e9, 1e15, 0.0802, 100.0, -0.2),
)
DECIMALS = (0, 1, 2, 3, 4)
SECONDS = (0.0, 0.4, 1.0, 59.4, 59.6, 60.0, 61.0, 119.0, 179.0, 180.0, 3_599.0, 3_600.0, 4_800.0, 7_199.0, 10_800.0)
LONGER = (86_399.0, 86_400.0, 90_000.0, 172_799.0, 259_200.0, 8_640_000.0, -75.0)
MOMENTS = (datetime(2026, 11, 21, 2, 30, 12, tzinfo=UTC), datetime(2026, 12, 31, 17, 0, tzinfo=UTC))


@pytest.fixture(scope="module")
def store(engine: Settings) -> Iterator[Store]:
    with writing(engine, "nhip_text") as store:
        yield store


def said(store: Store, expressions: list[str]) -> list[str]:
    (row,) = store.query("SELECT [" + ", ".join(expressions) + "]")
    return [str(value) for value in row[0]]


@pytest.mark.parametrize("lang", text.LANGUAGES)
@pytest.mark.parametrize("decimals", DECIMALS)
def test_numbers(store: Store, lang: str, decimals: int) -> None:
    expressions = [f"number_{lang}(toFloat64({value!r}), {decimals})" for value in NUMBERS]
    assert said(store, expressions) == [text.number(value, decimals, lang) for value in NUMBERS]


@pytest.mark.parametrize("lang", text.LANGUAGES)
def test_decimals_may_differ_from_row_to_row(store: Store, lang: str) -> None:
    rows = store.query(f"SELECT number, number_{lang}(1234.5678, toUInt8(number)) FROM numbers(5) ORDER BY number")
    assert rows == [(n, text.number(1234.5678, n, lang)) for n in range(5)]


@pytest.mark.parametrize("lang", text.LANGUAGES)
def test_what_is_missing(store: Store, lang: str) -> None:
    missing = ("NULL", "CAST(NULL, 'Nullable(Float64)')", "nan", "inf", "-inf")
    names = ("number_{0}({1}, 1)", "figure_{0}({1}, 1, 'MW')", "percent_{0}({1}, 1)", "duration_{0}({1})")
    expressions = [name.format(lang, value) for name in names for value in missing]
    expressions += [f"{name}_{lang}(CAST(NULL, 'Nullable(DateTime)'))" for name in ("instant", "clock")]
    assert set(said(store, expressions)) == {text.missing(lang)}


@pytest.mark.parametrize("lang", text.LANGUAGES)
def test_figures_with_their_measure(store: Store, lang: str) -> None:
    found = said(store, [f"figure_{lang}(54939, 0, 'MW')", f"figure_{lang}(7, 0, '')", f"percent_{lang}(0.0802, 2)"])
    expected = [text.figure(54939, "MW", 0, lang), text.figure(7, "", 0, lang), text.figure(8.02, "%", 2, lang)]
    assert found == expected


@pytest.mark.parametrize("lang", text.LANGUAGES)
def test_durations(store: Store, lang: str) -> None:
    values = SECONDS + LONGER
    assert said(store, [f"duration_{lang}({value!r})" for value in values]) == [text.duration(v, lang) for v in values]


@pytest.mark.parametrize("lang", text.LANGUAGES)
def test_times(store: Store, lang: str) -> None:
    stamps = [f"toDateTime64({moment.timestamp()!r}, 3, 'UTC')" for moment in MOMENTS]
    assert said(store, [f"instant_{lang}({stamp})" for stamp in stamps]) == [text.instant(m, lang) for m in MOMENTS]
    assert said(store, [f"clock_{lang}({stamp})" for stamp in stamps]) == [text.clock(m, lang) for m in MOMENTS]


def test_signs_and_their_order(store: Store) -> None:
    assert said(store, [f"state_sign('{state}')" for state in words.STATES]) == [s.sign for s in words.STATES.values()]
    open_ones = [severity for severity in words.SEVERITIES if severity != "closed"]
    signs = said(store, [f"severity_sign('{severity}')" for severity in open_ones])
    assert signs == [words.SEVERITIES[severity].sign for severity in open_ones]
    ranks = [int(rank) for rank in said(store, [f"state_rank('{state}')" for state in words.STATES])]
    assert ranks == sorted(ranks, reverse=True), "the worst first"
    ranks = [int(rank) for rank in said(store, [f"severity_rank('{severity}')" for severity in open_ones])]
    assert ranks == sorted(ranks, reverse=True)
