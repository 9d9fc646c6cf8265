"""What somebody may do with a finding now: the moves of the log, and who opens again what was closed."""

from contract.handling import CLOSED, REOPENED, possible
from nhip.accounts import LEAD, Account
from nhip.findings_read import Finding


def may_reopen(finding: Finding, account: Account) -> bool:
    """What was closed a lead opens again; where the data opened it again, whoever sees it."""
    return finding.handling != CLOSED or finding.again or account.role == LEAD


def steps(finding: Finding, account: Account) -> list[str]:
    """The steps that are open to somebody, in their usual order."""
    found = possible(finding.held, account.id)
    return [step for step in found if step != REOPENED or may_reopen(finding, account)]
