"""Every board, written out. A board is in Grafana and in `nhip boards` when it stands here."""

from grafana.boards import (
    analysts,
    feed,
    finding,
    findings,
    known,
    ops_cabinet,
    ops_centre,
    ops_daily,
    ops_documents,
    ops_economy,
    ops_egov,
    ops_energy,
    ops_platforms,
    ops_population,
    ops_portal,
    ops_procedures,
    ops_reporting,
    ops_water,
    overview,
    platform,
    runbooks,
    unit,
    wall_centre,
    wall_portal,
    wall_telemetry,
)
from grafana.model import Board

BOARDS: tuple[Board, ...] = (
    wall_centre.BOARD,
    wall_portal.BOARD,
    wall_telemetry.BOARD,
    overview.BOARD,
    findings.BOARD,
    finding.BOARD,
    unit.BOARD,
    feed.BOARD,
    known.BOARD,
    platform.BOARD,
    analysts.BOARD,
    ops_cabinet.BOARD,
    ops_centre.BOARD,
    ops_daily.BOARD,
    ops_documents.BOARD,
    ops_economy.BOARD,
    ops_egov.BOARD,
    ops_energy.BOARD,
    ops_platforms.BOARD,
    ops_population.BOARD,
    ops_portal.BOARD,
    ops_procedures.BOARD,
    ops_reporting.BOARD,
    ops_water.BOARD,
    runbooks.BOARD,
)


def board(uid: str) -> Board:
    """By its uid without language, or by what follows `nhip-`. Raises KeyError."""
    for found in BOARDS:
        if uid in (found.uid, found.uid.removeprefix("nhip-")):
            return found
    raise KeyError(uid)
