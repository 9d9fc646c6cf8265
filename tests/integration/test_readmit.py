"""A unit that the catalogue lacked: its records are refused, the catalogue is put right, and they come in once."""

import argparse
import json
import shutil
import time
from pathlib import Path

import msgspec
import pytest

from contract.settings import CHECKOUT, Settings
from nhip import readmit
from tests.integration.installation import Installation, installed

UNIT = (
    '  { id = "H99", name_vi = "Tỉnh mới", name_en = "A new province", level = "province", parent = "VN", order = 900, '
    "valid_from = 2025-07-01, latitude = 21.0, longitude = 105.7 },\n]"
)


def figure(unit: str, value: float) -> dict[str, object]:
    now = round(time.time() * 1000)
    return {
        **{"feed": "drill-figures", "unit": unit, "indicator": "drill-value", "value": value},
        **{"event_at": now - 1_000, "sent_at": now, "simulated": True},
    }


def counts(installation: Installation) -> tuple[int, ...]:
    return tuple(installation.one("SELECT (SELECT count() FROM figures), (SELECT count() FROM rejected)"))


def again(settings: Settings, *, send: bool) -> int:
    return readmit.run(settings, argparse.Namespace(reason=["unknown_unit"], feed="", days=1.0, send=send))


def test_refused_records_come_in_after_the_catalogue_was_put_right(
    kafka: Settings, engine: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    catalogue = tmp_path / "catalogue"
    shutil.copytree(CHECKOUT / "catalogue", catalogue, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    both = msgspec.structs.replace(engine, kafka_port=kafka.kafka_port)
    with installed(both, "readmit", catalogue=str(catalogue), tick_s=0.5) as installation:
        settings = installation.settings
        installation.start()
        records = [figure("H26", 1.0), figure("H99", 2.0), figure("H99", 3.0)]
        installation.send(settings.topics.inbox, 0, json.dumps(records).encode())
        installation.until(lambda: counts(installation) == (1, 2), "two records to be refused")
        installation.terminate()

        units = catalogue / "units.toml"
        units.write_text(units.read_text().rstrip().removesuffix("]") + UNIT)
        installation.start()
        assert again(settings, send=False) == 0
        assert counts(installation) == (1, 2), "without --send it only counts"
        assert again(settings, send=True) == 0
        installation.until(lambda: counts(installation)[0] == 3, "the two to come in")
        again(settings, send=True)
        installation.caught_up()
        assert counts(installation) == (3, 2), "sent twice they are known"
        [duplicates] = installation.one("SELECT sum(duplicates) FROM ledger")
        assert duplicates == 2
    assert "2 bản ghi" in capsys.readouterr().out
