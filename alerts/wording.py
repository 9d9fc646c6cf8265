"""Words of a rule, filled in: for Go's templates as Grafana and Prometheus expand them, and here, to the same text.

    {mark}{feed_name}: mất tín hiệu, {value} giờ

Numbers are written as contract/text.py writes them (`1.234,5`), in Go by pattern, since its templates know no language.
"""

import re
from collections.abc import Callable, Mapping

from contract import text

PLACE = re.compile(r"\{(\w+)\}")
MARKS = {"drill": ("[DIỄN TẬP] ", "[DRILL] "), "simulated": ("[MÔ PHỎNG] ", "[SIMULATED] ")}
GRAFANA_VALUE = "$values.B.Value"
PROMETHEUS_VALUE = "$value"


def filled(words: str, labels: Mapping[str, str], value: str, threshold: str, lang: str) -> str:
    """The words as they are read. Raises KeyError for a place that nothing is known of."""
    given = {**labels, "value": value, "threshold": threshold, "mark": mark(labels, lang)}
    return PLACE.sub(lambda place: given[place[1]], words)


def mark(labels: Mapping[str, str], lang: str) -> str:
    return text.choose(*MARKS.get(labels.get("origin", ""), ("", "")), lang=lang)


def go(words: str, value: str, decimals: int, threshold: str, lang: str) -> str:
    """The same as a template of Go; `value` is the expression that has the number."""
    known: dict[str, Callable[[], str]] = {
        "value": lambda: go_number(value, decimals, lang),
        "threshold": lambda: threshold,
        "mark": lambda: _go_mark(lang),
    }

    def put(place: re.Match[str]) -> str:
        name = place[1]
        return known[name]() if name in known else f"{{{{ $labels.{name} }}}}"

    return PLACE.sub(put, words)


def go_number(value: str, decimals: int, lang: str) -> str:
    """Thousands apart, twice over: enough below a thousand million."""
    point, comma = (",", ".") if lang == "vi" else (".", ",")
    steps = [f'printf "%.{decimals}f" {value}']
    if lang == "vi":
        steps.append('reReplaceAll "[.]" ","')
    steps.append(f'reReplaceAll "([0-9])([0-9]{{3}})([{point}]|$)" "$1{comma}$2$3"')
    steps.append(f'reReplaceAll "([0-9])([0-9]{{3}})([{comma}])" "$1{comma}$2$3"')
    return "{{ " + " | ".join(steps) + " }}"


def _go_mark(lang: str) -> str:
    cases = [f'if eq $labels.origin "{origin}" }}}}{text.choose(*words, lang=lang)}' for origin, words in MARKS.items()]
    return "{{ " + "{{ else ".join(cases) + "{{ end }}"
