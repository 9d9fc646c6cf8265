"""What to do when an alert calls: alerts/runbooks.md, drawn where the reader already is."""

from contract.settings import CHECKOUT
from grafana import runbooks

BOARD = runbooks.board((CHECKOUT / "alerts" / "runbooks.md").read_text(encoding="utf-8"))
