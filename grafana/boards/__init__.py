"""Every board, written out. A board is in Grafana and in `nhip boards` when it stands here."""

from grafana.boards import overview, runbooks, wall_centre
from grafana.model import Board

BOARDS: tuple[Board, ...] = (
    wall_centre.BOARD,
    overview.BOARD,
    runbooks.BOARD,
)


def board(uid: str) -> Board:
    """By its uid without language, or by what follows `nhip-`. Raises KeyError."""
    for found in BOARDS:
        if uid in (found.uid, found.uid.removeprefix("nhip-")):
            return found
    raise KeyError(uid)
