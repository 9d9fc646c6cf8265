"""Panels that speak of one kind of thing only: with which choice each is asked, so that it has something to say."""

from collections.abc import Mapping

from clickhouse.client import Store
from grafana.model import Board, Panel

OF_A_CASE = "SELECT toString(max(finding_id)) FROM findings_in_force WHERE case_id != ''"
OF_A_FIGURE = """
    SELECT toString(max(finding_id)) FROM findings_in_force WHERE rule = 'jump' AND sentence_en LIKE '% below %'
"""
A_MONTH_AGO = """
    SELECT formatDateTime(max(clock) - INTERVAL 31 DAY, '%Y-%m-%d %H:%i', 'Asia/Ho_Chi_Minh') FROM feed_states
"""

EXAMPLES = {
    ("nhip-finding", "done"): ("finding_id", "SELECT toString(max(finding_id)) FROM finding_actions"),
    ("nhip-finding", "judged"): ("finding_id", OF_A_FIGURE),
    ("nhip-finding", "records"): ("finding_id", OF_A_FIGURE),
    ("nhip-finding", "steps"): ("finding_id", OF_A_CASE),
    ("nhip-known", "changed"): ("as_of", A_MONTH_AGO),
    ("nhip-known", "later"): ("as_of", A_MONTH_AGO),
    ("nhip-unit", "revisions"): ("unit", "SELECT 'VN'"),
}
"""The variable, and a query that finds a value for it."""


def with_example(store: Store, board: Board, panel: Panel, given: Mapping[str, str]) -> dict[str, str]:
    """The choices, with the panel's example among them where it has one."""
    name, sql = EXAMPLES.get((board.uid, panel.key), ("", ""))
    if not name:
        return dict(given)
    ((value,),) = store.query(sql)
    return {**given, name: str(value)}
