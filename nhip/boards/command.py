"""`nhip boards`: lists the boards, or shows one as it is now or was then."""

import argparse
from datetime import datetime

from rich.console import Console

from clickhouse.client import connect
from contract import text
from contract.errors import NhipError
from contract.settings import Settings
from grafana.boards import BOARDS, board
from grafana.model import Board
from nhip import watch
from nhip.boards.ask import ask_all, defaults, moment_ms
from nhip.boards.draw import Screen, Situation
from nhip.words import say


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("action", nargs="?", choices=("list", "show"), default="list")
    parser.add_argument("board", nargs="?", default=watch.OVERVIEW, help="nhip-wall-centre, wall-centre, …")
    parser.add_argument("--at", type=_local, metavar="'2026-11-21 09:00'", help="as it was at this local time")
    parser.add_argument("--set", dest="given", action="append", default=[], metavar="NAME=VALUE", help="a variable")
    parser.add_argument("--watch", action="store_true", help="keep asking")
    parser.add_argument("--lines", type=int, metavar="N", help="height, where the terminal's is not meant")


def run(settings: Settings, arguments: argparse.Namespace) -> int:
    lang = arguments.lang
    if arguments.action == "list":
        print("\n".join(f"{b.uid.removeprefix('nhip-'):<18}{text.choose(*b.title, lang=lang)}" for b in BOARDS))
        return 0
    shown = _named(arguments.board)
    if arguments.watch:
        watch.run(settings, lang=lang, board=shown)
        return 0
    store = connect(settings, role="reader")
    until = int(arguments.at.timestamp() * 1000) if arguments.at else moment_ms(store, watch.now_ms())
    answers = ask_all(store, shown, until, lang, defaults(shown, lang) | _variables(shown, arguments.given))
    console = Console(height=arguments.lines or height_of(shown))
    console.print(Screen(shown, answers, Situation(), lang), end="")
    return 1 if any(answer.problem for answer in answers.values()) else 0


def height_of(shown: Board) -> int:
    """Lines enough for what the board holds in Grafana: a row of its grid is a line and a half."""
    return sum(row.height * 3 // 2 + 1 for row in shown.rows)


def _named(name: str) -> Board:
    try:
        return board(name)
    except KeyError:
        known = ", ".join(b.uid.removeprefix("nhip-") for b in BOARDS)
        raise NhipError(say(f"không có bảng {name}; có {known}", f"no board {name}; there are {known}")) from None


def _variables(shown: Board, given: list[str]) -> dict[str, str]:
    names = {variable.name for variable in shown.variables}
    found = dict(one.split("=", 1) for one in given if "=" in one)
    for one in given:
        if one.split("=", 1)[0] not in names or "=" not in one:
            known = ", ".join(f"{name}=…" for name in sorted(names)) or say("bảng này không có", "this board has none")
            raise NhipError(f"--set {one}: {known}")
    return found


def _local(given: str) -> datetime:
    try:
        return datetime.fromisoformat(given).replace(tzinfo=text.LOCAL)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{given}: 2026-11-21 09:00") from None
