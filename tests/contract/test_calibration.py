"""Every feed against what is published of it: the anchors of the domain facts, sections 1.4 and 3.3.

The simulated world of one seed is looked at on days that the anchors name, or on ordinary days of 2026.
"""

from collections import defaultdict
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from catalogue.load import Catalogue, load
from producers.simulate import DEFAULT_SCALE, build_sources
from producers.simulate.source import Source
from producers.simulate.world import DAY, HOUR, Storm, to_ms

SEED = 7
MONDAY = to_ms(date(2026, 10, 5))
SUMMER = to_ms(date(2025, 8, 4))
TET = to_ms(date(2025, 1, 29))


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load()


@pytest.fixture(scope="module")
def sources(catalogue: Catalogue) -> dict[str, Source]:
    return build_sources(catalogue, SEED, scale=0.1, since_ms=MONDAY - 28 * DAY)


def series(source: Source, start: int, end: int, subject: str = "") -> dict[str, np.ndarray[Any, Any]]:
    """Values by indicator, in order of time, of one subject where one is named."""
    batch = source.between(start, end)
    found: dict[str, list[float]] = defaultdict(list)
    for indicator, value, about in zip(*(batch[c].to_pylist() for c in ("indicator", "value", "subject")), strict=True):
        if not subject or about == subject:
            found[indicator].append(value)
    return {name: np.array(values) for name, values in found.items()}


def period(source: Source, start: int, end: int, code: str, vintage: str = "") -> dict[str, float]:
    """The figures of one period as they stand after the last release in the span."""
    batch = source.between(start, end)
    columns = (batch[c].to_pylist() for c in ("indicator", "period", "vintage", "value"))
    return {i: v for i, p, kind, v in zip(*columns, strict=True) if p == code and vintage in ("", kind)}


def steps(source: Source, start: int, end: int) -> dict[str, list[Any]]:
    tables = [source.between(start, end, shard) for shard in range(source.feed.shards)]
    table = pa.Table.from_batches(tables).unify_dictionaries()
    found = {name: table[name].to_pylist() for name in ("unit", "case_id", "state", "channel")}
    found["at"] = table["event_at"].cast(pa.int64()).to_pylist()
    found["due"] = table["due_at"].cast(pa.int64()).to_pylist()
    return found


def test_the_regions_sum_to_the_system_and_the_peak_is_that_of_august_2025(sources: dict[str, Source]) -> None:
    load = series(sources["power-load"], SUMMER, SUMMER + 7 * DAY)
    regions = load["power-load-north"] + load["power-load-central"] + load["power-load-south"]
    assert np.array_equal(regions, load["power-load"])
    assert 51_000 < load["power-load"].max() < 58_500
    assert 24_000 < load["power-load-north"].max() < 31_000


def test_the_load_at_tet_is_the_lowest_of_the_year(sources: dict[str, Source]) -> None:
    tet = series(sources["power-load"], TET, TET + DAY)["power-load"]
    assert 10_500 < tet.min() < 16_000
    ordinary = series(sources["power-load"], TET - 30 * DAY, TET - 29 * DAY)["power-load"]
    assert tet.max() < 0.72 * ordinary.max()


def test_the_load_differs_from_a_week_before_by_little(sources: dict[str, Source]) -> None:
    load = series(sources["power-load"], MONDAY - 14 * DAY, MONDAY + 7 * DAY)["power-load"]
    week = 7 * 48
    assert np.quantile(np.abs(load[week:] / load[:-week] - 1), 0.98) < 0.15


