"""`nhip watch`: the live board in the terminal. It reads the store like any other client, and knows no more than it."""

import sys
import threading
import time
from collections.abc import Callable

from rich.console import Console
from rich.live import Live

from catalogue.load import load as load_catalogue
from clickhouse.client import connect
from contract import text
from contract.errors import StoreError
from contract.settings import Settings
from nhip.board import read
from nhip.board.draw import Board, Situation
from nhip.board.frame import Frame, Names, names_of
from nhip.board.words import STATES, severity_word, state_word, word

REDRAW_S = 1.0
LINE_S = 5.0
AWAY = (ConnectionError, StoreError, OSError)


class Latest:
    """The newest frame, and since when there is none newer. Filled by a thread of its own: a store that hangs must
    not freeze the board's own clock."""

    def __init__(self, open_store: Callable[[], read.Reader], names: Names) -> None:
        self._open, self._names = open_store, names
        self._store: read.Reader | None = None
        self._lock = threading.Lock()
        self._frame: Frame | None = None
        self._frame_at = self._asked_at = time.monotonic()
        self._away_since: float | None = None
        self.problem = ""

    def ask(self) -> None:
        """One try. Never raises what a store that is away raises."""
        self._asked_at = time.monotonic()
        try:
            if self._store is None:
                self._store = self._open()
            frame = read.frame(self._store, self._names)
        except AWAY as error:
            with self._lock:
                self._store = None if isinstance(error, ConnectionError) else self._store
                self._away_since = self._away_since or self._asked_at
                self.problem = " ".join(str(error).split())[:200]
            return
        with self._lock:
            self._frame, self._frame_at = frame, time.monotonic()
            self._away_since, self.problem = None, ""

    def now(self, tick_s: float) -> tuple[Frame | None, Situation]:
        now = time.monotonic()
        with self._lock:
            away = None if self._away_since is None else now - self._away_since
            return self._frame, Situation(now - self._frame_at, away, tick_s)

    def keep_asking(self, stop: threading.Event) -> None:
        while not stop.wait(0.0 if self._frame is None and self._away_since is None else REDRAW_S):
            self.ask()


class Bell:
    """Rings once for each critical finding that was not there when the board began."""

    def __init__(self) -> None:
        self._known: frozenset[str] | None = None

    def is_due(self, frame: Frame) -> bool:
        ids = frame.critical_ids()
        new = frozenset() if self._known is None else ids - self._known
        self._known = ids | (self._known or frozenset())
        return bool(new)


def run(
    settings: Settings,
    stop: threading.Event | None = None,
    lang: str = "vi",
    bell: bool = False,
    plain: bool = False,
    console: Console | None = None,
) -> None:
    """Shows the board until `stop` is set or Ctrl-C. Without a terminal: a line of state every few seconds."""
    console = console or Console()
    stop = stop or threading.Event()
    names = names_of(load_catalogue(settings.catalogue_dir))
    latest = Latest(lambda: connect(settings, role="reader"), names)
    own_stop = threading.Event()
    asking = threading.Thread(target=latest.keep_asking, args=(own_stop,), name="board", daemon=True)
    asking.start()
    try:
        if plain or not console.is_terminal:
            _lines(latest, settings, stop, lang, console)
        else:
            _screen(latest, names, settings, stop, lang, Bell() if bell else None, console)
    except KeyboardInterrupt:
        pass
    finally:
        own_stop.set()
        asking.join(2.0)


def _screen(
    latest: Latest,
    names: Names,
    settings: Settings,
    stop: threading.Event,
    lang: str,
    bell: Bell | None,
    console: Console,
) -> None:
    with Live(console=console, screen=True, auto_refresh=False, vertical_overflow="crop") as live:
        while not stop.is_set():
            frame, situation = latest.now(settings.tick_s)
            live.update(Board(frame, names, situation, lang), refresh=True)
            if bell and frame and bell.is_due(frame):
                console.bell()
            stop.wait(REDRAW_S if frame else 0.2)


def _lines(latest: Latest, settings: Settings, stop: threading.Event, lang: str, console: Console) -> None:
    while not stop.is_set():
        frame, situation = latest.now(settings.tick_s)
        if frame is None and situation.away_s is None:
            stop.wait(0.1)
            continue
        console.print(line_of(frame, situation, lang), soft_wrap=True, highlight=False, markup=False)
        sys.stdout.flush()
        stop.wait(LINE_S)


def line_of(frame: Frame | None, situation: Situation, lang: str) -> str:
    """The board in one line, for a pipe or a log."""
    if situation.away_s is not None or frame is None:
        return f"✖ {word('store_away', lang)} · {text.duration(situation.away_s, lang)}"
    p = frame.pipeline
    parts = [text.clock(frame.now, lang)]
    if frame.beat_lost(situation.tick_s):
        parts.append(f"✖ {word('beat_lost', lang)}")
    if frame.simulated:
        parts.append(word("simulated", lang))
    parts += [
        f"{word('as_of', lang)} {text.instant(frame.newest, lang)}",
        feeds_by_state(frame, lang),
        f"{text.number(p.records, 0, lang)} {word('records', lang)}",
        f"{word('rejected', lang)} {text.number(p.rejected, 0, lang)}",
        f"{word('fresh', lang)} {text.figure(p.p99_s, word('seconds', lang), 2, lang)}",
        findings_by_severity(frame, lang),
    ]
    return " · ".join(parts)


def feeds_by_state(frame: Frame, lang: str) -> str:
    counts = frame.states()
    told = ", ".join(f"{counts[s]} {state_word(s, lang)}" for s in STATES if counts.get(s))
    return f"{len(frame.feeds)} {word('feed', lang)}: {told}"


def findings_by_severity(frame: Frame, lang: str) -> str:
    counts = frame.open_findings
    told = ", ".join(f"{counts[s]} {severity_word(s, lang)}" for s in ("critical", "warning", "info") if counts.get(s))
    return f"{word('open', lang)}: {told}" if told else word("none_open", lang)


def summary(store: read.Reader, settings: Settings, lang: str = "vi") -> list[str]:
    """The last lines of a run: connections by state, records, freshness, findings."""
    frame = read.frame(store, names_of(load_catalogue(settings.catalogue_dir)))
    totals = read.ask(store, "ledger_totals")[0]
    p99 = text.figure(frame.pipeline.p99_s, word("seconds", lang), 2, lang)
    keys = ("accepted", "rejected", "duplicates", "late")
    counts = ", ".join(f"{word(key, lang)} {text.number(int(totals[key]), 0, lang)}" for key in keys)
    return [
        feeds_by_state(frame, lang),
        f"{text.number(int(totals['records']), 0, lang)} {word('records', lang)} {word('in_ledger', lang)}: {counts}",
        f"{word('fresh', lang)}: {p99}",
        f"{word('findings', lang).lower()} · {findings_by_severity(frame, lang)}",
    ]
