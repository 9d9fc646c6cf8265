"""Who is told, when nobody is, and what silences what."""

from datetime import date
from itertools import product

import pytest

from alerts import quiet, routes
from alerts.alertmanager_files import config, names
from alerts.delivery import read
from alerts.grafana_files import labels as grafana_labels
from alerts.monitor import MONITORS
from alerts.prometheus_files import labels as prometheus_labels
from alerts.routes import INHIBITIONS, ROUTES, receiver_of, route_of, silenced
from alerts.rules import RULES
from catalogue.calendar import Calendar

LABELS = {rule.name: {**grafana_labels(rule), "feed": "power-load", "origin": "simulated"} for rule in RULES}
LABELS |= {rule.name: prometheus_labels(rule) for rule in MONITORS}


def test_each_rule_goes_to_those_it_is_for() -> None:
    told = {name: receiver_of(labels) for name, labels in LABELS.items()}
    assert told["FindingCritical"] == told["FeedLost"] == told["FeedsSilentMany"] == "operations-page"
    assert (told["FindingUntaken"], told["FindingUntakenLong"]) == ("leaders-page", "head-page")
    assert told["FeedSilent"] == told["FindingsWarning"] == told["OverdueRising"] == "operations-mail"
    assert told["FigureBehindTarget"] == "leaders-mail"
    assert told["DataStandsStill"] == told["NhipLedgerRed"] == told["NhipCanaryMissing"] == "platform-page"
    assert told["NhipLagGrowing"] == "platform-mail"
    assert (told["AlertsAlive"], told["Watchdog"]) == ("alive-grafana", "alive-prometheus")


def test_evidence_never_calls() -> None:
    assert receiver_of(LABELS["FindingsForReview"]) == "review-digest"
    review = next(rule for rule in RULES if rule.name == "FindingsForReview")
    assert review.severity == "info"
    assert "finish_equals_due" in review.sql
    for rule in RULES:
        if rule.severity == "critical":
            assert "finish_equals_due" not in rule.sql.split("WHERE f.severity")[-1], rule.name


def test_nothing_critical_is_ever_muted() -> None:
    for name, labels in LABELS.items():
        route = route_of(labels)
        assert route is not None, f"{name} goes to the catch-all: give it a route"
        if labels["severity"] in ("critical", "watch"):
            assert (route.muted, route.only_in) == ((), ()), name
        else:
            assert quiet.TET in route.muted or route.muted == (), name


def test_what_may_sleep_silences_nothing_that_calls() -> None:
    """A warning that is muted at night still inhibits: it must not keep a call from going out."""
    for found in INHIBITIONS:
        sources = [labels for labels in LABELS.values() if routes._all_fit(labels, found.source)]
        targets = [labels for labels in LABELS.values() if routes._all_fit(labels, found.target)]
        for source, target in product(sources, targets):
            route = route_of(source)
            assert route is not None
            if target["severity"] == "critical":
                assert not route.muted, f"{source['rule']} sleeps and silences {target['rule']}: {found.why}"


def test_every_inhibition_names_rules_that_there_are() -> None:
    for found in INHIBITIONS:
        for label, operator, value in (*found.source, *found.target):
            if label != "rule":
                continue
            for part in value.split("|"):
                fitting = [name for name in LABELS if routes._fits(name, operator, part)]
                assert fitting, f"no rule is called {part}"


def test_a_lost_feed_silences_its_own_indicators_and_no_others() -> None:
    lost = LABELS["FeedLost"]
    for name in ("FeedSilent", "CompletenessLow", "FindingCritical", "OverdueRising"):
        assert silenced(LABELS[name], [lost]), name
        assert not silenced({**LABELS[name], "feed": "customs"}, [lost]), name


def test_a_silent_feed_silences_its_warnings_but_not_what_calls() -> None:
    silent = LABELS["FeedSilent"]
    assert silenced(LABELS["FindingsWarning"], [silent])
    assert not silenced(LABELS["FindingCritical"], [silent])
    assert not silenced(LABELS["FindingUntaken"], [silent])


def test_while_no_clock_moves_nobody_is_called_silent() -> None:
    for source in ("DataStandsStill", "NhipTicksStopped", "NhipStoreAway", "NhipWorkerDown"):
        assert silenced(LABELS["FeedLost"], [LABELS[source]]), source
    assert not silenced(LABELS["NhipLedgerRed"], [LABELS["NhipStoreAway"]])