def test_the_day_report_agrees_with_the_load_and_its_factor_is_between_60_and_95_percent(
    sources: dict[str, Source],
) -> None:
    for day in (SUMMER, TET, MONDAY):
        code = f"C-D{date.fromordinal((day + 7 * HOUR) // DAY + 719_163).isoformat()}"
        report = period(sources["power-day"], day + DAY, day + 2 * DAY, code)
        load = series(sources["power-load"], day, day + DAY)["power-load"]
        assert report["power-max"] == load.max()
        assert report["energy-total"] == pytest.approx(load.mean() * 24 / 1000, abs=0.06)
        assert 0.6 <= report["load-factor"] <= 0.95
        assert all(value >= 0 for value in report.values())
    assert 1_000 < period(sources["power-day"], SUMMER + DAY, SUMMER + 2 * DAY, "C-D2025-08-04")["energy-total"] < 1_250


def test_the_spot_price_is_positive_and_moves_with_the_load(sources: dict[str, Source]) -> None:
    price = series(sources["spot-price"], MONDAY, MONDAY + 7 * DAY, "system")["spot-price"]
    load = series(sources["power-load"], MONDAY, MONDAY + 7 * DAY)["power-load"]
    assert price.min() > 0
    assert np.corrcoef(price, load)[0, 1] > 0.5


def test_lakes_keep_between_their_levels_and_to_their_balance(catalogue: Catalogue, sources: dict[str, Source]) -> None:
    for lake in (s for s in catalogue.subjects.values() if s.family == "reservoirs"):
        found = series(sources["reservoirs"], MONDAY - 120 * DAY, MONDAY + 45 * DAY, lake.id)
        level = found["reservoir-level"]
        assert float(lake.attributes["dead"]) <= level.min()
        check = lake.attributes.get("check", float(lake.attributes["normal"]) + 3.0)
        assert level.max() <= float(check)
        assert np.abs(np.diff(level)).max() < 1.5
        outflow = found["reservoir-outflow"]
        assert np.array_equal(found["reservoir-outflow-t"] + found["reservoir-outflow-m"], outflow)
        gates = found["gates-deep"] + found["gates-surface"]
        assert np.array_equal(gates > 0, found["reservoir-outflow-t"] > 0)


def test_a_storm_fills_the_lakes_opens_the_gates_and_empties_the_offices(catalogue: Catalogue) -> None:
    landfall = to_ms(date(2026, 8, 5))
    hit = Storm(landfall, 48.0, 21.2, 104.8, 1.0)
    calm = build_sources(catalogue, SEED, 0.1, landfall - 10 * DAY)
    storm = build_sources(catalogue, SEED, 0.1, landfall - 10 * DAY, (hit,))

    def both(feed: str, indicator: str, start: int, end: int, subject: str = "") -> tuple[Any, Any]:
        one, other = (series(s[feed], landfall + start, landfall + end, subject)[indicator] for s in (calm, storm))
        return one, other

    calm_rain, storm_rain = both("rain-rivers", "rain-hour", 0, 3 * DAY)
    assert storm_rain.sum() > 1.5 * calm_rain.sum()
    calm_in, storm_in = both("reservoirs", "reservoir-inflow", 0, 3 * DAY, "son-la")
    assert 4_000 < storm_in.max() < 15_000
    assert storm_in.max() > 1.8 * calm_in.max()
    ceiling = float(catalogue.subjects["son-la"].attributes["ceiling-07-20"])
    calm_level, level = both("reservoirs", "reservoir-level", 0, 6 * DAY, "son-la")
    assert calm_level.max() < ceiling < level.max()
    _, gates = both("reservoirs", "gates-deep", 0, 3 * DAY, "hoa-binh")
    assert gates.max() > 0
    calm_load, storm_load = both("power-load", "power-load-north", 12 * HOUR, 36 * HOUR)
    assert storm_load.min() < 0.93 * calm_load.min()
    for feed, change in (("portal-dossiers", -1), ("petitions", 1), ("sar-incidents", 1)):
        span = (landfall + 6 * HOUR, landfall + 2 * DAY)
        assert change * (storm[feed].count(*span) - calm[feed].count(*span)) > 0


