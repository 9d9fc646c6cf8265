"""What goes along with an alert, whoever evaluates it: both languages, addresses, and how a finding is taken.

Grafana reads annotations raw, without the environment, so the address of the desk is left to who delivers the message
(`links.py`); its own address it knows.
"""

from collections.abc import Callable, Mapping

from alerts import links, wording
from alerts.model import Monitor, Named, Rule
from contract import text
from grafana.model import panel_number

LAST_DAY = "from=now-24h&to=now"
_FILL = Callable[[str, str], str]
"""Words and language -> what stands in the annotation."""


def of_grafana(rule: Rule) -> dict[str, str]:
    def fill(words: str, lang: str) -> str:
        threshold = text.number(rule.threshold, rule.decimals, lang)
        return wording.go(words, wording.GRAFANA_VALUE, rule.decimals, threshold, lang)

    found = _all(rule, fill, LAST_DAY, takes="finding_id" in rule.link.variables)
    addresses = {name: "{{ externalURL }}" + found[name][1:] for name in ("board", "board_en", "runbook_url")}
    panel = {"__dashboardUid__": f"{rule.link.board}-vi", "__panelId__": str(panel_number(rule.link.panel))}
    return found | addresses | panel


def of_prometheus(rule: Monitor) -> dict[str, str]:
    def fill(words: str, lang: str) -> str:
        return wording.go(words, wording.PROMETHEUS_VALUE, rule.decimals, "", lang)

    return _all(rule, fill, LAST_DAY, takes=False)


def filled(rule: Rule, labels: Mapping[str, str], value: float, during: str) -> dict[str, str]:
    """As Grafana would have filled them in, but for its own address."""

    def fill(words: str, lang: str) -> str:
        threshold, number = (text.number(x, rule.decimals, lang) for x in (rule.threshold, value))
        return wording.filled(words, labels, number, threshold, lang)

    return _all(rule, fill, during, takes="finding_id" in labels)


def _all(rule: Named, fill: _FILL, during: str, takes: bool) -> dict[str, str]:
    found = {
        "summary": fill(rule.summary[0], "vi"),
        "summary_en": fill(rule.summary[1], "en"),
        "description": fill(rule.description[0], "vi"),
        "description_en": fill(rule.description[1], "en"),
        "board": fill(links.board(rule.link, "vi", during), "vi"),
        "board_en": fill(links.board(rule.link, "en", during), "en"),
        "runbook_url": links.runbook(rule.name),
    }
    if takes:
        found |= {"take": fill(links.TAKE, "vi"), "take_command": fill(links.TAKE_COMMAND, "vi")}
    return found
