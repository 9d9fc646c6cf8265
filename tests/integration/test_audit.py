"""The check that never stops, on the real services: quiet when all is well, and it sees what is not."""

import time

import pytest

from catalogue.load import load
from clickhouse.client import connect
from contract.settings import Settings
from nhip.audit import Audit, rows_of
from nhip.canary import FEED, Canary, sender
from nhip.check_lines import BAD, OK
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
