"""Where alerts lead: every board and panel that they name stands here, and nowhere else in `alerts/`.

An address that begins with / is below Grafana's own; what begins with `desk:` is below the desk's. Who delivers a
message knows both (`delivery.py`, `nhip/alerts_delivery.py`).
"""

from alerts.model import Link
from grafana import runbooks
from grafana.model import panel_number

FEED = Link("nhip-feed", "states", ("feed",))
CENTRE = Link("nhip-wall-centre", "feeds")
FINDINGS = Link("nhip-findings", "open", ("feed",))
FINDINGS_OF_UNIT = Link("nhip-findings", "open", ("unit",))
FINDING = Link("nhip-finding", "judged", ("finding_id",))
UNIT = Link("nhip-unit", "kinds", ("unit",))
TARGETS = Link("nhip-ops-daily", "met")
PIPELINE = Link("nhip-platform", "intake")
LEDGER = Link("nhip-platform", "ledger")
FRESHNESS = Link("nhip-platform", "freshness")
STORE = Link("nhip-platform", "engine")

TAKE = "desk:/f/{finding_id}"
TAKE_COMMAND = "nhip findings take {finding_id}"
"""Where a finding is taken, and the command that does the same."""


def board(link: Link, lang: str, during: str) -> str:
    """`during`: the time range as Grafana writes it in an address, or a placeholder for it."""
    variables = "".join(f"var-{name}={{{name}}}&" for name in link.variables)
    return f"/d/{link.board}-{lang}?{variables}{during}"


def runbook(name: str) -> str:
    return f"/d/{runbooks.UID}-vi?viewPanel={panel_number(name)}"
