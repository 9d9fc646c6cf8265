"""`nhip watch`: a board in the terminal, live; the overview unless another is named.

It is the board that Grafana has, drawn from the same declaration. It reads the store like any client and knows no more.
"""

import sys
import threading
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from rich.console import Console
from rich.live import Live

from clickhouse.client import connect
from contract import text
from contract.errors import StoreError
from contract.settings import Settings
from grafana.boards import board as board_of
from grafana.model import Board
from nhip.asking import Reader, ask
from nhip.boards.ask import Answer, ask_all, defaults, moment_ms
from nhip.boards.draw import Screen, Situation
from nhip.boards.words import word

OVERVIEW = "overview"
REDRAW_S = 1.0
LINE_S = 5.0
AWAY = (ConnectionError, StoreError, OSError)
Answers = Mapping[str, Answer]


class Latest:
    """The newest answers, and since when there are none newer. Filled by a thread of its own: a store that hangs must
    not freeze the screen's own clock."""

    def __init__(self, open_store: Callable[[], Reader], board: Board, lang: str) -> None:
        self._open, self._board, self._lang = open_store, board, lang
        self._variables = defaults(board, lang)
        self._store: Reader | None = None
        self._lock = threading.Lock()
        self._answers: Answers = {}
        self._answered_at = self._asked_at = time.monotonic()
        self._away_since: float | None = None

    def ask(self) -> None:
        """One try. Never raises what a store that is away raises."""
        self._asked_at = time.monotonic()
        try:
            if self._store is None:
                self._store = self._open()
            until = moment_ms(self._store, now_ms())
            answers = ask_all(self._store, self._board, until, self._lang, self._variables)
        except AWAY as error:
            with self._lock:
                self._store = None if isinstance(error, ConnectionError) else self._store
                self._away_since = self._away_since or self._asked_at
            return
        with self._lock:
            self._answers, self._answered_at = answers, time.monotonic()
            self._away_since = None

    def now(self) -> tuple[Answers, Situation]:
        now = time.monotonic()
        with self._lock:
            away = None if self._away_since is None else now - self._away_since
            return self._answers, Situation(now - self._answered_at, away)

    def keep_asking(self, stop: threading.Event) -> None:
        while not stop.wait(REDRAW_S if self._answers or self._away_since else 0.0):
            self.ask()


class Bell:
    """Rings once for each critical finding that was not there when the board began."""

    def __init__(self) -> None:
        self._known: frozenset[str] | None = None

    def is_due(self, answers: Answers) -> bool:
        ids = critical_ids(answers)
        new = frozenset() if self._known is None else ids - self._known
        self._known = ids | (self._known or frozenset())
        return bool(new)


def critical_ids(answers: Answers) -> frozenset[str]:
    rows = answers["findings"].rows if "findings" in answers else ()
    found = (str(row["finding_ids"]).split() for row in rows if row["severity"] == "critical")
    return frozenset(id for ids in found for id in ids)


def now_ms() -> int:
    return int(datetime.now(UTC).timestamp() * 1000)


def run(
    settings: Settings,
    stop: threading.Event | None = None,
    lang: str = "vi",
    bell: bool = False,
    plain: bool = False,
    console: Console | None = None,
    board: Board | None = None,
) -> None:
    """Shows the board until `stop` is set or Ctrl-C. Without a terminal: a line of state every few seconds."""
    console = console or Console()
    stop = stop or threading.Event()
    shown = board or board_of(OVERVIEW)
    latest = Latest(lambda: connect(settings, role="reader"), shown, lang)
    own_stop = threading.Event()
    asking = threading.Thread(target=latest.keep_asking, args=(own_stop,), name="board", daemon=True)
    asking.start()
    try:
        if plain or not console.is_terminal:
            _lines(latest, stop, lang, console)
        else:
            _screen(latest, shown, stop, lang, Bell() if bell else None, console)
    except KeyboardInterrupt:
        pass
    finally:
        own_stop.set()
        asking.join(2.0)


def _screen(
    latest: Latest, board: Board, stop: threading.Event, lang: str, bell: Bell | None, console: Console
) -> None:
    with Live(console=console, screen=True, auto_refresh=False, vertical_overflow="crop") as live:
        while not stop.is_set():
            answers, situation = latest.now()
            live.update(Screen(board, answers, situation, lang), refresh=True)
            if bell and answers and bell.is_due(answers):
                console.bell()
            stop.wait(REDRAW_S if answers else 0.2)


def _lines(latest: Latest, stop: threading.Event, lang: str, console: Console) -> None:
    while not stop.is_set():
        answers, situation = latest.now()
        if not answers and situation.away_s is None:
            stop.wait(0.1)
            continue
        console.print(line_of(answers, situation, lang), soft_wrap=True, highlight=False, markup=False)
        sys.stdout.flush()
        stop.wait(LINE_S)


def line_of(answers: Answers, situation: Situation, lang: str) -> str:
    """The board's stats in one line, for a pipe or a log."""
    if situation.away_s is not None or not answers:
        return f"✖ {word('store_away', lang)} · {text.duration(situation.away_s, lang)}"
    return " · ".join(stat_of(answer, lang) for answer in answers.values() if answer.panel.kind == "stat")


def stat_of(answer: Answer, lang: str) -> str:
    title = text.choose(*answer.panel.title, lang=lang)
    return f"{title[:1].lower()}{title[1:]} {answer.rows[0]['text'] if answer.rows else answer.problem}"


def summary(store: Reader, lang: str = "vi") -> list[str]:
    """The last lines of a run: connections by state, findings, freshness, records."""
    shown = board_of(OVERVIEW)
    answers = ask_all(store, shown, moment_ms(store, now_ms()), lang, defaults(shown, lang))
    (totals,) = ask(store, "ledger_totals")
    found = (f"{text.choose(vi, en, lang)} {text.number(int(totals[key]), 0, lang)}" for key, vi, en in _TOTALS)
    counts = ", ".join(found)
    in_ledger = text.choose("bản ghi trong sổ cái", "records in the ledger", lang)
    lines = [stat_of(answers[key], lang) for key in ("counts", "open", "intake")]
    return [*lines, f"{text.number(int(totals['records']), 0, lang)} {in_ledger}: {counts}"]


_TOTALS = (
    ("accepted", "được nhận", "accepted"),
    ("rejected", "từ chối", "rejected"),
    ("duplicates", "trùng", "duplicates"),
    ("late", "muộn", "late"),
)