def test_nothing_silences_itself_or_its_silencer() -> None:
    for name, labels in LABELS.items():
        assert not silenced(labels, [labels]), name
    loops = [
        (a, b)
        for a, b in product(LABELS, LABELS)
        if a < b and silenced(LABELS[a], [LABELS[b]]) and silenced(LABELS[b], [LABELS[a]])
    ]
    assert loops == []


def test_an_alert_that_nobody_thought_of_is_not_lost_and_a_blind_rule_is_the_operators() -> None:
    assert receiver_of({"alertname": "Unknown"}) == routes.CATCH_ALL
    for name in ("FindingCritical", "AlertsAlive", "DataStandsStill"):
        for why in ("DatasourceError", "DatasourceNoData"):
            assert receiver_of({**LABELS[name], "alertname": why}) == "platform-mail", name


def test_a_rule_that_is_blind_silences_nobody() -> None:
    """It has all labels of its rule, and says nothing of what its rule is for."""
    for source, target in product(LABELS.values(), LABELS.values()):
        blind = {**source, "alertname": "DatasourceError"}
        assert not silenced(target, [blind]), f"{source['rule']} cannot ask and silences {target['rule']}"
    assert silenced({**LABELS["FeedLost"], "alertname": "DatasourceError"}, [LABELS["DataStandsStill"]])


def test_a_drill_calls_nobody() -> None:
    assert receiver_of({**LABELS["FindingCritical"], "origin": "drill"}) == "drill-mail"


def test_every_receiver_and_interval_that_a_route_names_is_there() -> None:
    made = config(read(), Calendar())
    receivers = {receiver["name"] for receiver in made["receivers"]}
    intervals = {interval["name"] for interval in made["time_intervals"]}
    assert receivers == set(names())
    used = {made["route"]["receiver"], *(route["receiver"] for route in made["route"]["routes"])}
    assert used == receivers
    named = {name for route in ROUTES for name in (*route.muted, *route.only_in)}
    assert named == intervals


def _minutes(duration: str) -> int:
    return int(duration[:-1]) * {"s": 0, "m": 1, "h": 60}[duration[-1]]


def _within_a_day(hours: str) -> int:
    hour, minute = map(int, hours.split(":"))
    return hour * 60 + minute


def test_what_is_told_in_some_hours_only_is_looked_at_within_them_and_once_a_day() -> None:
    spans = {interval["name"]: interval["time_intervals"] for interval in quiet.time_intervals(Calendar())}
    narrow = [route for route in ROUTES if route.only_in]
    assert narrow
    for route in narrow:
        for hours in (hours for name in route.only_in for span in spans[name] for hours in span["times"]):
            length = _within_a_day(hours["end_time"]) - _within_a_day(hours["start_time"])
            assert _minutes(route.interval) <= length, route.receiver
            assert length < _minutes(route.repeat) <= 24 * 60 - _minutes(route.interval), route.receiver


def test_each_route_is_taken_by_some_alert() -> None:
    blind = {"alertname": "DatasourceNoData"}
    drill = {**LABELS["FindingCritical"], "origin": "drill"}
    taken = {id(route_of(labels)) for labels in (*LABELS.values(), blind, drill)}
    assert [route.receiver for route in ROUTES if id(route) not in taken] == []


@pytest.mark.parametrize(
    ("year", "first", "last"),
    [
        (2026, date(2026, 2, 14), date(2026, 2, 22)),
        (2027, date(2027, 2, 4), date(2027, 2, 10)),
        (2030, date(2030, 1, 31), date(2030, 2, 6)),
    ],
)
def test_tet_is_the_lunar_new_year_in_viet_nam_with_its_days_off(year: int, first: date, last: date) -> None:
    days = quiet.tet_days(Calendar(), year)
    assert (days[0], days[-1]) == (first, last)


def test_quiet_hours_are_in_viet_nams_zone_and_cross_no_midnight() -> None:
    for interval in quiet.time_intervals(Calendar()):
        for span in interval["time_intervals"]:
            assert span["location"] == "Asia/Ho_Chi_Minh"
            for hours in span.get("times", ()):
                assert hours["start_time"] < hours["end_time"]
            assert all(":" not in day for day in span.get("weekdays", ()))


def test_a_month_that_tet_crosses_is_two_entries() -> None:
    spans = list(quiet._spans(quiet.tet_days(Calendar(), 2030)))
    assert [(span["months"], span["days_of_month"]) for span in spans] == [(["1"], ["31:31"]), (["2"], ["1:6"])]
