"""Pieces of the rules' queries. The time that counts as now is `$__toTime`, so that a rule can be asked of any moment.

A finding's state carries the hysteresis (it opens and closes at different strengths), so the queries only ask whether
it was open then. What closed within the hour is given with 0: its alert ends by its value.
"""

from contract.lanes import FAMILIES, of_lanes

NOW = "$__toTime AS t"
IS_OPEN = "(f.opened_at <= t AND (f.closed_at IS NULL OR f.closed_at > t))"
"""`opened_at`: when it was known. A finding about a period is `at` the period's first day, up to a year before."""
LATELY = (
    "(f.opened_at <= t AND f.at > t - INTERVAL 500 DAY AND (f.closed_at IS NULL OR f.closed_at > t - INTERVAL 1 HOUR))"
)
LIVE_FEEDS = "s.system NOT IN ('drill', 'nhip')"
"""Drills and replays speak when they are made to; the canary is watched by Prometheus."""

ALL = "'all' AS system, 'all' AS feed"
"""Of a rule that is about no one connection."""


def listed(names: tuple[str, ...]) -> str:
    return ", ".join(f"'{name}'" for name in names)


CALLING = listed(tuple(rule for rule in of_lanes("A", "B") if rule != "silent"))
"""Findings that may call: lanes A and B. Silence has rules of its own."""
EVIDENCE = listed(of_lanes("C"))


def family_name(lang: str) -> str:
    """The words for a finding's rule; one without words is named by its id."""
    ids = listed(tuple(FAMILIES))
    words = listed(tuple(getattr(family, lang) for family in FAMILIES.values()))
    return f"transform(toString(f.rule), [{ids}], [{words}], toString(f.rule))"


FEED_LABELS = """
    toString(s.system) AS system, toString(s.feed) AS feed, s.name_vi AS feed_name, s.name_en AS feed_name_en,
    if(s.contact = '', 'chưa có', s.contact) AS contact
""".strip()
"""`contact` is a role ("Trực ban NSMO"). Its telephone number stands nowhere but in the store's own table."""

STATES = "feed_states_at(at = $__toTime)"
ORIGIN = "multiIf(o.feed = '', 'unknown', o.simulated, 'simulated', 'real') AS origin"
"""Of a feed, with STATES AS o. Labels must not be empty: Grafana prints `[no value]` for those."""
ANY_ORIGIN = f"(SELECT if(max(simulated), 'simulated', 'real') FROM {STATES})"
"""Of a rule over many feeds. Never of the rows found: it would change with them, and labels must not."""

FINDING_LABELS = f"""
    {FEED_LABELS},
    if(f.unit = '', 'VN', toString(f.unit)) AS unit,
    if(u.name_vi = '', 'cả kết nối', u.name_vi) AS unit_name,
    if(u.name_en = '', 'the whole feed', u.name_en) AS unit_name_en,
    if(i.name_vi = '', s.name_vi, i.name_vi) AS what, if(i.name_en = '', s.name_en, i.name_en) AS what_en,
    toString(f.rule) AS family, {family_name("vi")} AS family_name, {family_name("en")} AS family_name_en,
    multiIf(f.drill, 'drill', f.simulated, 'simulated', 'real') AS origin, toString(f.finding_id) AS finding_id,
    instant_vi(f.opened_at) AS since
""".strip()
WITH_NAMES = """
LEFT JOIN feeds AS s ON s.feed = f.feed
LEFT JOIN units AS u ON u.unit = f.unit
LEFT JOIN indicators AS i ON i.indicator = f.indicator
""".strip()