def test_trade_of_october_2025_is_near_what_customs_published(sources: dict[str, Source]) -> None:
    start, end = to_ms(date(2025, 11, 1)), to_ms(date(2025, 12, 1))
    month = period(sources["customs"], start, end, "C-M2025-10")
    assert month["exports"] == pytest.approx(42.05, rel=0.08)
    assert month["imports"] == pytest.approx(39.44, rel=0.08)
    assert month["customs-duty"] == pytest.approx(41_564, rel=0.1)
    assert month["exports-year"] == pytest.approx(391, rel=0.08)
    assert month["trade-balance"] == pytest.approx(month["exports"] - month["imports"], abs=0.005)


def test_money_growth_prices_and_visitors_are_near_their_anchors(sources: dict[str, Source]) -> None:
    start, end = to_ms(date(2025, 11, 1)), to_ms(date(2025, 12, 1))
    month = "C-M2025-10"
    enterprises = period(sources["enterprises"], start, end, month)
    assert enterprises["enterprises-new"] == pytest.approx(18_000, rel=0.12)
    assert enterprises["enterprises-back"] == pytest.approx(11_600, rel=0.12)
    assert enterprises["enterprises-paused"] == pytest.approx(6_065, rel=0.15)
    fdi = period(sources["fdi"], start, end, month)
    assert fdi["fdi-registered"] == pytest.approx(31.52, rel=0.15)
    assert fdi["fdi-realised"] == pytest.approx(21.3, rel=0.1)
    visitors = period(sources["visitors"], start, end, month)
    assert visitors["visitors"] == pytest.approx(1_730_000, rel=0.1)
    prices = period(sources["prices"], start, end, month)
    assert -2 <= prices["cpi-month"] <= 4
    assert prices["cpi-year"] == pytest.approx(3.3, abs=1.0)
    industry = sources["industry"].between(start, end)
    assert all(-30 <= value <= 40 for value in industry["value"].to_pylist())
    budget = period(sources["state-budget"], start, end, month)
    assert 55 < budget["public-investment-share"] < 75
    investment = sources["public-investment"].between(start, end)
    assert investment.num_rows > 0


def test_growth_of_2025_is_the_published_one_and_provinces_agree_with_it(sources: dict[str, Source]) -> None:
    released = (to_ms(date(2025, 4, 1)), to_ms(date(2026, 2, 1)))
    growth = sources["growth"]
    for quarter, published in zip((1, 2, 3, 4), (7.05, 8.16, 8.25, 8.46), strict=True):
        found = period(growth, *released, f"C-Q2025-{quarter}")["gdp-growth"]
        assert found == pytest.approx(published, abs=0.25)
    assert period(growth, *released, "C-Y2025")["gdp-growth-year"] == pytest.approx(8.02, abs=0.25)
    batch = sources["grdp"].between(to_ms(date(2026, 1, 1)), to_ms(date(2026, 1, 31)))
    rows = zip(*(batch[c].to_pylist() for c in ("period", "vintage", "value")), strict=True)
    provinces = [v for p, kind, v in rows if (p, kind) == ("C-Q2025-4", "estimate")]
    assert len(provinces) == 34
    assert np.mean(provinces) == pytest.approx(8.46, abs=1.0)


def test_the_exchange_speaks_in_session_only_and_near_its_level(sources: dict[str, Source]) -> None:
    shares = sources["vn-index"]
    week = series(shares, MONDAY, MONDAY + 7 * DAY)
    assert len(week["vn-index"]) == 5 * (150 + 120)
    assert 1_400 < week["vn-index"].min() <= week["vn-index"].max() < 2_300
    assert np.abs(np.diff(week["vn-index"]) / week["vn-index"][:-1]).max() < 0.03
    assert 10_000 < week["hose-turnover"].max() < 60_000
    holiday = to_ms(date(2026, 9, 2))
    assert shares.between(holiday, holiday + DAY).num_rows == 0


