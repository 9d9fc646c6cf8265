"""Who is told: one list of routes, the first that fits is taken. And what silences what.

Whatever is critical is never muted, and nothing that may be muted silences it: an alert that sleeps through the night
would else keep another one from calling.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from alerts.quiet import HOLIDAYS, MORNING, NIGHT, TET, WEEKEND

Matcher = tuple[str, str, str]
"""Label, operator (=, =~ or !~), value."""


class Route(msgspec.Struct, frozen=True, kw_only=True):
    matchers: tuple[Matcher, ...]
    receiver: str
    group_by: tuple[str, ...] = ("rule",)
    """By rule, not by unit: of a trouble in the whole country there is one message with the count inside."""
    wait: str = "30s"
    interval: str = "5m"
    repeat: str
    muted: tuple[str, ...] = ()
    only_in: tuple[str, ...] = ()

    def fits(self, labels: Mapping[str, str]) -> bool:
        return _all_fit(labels, self.matchers)


class Inhibition(msgspec.Struct, frozen=True):
    source: tuple[Matcher, ...]
    """With SEES: a rule that is blind has said nothing that could silence another."""
    target: tuple[Matcher, ...]
    equal: tuple[str, ...]
    why: str


CRITICAL, WARNING = ("severity", "=", "critical"), ("severity", "=", "warning")
OFFICE = (NIGHT, WEEKEND, TET, HOLIDAYS)
SHIFT = (NIGHT, TET)
"""The shift works through weekends; what can wait does not wake it."""
CATCH_ALL = "platform-mail"
"""An alert that nobody thought of is not lost."""
BLIND: Matcher = ("alertname", "=~", "DatasourceError|DatasourceNoData")
"""Grafana's name for an alert of a rule that cannot ask the store. It has all labels of its rule."""
SEES: Matcher = ("alertname", "!~", "Datasource.*")

_SIGN_OF_LIFE: dict[str, Any] = {"wait": "0s", "interval": "1m", "repeat": "5m"}
ROUTES = (
    # A rule that is blind is the operators' business, not the shift's; a sign of life that cannot ask is none.
    Route(matchers=(BLIND,), receiver="platform-mail", group_by=("alertname",), repeat="4h"),
    Route(matchers=(("rule", "=", "AlertsAlive"),), receiver="alive-grafana", **_SIGN_OF_LIFE),
    Route(matchers=(("rule", "=", "Watchdog"),), receiver="alive-prometheus", **_SIGN_OF_LIFE),
    Route(matchers=(("origin", "=", "drill"),), receiver="drill-mail", repeat="12h"),
    Route(matchers=(CRITICAL, ("audience", "=", "platform")), receiver="platform-page", repeat="1h"),
    Route(
        matchers=(CRITICAL, ("audience", "=", "leaders")),
        receiver="leaders-page",
        group_by=("rule", "feed"),
        repeat="1h",
    ),
    Route(matchers=(CRITICAL, ("audience", "=", "head")), receiver="head-page", group_by=("rule", "feed"), repeat="1h"),
    Route(matchers=(CRITICAL,), receiver="operations-page", group_by=("rule", "feed"), repeat="1h"),
    Route(matchers=(WARNING, ("audience", "=", "platform")), receiver="platform-mail", repeat="12h", muted=OFFICE),
    Route(matchers=(WARNING, ("audience", "=", "leaders")), receiver="leaders-mail", repeat="24h", muted=OFFICE),
    Route(matchers=(WARNING,), receiver="operations-mail", repeat="12h", muted=SHIFT),
    Route(
        # A group is looked at once an interval from its birth on: with a longer one than the morning has hours, most
        # groups would never be looked at in a morning.
        matchers=(("severity", "=", "info"),),
        receiver="review-digest",
        wait="5m",
        interval="1h",
        repeat="23h",
        muted=(WEEKEND, TET, HOLIDAYS),
        only_in=(MORNING,),
    ),
)

_STANDSTILL = "DataStandsStill|NhipStoreAway|NhipTicksStopped|NhipWorkerDown"
_INDICATORS = "CompletenessLow|FindingsWarning|OverdueRising|FigureBehindTarget"
INHIBITIONS = (
    Inhibition(
        (("rule", "=~", _STANDSTILL), SEES),
        (("rule", "=~", "FeedSilent|FeedLost|FeedsSilentMany|CompletenessLow|NhipLagGrowing|NhipFreshness.*"),),
        (),
        "while no clock moves, nobody can be called silent or slow",
    ),
    Inhibition(
        (("rule", "=", "DataStandsStill"), SEES),
        (BLIND,),
        (),
        "the store does not answer any of the rules",
    ),
    Inhibition(
        (("rule", "=", "FeedsSilentMany"), SEES),
        (("rule", "=~", "FeedSilent|FeedLost|CompletenessLow"),),
        (),
        "many at once have one cause, and one message",
    ),
    Inhibition(
        (("rule", "=", "FeedLost"), SEES),
        (("rule", "=~", f"FeedSilent|FindingCritical|{_INDICATORS}"),),
        ("feed",),
        "a feed that is lost silences its indicators",
    ),
    Inhibition(
        (("rule", "=", "FeedSilent"), SEES),
        (("rule", "=~", _INDICATORS),),
        ("feed",),
        "a silent feed silences its indicators, but for what calls",
    ),
    Inhibition(
        (("rule", "=", "NhipFreshnessBurningFast"), SEES),
        (("rule", "=~", "NhipFreshnessBurning|NhipFreshnessBurningSlowly"),),
        (),
        "the gravest form of the same says it all",
    ),
)


def route_of(labels: Mapping[str, str]) -> Route | None:
    """The route that an alert with these labels takes; None: the catch-all."""
    return next((route for route in ROUTES if route.fits(labels)), None)


def receiver_of(labels: Mapping[str, str]) -> str:
    found = route_of(labels)
    return found.receiver if found else CATCH_ALL


def silenced(labels: Mapping[str, str], firing: Sequence[Mapping[str, str]]) -> Inhibition | None:
    """What keeps an alert from being told while those fire."""
    for found in INHIBITIONS:
        if not _all_fit(labels, found.target):
            continue
        for other in firing:
            same = all(labels.get(name, "") == other.get(name, "") for name in found.equal)
            if same and _all_fit(other, found.source) and not _all_fit(other, found.target):
                return found
    return None


def _all_fit(labels: Mapping[str, str], matchers: tuple[Matcher, ...]) -> bool:
    return all(_fits(labels.get(label, ""), operator, value) for label, operator, value in matchers)


def _fits(given: str, operator: str, value: str) -> bool:
    if operator == "=":
        return given == value
    return (re.fullmatch(value, given) is not None) is (operator == "=~")


def matcher(found: Matcher) -> str:
    label, operator, value = found
    return f'{label}{operator}"{value}"'


def as_route(route: Route) -> dict[str, Any]:
    """As Alertmanager reads it."""
    found: dict[str, Any] = {
        "matchers": [matcher(one) for one in route.matchers],
        "receiver": route.receiver,
        "group_by": list(route.group_by),
        "group_wait": route.wait,
        "group_interval": route.interval,
        "repeat_interval": route.repeat,
    }
    if route.muted:
        found["mute_time_intervals"] = list(route.muted)
    if route.only_in:
        found["active_time_intervals"] = list(route.only_in)
    return found
