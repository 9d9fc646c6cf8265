"""Storm and Tết on the simulated real feeds, in memory: people must be told why, and nobody called."""

from typing import Any

from bench.detection.sight import Sight, played
from catalogue.load import Catalogue
from contract.text import number
from producers.simulate.scenarios import Fault
from producers.simulate.weather import TET_FEEDS, storm, tet
from producers.simulate.world import HOUR
from streams.detect.base import INFO
from streams.memory import Result
from streams.storms import STORM

NO_CRY = "no warning, no critical"


def storms(catalogue: Catalogue, seed: int, landfall_ms: int) -> list[Sight]:
    events, faults = storm(catalogue, seed, landfall_ms)
    result = played(catalogue, events)
    return [judged(result, fault) for fault in faults]


def tets(catalogue: Catalogue, seed: int, year: int, feeds: tuple[str, ...] = TET_FEEDS) -> list[Sight]:
    sights = []
    for feed in feeds:
        events, faults = tet(catalogue, seed, year, (feed,))
        result = played(catalogue, events)
        sights += [judged(result, fault) for fault in faults]
    return sights


def judged(result: Result, fault: Fault) -> Sight:
    since = [row for row in _rows(result, "findings", fault) if _ms(row) >= fault.start]
    cries = tuple(sorted({_named(row) for row in since if row["severity"] != INFO}))
    told = [row for row in since if row["rule"] == STORM]
    ledger = _rows(result, "ledger", fault)
    accepted, wrong = (sum(int(row[name]) for row in ledger) for name in ("accepted", "rejected"))
    wanted = fault.visible == f"finding:{STORM}"
    return Sight(
        scenario=fault.type,
        feed=fault.feed,
        how=_how(since, told, accepted),
        after=f"{(_ms(told[0]) - fault.start) / HOUR:.0f} h from landfall" if told and wanted else "",
        bound=("told as one notice, " if wanted else "") + NO_CRY,
        passed=accepted > 0 and not wrong and not cries and (bool(told) or not wanted),
        others=cries,
    )


def _how(since: list[dict[str, Any]], told: list[dict[str, Any]], accepted: int) -> str:
    notices = len({row["finding_id"] for row in since if row["severity"] == INFO and row["rule"] != STORM})
    words = [f"finding {STORM}, {told[0]['severity']}"] if told else []
    words += [f"{notices} other notices" if told else f"{notices} notices"] if notices else []
    return ", ".join([*words, f"{number(accepted, lang='en')} records accepted"])


def _rows(result: Result, table: str, fault: Fault) -> list[dict[str, Any]]:
    return [row for row in result.rows[table].to_pylist() if row["feed"] == fault.feed]


def _ms(row: dict[str, Any]) -> int:
    return round(float(row["at"].timestamp()) * 1000)


def _named(row: dict[str, Any]) -> str:
    return f"{row['rule']} {row['indicator']} {row['unit']} {row['subject']} {row['severity']} at {row['at']}"