def test_airports_carry_what_they_carried(sources: dict[str, Source]) -> None:
    day = period_of_airport(sources, "tan-son-nhat", MONDAY)
    assert 650 < day["flights-day"] < 830
    assert 105_000 < day["passengers-day"] < 145_000
    at_tet = period_of_airport(sources, "tan-son-nhat", to_ms(date(2026, 2, 16)))
    assert day["passengers-day"] < at_tet["passengers-day"] < 200_000
    hourly = series(sources["flights-tan-son-nhat"], MONDAY, MONDAY + DAY)
    busy = hourly["flights-hour"] > 0
    each = hourly["passengers-hour"][busy] / hourly["flights-hour"][busy]
    assert 80 < each.min() <= each.max() < 260


def period_of_airport(sources: dict[str, Source], airport: str, day: int) -> dict[str, float]:
    return {
        name: values[0] for name, values in series(sources["airports-daily"], day + DAY, day + 2 * DAY, airport).items()
    }


def test_registries_found_no_enterprise_at_the_weekend(sources: dict[str, Source]) -> None:
    sunday = MONDAY - DAY
    batch = sources["enterprises-daily"].between(sunday + DAY, sunday + 2 * DAY)
    assert set(batch["value"].to_pylist()) == {0.0}


def test_payments_look_ups_and_calls_follow_people(sources: dict[str, Source]) -> None:
    paid = series(sources["online-payment"], MONDAY, MONDAY + DAY)
    mean = paid["payments-amount"].sum() / paid["payments"].sum()
    assert 2.2 < mean < 3.4
    match = series(sources["population-queries"], MONDAY, MONDAY + DAY)["population-match"]
    assert 90 <= match.min() <= match.max() <= 100
    calls = series(sources["ndxp"], MONDAY, MONDAY + DAY)
    assert (calls["ndxp-errors"] <= calls["ndxp-calls"]).all()
    day, night = calls["ndxp-calls"][9 * 60 : 11 * 60].mean(), calls["ndxp-calls"][2 * 60 : 4 * 60].mean()
    assert day > 5 * night


def test_the_service_index_lies_where_the_boards_top_and_mean_are(sources: dict[str, Source]) -> None:
    index = series(sources["service-index"], MONDAY, MONDAY + DAY)["index-766"]
    assert 55 < index.mean() < 68
    assert 45 < index.min() <= index.max() < 75


def test_the_boards_totals_of_a_province_are_near_the_published_ones(catalogue: Catalogue) -> None:
    day = to_ms(date(2026, 9, 29))
    batch = build_sources(catalogue, SEED, scale=1.0)["portal-volumes"].between(day, day + DAY)
    rows = zip(*(batch[c].to_pylist() for c in ("unit", "indicator", "value")), strict=True)
    received = {unit: value for unit, name, value in rows if name == "dossiers-received-year"}
    published = {"H24": 649_548, "H19": 603_261, "H20": 358_643, "H57": 136_162, "H35": 75_662}
    for unit, value in published.items():
        assert 0.4 < received[unit] / value < 2.6


def test_dossiers_come_at_10_to_50_events_a_second_at_peak(sources: dict[str, Source]) -> None:
    source, scale = sources["portal-dossiers"], 0.1
    quarter = 15 * 60_000
    rates = [source.count(MONDAY + i * quarter, MONDAY + (i + 1) * quarter) / 900 / scale for i in range(96)]
    assert 10 <= max(rates) <= 50
    assert int(np.argmax(rates)) in range(7 * 4, 16 * 4)
    morning, lunch, afternoon = max(rates[32:44]), min(rates[48:52]), max(rates[54:64])
    assert lunch < 0.6 * min(morning, afternoon)
    weekend = sum(source.count(MONDAY + d * DAY, MONDAY + (d + 1) * DAY) for d in (5, 6))
    week = sum(source.count(MONDAY + d * DAY, MONDAY + (d + 1) * DAY) for d in range(7))
    assert weekend < 0.05 * week


