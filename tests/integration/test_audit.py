"""The check that never stops, on the real services: quiet when all is well, and it sees what is not."""

import time

import pytest

from catalogue.load import load
from clickhouse.client import connect
from contract.settings import Settings
from nhip.asking import ask
from nhip.audit import Audit, rows_of
from nhip.audit_account import Account
from nhip.canary import FEED, Canary, sender
from nhip.check_lines import BAD, LOOK, OK, Offsets, continuity
from tests.databases import writing
from tests.integration.installation import installed

pytestmark = pytest.mark.integration
LOOKED_AT = ("lost", "late", "balance", "stored", "doubled", "detached")


def test_a_round_is_quiet_while_all_is_well_and_a_record_that_vanished_is_told(
    kafka: Settings, engine: Settings
) -> None:
    with installed(engine, "audited") as one:
        one.start()
        reader = connect(one.settings, "reader")
        canary = Canary(reader, sender(one.settings, load().feeds[FEED]))
        audit = Audit(reader, one.settings)
        first = audit.round(round(time.time() * 1000))
        line = canary.round()
        assert (line.level, line.question) == (OK, "canary")
        assert canary.seconds is not None
        assert canary.seconds < 20.0
        canary.round()
        second = audit.round(round(time.time() * 1000))
        levels = {line.question: line.level for line in second}
        assert {question: levels[question] for question in LOOKED_AT} == dict.fromkeys(LOOKED_AT, OK)
        assert next(line for line in second if line.question == "balance").numbers["accepted"] == 2
        one.store.insert("checks", rows_of(1_795_000_000_000, [*first, *second]))
        assert one.one("SELECT count() FROM checks WHERE question = 'lost' AND level = 0") == (2,)

        gone = f"ALTER TABLE figures DELETE WHERE feed = '{FEED}' AND offset = 1 SETTINGS mutations_sync = 1"
        one.store.command(gone)
        third = audit.round(round(time.time() * 1000))
        stored = next(line for line in third if line.question == "stored")
        assert (stored.level, stored.numbers["lost"]) == (BAD, 1)


OFFSETS: Offsets = {"nhip.figures": {3: (0, 9)}}
MESSAGE = "INSERT INTO ledger (topic, partition, offset, kind, disposition, arrived_at, stored_at) VALUES "


@pytest.mark.parametrize(("stored_ago_s", "expected"), [(1, OK), (3600, LOOK)])
def test_a_partition_that_catches_up_old_messages_moves_and_one_that_writes_nothing_does_not(
    engine: Settings, stored_ago_s: int, expected: int
) -> None:
    with writing(engine, f"nhip_catching_up_{stored_ago_s}") as store:
        row = f"('nhip.figures', 3, 0, 'records', 'stored', now64(3) - 172800, now64(3) - {stored_ago_s})"
        store.command(MESSAGE + row)
        first, account = ask(store, "check_ledger"), Account([])
        account.follow(ask(store, "audit_ledger", since=0))
    for ledger in (first, account.rows()):
        levels = {line.question: line.level for line in continuity(ledger, OFFSETS)}
        assert levels == {"lost": OK, "late": expected}
