"""Words of rules, filled in here and as Go's templates: the same text."""

import re

import pytest

from alerts import wording
from alerts.model import Monitor, Rule
from alerts.monitor import MONITORS
from alerts.rules import RULES
from contract import text

STEP = re.compile(r'reReplaceAll "([^"]*)" "([^"]*)"')


def as_go_prints(template: str, value: float) -> str:
    """What Go makes of a chain of `printf` and `reReplaceAll`, in Python."""
    decimals = re.search(r'printf "%\.(\d)f"', template)
    assert decimals
    found = f"{value:.{decimals[1]}f}"
    for pattern, into in STEP.findall(template):
        found = re.sub(pattern, into.replace("$1", r"\1").replace("$2", r"\2").replace("$3", r"\3"), found)
    return found


@pytest.mark.parametrize("lang", text.LANGUAGES)
@pytest.mark.parametrize("decimals", [0, 1, 2])
@pytest.mark.parametrize("value", [0.0, 7.0, 12.6, 999.96, 1000.0, 23444.0, 100000.26, 54939123.0, -1234.6])
def test_a_number_in_gos_templates_is_the_number_that_we_print(value: float, decimals: int, lang: str) -> None:
    """But for exact ties: Go rounds those to the even digit, we away from zero."""
    template = wording.go_number("$values.B.Value", decimals, lang)
    assert as_go_prints(template, value) == text.number(value, decimals, lang)


def test_words_are_filled_from_labels_value_and_threshold() -> None:
    labels = {"feed_name": "Phụ tải", "origin": "simulated"}
    said = wording.filled("{mark}{feed_name}: {value} trên {threshold}", labels, "1.234", "900", "vi")
    assert said == "[MÔ PHỎNG] Phụ tải: 1.234 trên 900"
    assert wording.filled("{mark}x", {"origin": "drill"}, "", "", "en") == "[DRILL] x"
    assert wording.filled("{mark}x", {"origin": "real"}, "", "", "vi") == "x"


def test_words_that_name_an_unknown_label_are_an_error_and_no_gap() -> None:
    with pytest.raises(KeyError, match="unit_nam"):
        wording.filled("{unit_nam}", {"unit_name": "Hà Nội"}, "", "", "vi")


def test_gos_template_reads_labels_and_the_reduced_value() -> None:
    made = wording.go("{mark}{unit_name}: {value}/{threshold}", wording.GRAFANA_VALUE, 0, "20", "vi")
    assert "{{ $labels.unit_name }}" in made
    assert "$values.B.Value" in made
    assert made.endswith("/20")
    assert '{{ else if eq $labels.origin "simulated" }}[MÔ PHỎNG] {{ end }}' in made
    assert made.count("{{") == made.count("}}")


@pytest.mark.parametrize("rule", [*RULES, *MONITORS], ids=lambda rule: rule.name)
def test_a_rule_says_the_same_in_both_languages(rule: Rule | Monitor) -> None:
    """The twins name the same things, but for names that have a twin themselves."""
    for vi, en in (rule.summary, rule.description, rule.title):
        assert vi, rule.name
        assert en, rule.name
        places = [{place.removesuffix("_en") for place in wording.PLACE.findall(words)} for words in (vi, en)]
        assert places[0] == places[1], rule.name
        assert not [place for place in wording.PLACE.findall(vi) if place.endswith("_en")], rule.name


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_a_rule_on_the_store_has_one_threshold_and_says_it(rule: Rule) -> None:
    assert (rule.above is None) != (rule.below is None)
    if rule.severity != "watch":
        assert "Ngưỡng" in rule.description[0] or "ngưỡng" in rule.description[0]
        assert "hreshold" in rule.description[1]


@pytest.mark.parametrize("rule", MONITORS, ids=lambda rule: rule.name)
def test_a_rule_on_metrics_says_its_threshold(rule: Monitor) -> None:
    if rule.severity != "watch":
        assert "gưỡng" in rule.description[0] or "hơn" in rule.description[0] or "quá" in rule.description[0]