def test_provinces_finish_79_to_94_percent_on_time_and_file_70_to_97_percent_online(catalogue: Catalogue) -> None:
    source = build_sources(catalogue, SEED, scale=0.15, since_ms=MONDAY - 40 * DAY)["portal-dossiers"]
    columns = ["unit", "case_id", "state", "channel", "event_at", "due_at"]
    parts = [source.between(MONDAY - 40 * DAY, MONDAY + 12 * DAY, shard).select(columns) for shard in range(4)]
    table = pa.Table.from_batches([p.cast(pa.schema([(f.name, _plain(f.type)) for f in p.schema])) for p in parts])
    accepted = table.filter(pc.equal(table["state"], "accepted"))
    # Dossiers of the first weeks have all had time to finish, the slow ones too.
    early = accepted.filter(pc.less(pc.cast(accepted["event_at"], pa.int64()), MONDAY - 15 * DAY))
    early = early.select(["case_id", "event_at"]).rename_columns(["case_id", "began"])
    finished = table.filter(pc.equal(table["state"], "finished")).join(early, "case_id", join_type="inner")
    good = pc.cast(pc.less_equal(finished["event_at"], finished["due_at"]), pa.float64())
    took = pc.divide(pc.cast(pc.milliseconds_between(finished["began"], finished["event_at"]), pa.float64()), DAY)
    ended = finished.append_column("good", good).append_column("days", took)
    by_unit = ended.group_by("unit").aggregate([("good", "mean"), ("days", "mean")]).to_pylist()
    on_time = {row["unit"]: (row["good_mean"], row["days_mean"]) for row in by_unit}
    assert len(on_time) == 34
    for unit, (rate, days) in on_time.items():
        assert 0.77 <= rate <= 0.96, unit
        assert 2.0 <= days <= 8.0, unit
    assert on_time["H24"][0] == pytest.approx(0.8812, abs=0.03)
    assert on_time["H19"][1] == pytest.approx(6.59, rel=0.2)
    online = pc.cast(pc.equal(accepted["channel"], "online"), pa.float64())
    shares = accepted.append_column("online", online).group_by("unit").aggregate([("online", "mean")]).to_pylist()
    assert all(0.68 <= row["online_mean"] <= 0.98 for row in shares)


def _plain(kind: pa.DataType) -> pa.DataType:
    return kind.value_type if pa.types.is_dictionary(kind) else kind


def test_documents_come_as_on_the_axis_and_reports_in_a_rush_before_their_deadline(sources: dict[str, Source]) -> None:
    sent = steps(sources["document-axis"], MONDAY, MONDAY + 5 * DAY)["state"].count("sent")
    assert sent / 5 / 0.1 == pytest.approx(16_500, rel=0.1)
    start = to_ms(date(2026, 9, 15))
    found = steps(sources["reports"], start, start + 14 * DAY)
    rows = zip(found["state"], found["at"], found["due"], strict=True)
    left = [due - at for state, at, due in rows if state == "submitted" and at <= due]
    assert len(left) > 40
    assert np.median(left) < 2 * DAY


def test_the_first_starts_past_is_below_two_million_records(catalogue: Catalogue) -> None:
    from producers.history import days_of_past

    since = MONDAY - 35 * DAY
    sources = build_sources(catalogue, SEED, DEFAULT_SCALE, since)
    total = sum(s.count(MONDAY - min(days_of_past(s.feed), 40) * DAY, MONDAY) for s in sources.values())
    periodic = [s for s in sources.values() if s.feed.periodic]
    total += 9 * sum(s.count(MONDAY - 40 * DAY, MONDAY) for s in periodic)
    assert 1_000_000 < total < 2_000_000


def test_the_drill_and_the_past_say_nothing_when_nothing_is_asked(sources: dict[str, Source]) -> None:
    assert sources["drill-figures"].between(MONDAY, MONDAY + DAY).num_rows == 0
    assert sources["drill-cases"].between(MONDAY, MONDAY + DAY).num_rows == 0
