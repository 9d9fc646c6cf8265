"""`nhip up`: Kafka, the engine, the worker, the feeds and the board, in order; and in order down again.

Whatever ends it (Ctrl-C, a signal, a closed terminal, its time, its parent's death), the parts end first.
"""

import argparse
import contextlib
import fcntl
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from catalogue.load import Catalogue, load
from contract.errors import NhipError, SetupError
from contract.settings import Settings, to_environment, with_secrets
from nhip import ending, parts, secrets
from nhip.accounts import Accounts
from nhip.history import History
from nhip.local import grafana
from nhip.processes import State, Supervisor
from nhip.voice import Voice
from nhip.words import say

_START_S = 300.0
"""A broker that was killed under load reads its log first."""


def run(settings: Settings, arguments: argparse.Namespace) -> int:
    folder = settings.var_dir / "run"
    folder.mkdir(parents=True, exist_ok=True)
    with only_one(folder / "up.lock", settings):
        secrets.ensure(settings)
        if parts.free_mb(settings) < settings.disk_min_free_mb:
            raise SetupError(parts.disk_full(settings))
        with Run(with_secrets(settings), arguments, load(settings.catalogue_dir)) as started:
            return started.until_the_end()


@contextmanager
def only_one(lock: Path, settings: Settings) -> Iterator[None]:
    """The kernel lets the lock go with the process, however it ends: a number left in the file means nothing."""
    with lock.open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            raise SetupError(
                say(
                    f"nhip up đang chạy trên {settings.var_dir} (pid {file.read().strip()}); "
                    "dừng nó trước, hoặc đặt NHIP_VAR và các cổng khác.",
                    f"nhip up already runs on {settings.var_dir} (pid {file.read().strip()}); "
                    "stop it first, or set NHIP_VAR and other ports.",
                )
            ) from None
        file.truncate(0)
        file.write(f"{os.getpid()}\n")
        file.flush()
        yield


class Run:
    def __init__(self, settings: Settings, arguments: argparse.Namespace, catalogue: Catalogue) -> None:
        self.settings, self.arguments, self.catalogue = settings, arguments, catalogue
        self.stop = threading.Event()
        self.logs = settings.var_dir / "log"
        self.voice = Voice(self.logs / "up.log", arguments.plain)
        report = settings.var_dir / "run" / "parts.json"
        self.supervisor = Supervisor(self.logs, to_environment(settings), self.voice.part_told, report)
        self._signals: list[tuple[int, float]] = []
        self._in_a_hurry = False
        self._over = False
        self._terminals: list[int] = []

    def __enter__(self) -> "Run":
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._asked_to_stop)
        if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:  # nohup means: go on without the terminal
            signal.signal(signal.SIGHUP, self._asked_to_stop)
            self._terminals = [number for number in (0, 1, 2) if os.isatty(number)]
        threading.Thread(target=self._watch, name="watch", daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop.set()
        self.voice.quiet = False
        self.supervisor.stop()
        self._over = True

    def until_the_end(self) -> int:
        self.voice.say(say("Nhịp khởi động …", "Nhịp is starting …"))
        if not (self._services() and self._prepare()):
            return 0
        self._feeds_and_worker()
        if not self.stop.is_set():
            if self.arguments.grafana:
                self._grafana()
            self._board()
        return self._last_lines()

    def _services(self) -> bool:
        """Kafka and the engine, side by side. False where the stop was asked for."""
        started = []
        if not self.settings.kafka:
            started.append(parts.kafka_part(self.settings))
        if not self.settings.store_host:
            started.append(parts.engine_part(self.settings))
        for part in started:
            part.command()  # what is wrong with the machine is said now, once, before anything runs
        for part in started:
            self.supervisor.start(part)
        names = [part.name for part in started]
        return self._wait(say("Kafka và kho ClickHouse", "Kafka and ClickHouse"), lambda: self._are_up(names))

    def _are_up(self, names: list[str]) -> bool:
        for name in names:
            running = self.supervisor.part(name)
            if running.state in (State.WAITING, State.FAILED) and running.reason:
                raise SetupError(parts.advice(self.settings, name, running.reason, self.logs / f"{name}.log"))
        states = self.supervisor.states()
        return all(states[name] is State.UP for name in names)

    def _prepare(self) -> bool:
        """Tables, names, retention, whom to ask, topics."""
        from clickhouse.client import connect
        from nhip import prepare

        settings = self.settings
        store = connect(settings, "writer")
        if not self._wait(say("kho trả lời", "the store answers"), store.ping):
            return False
        applied = prepare.tables(store, settings, self.catalogue)
        prepare.topics(settings, self.catalogue, self._kafka_away)
        if applied:
            self.voice.say(say(f"Kho: {len(applied)} bước dựng bảng mới", f"Store: {len(applied)} new migrations"))
        return not self.stop.is_set()

    def _feeds_and_worker(self) -> None:
        """Returns when the simulated past stands in the store, or nothing more can be waited for."""
        parts.board_file(self.settings).unlink(missing_ok=True)
        history = History(self.settings)
        for number in range(1, self.arguments.workers + 1):
            self.supervisor.start(parts.worker_part(self.settings, number))
        self.supervisor.start(parts.feeds_part(self.settings, self.arguments))
        self.supervisor.start(parts.audit_part(self.settings))
        self._desk()

        def over() -> bool:
            return history.is_over() or bool(self.supervisor.failed())

        if self._wait(say("Quá khứ mô phỏng", "Simulated past"), over, history.told, limit_s=float("inf")):
            parts.board_file(self.settings).touch()
            live = say("Kết nối trực tiếp", "The feeds go live")
            self._wait(live, lambda: history.is_live() or bool(self.supervisor.failed()))

    def _grafana(self) -> None:
        """The run goes on without it where there is none."""
        try:
            part = parts.grafana_part(self.settings)
        except SetupError as error:
            self.voice.say(f"▲ {error}")
            return
        self.supervisor.start(part)
        password = self.settings.secrets_dir / grafana.ADMIN
        where = grafana.address(self.settings)
        self.voice.say(say(f"Grafana: {where} (admin; mật khẩu: {password})", f"Grafana: {where} (admin; {password})"))

    def _desk(self) -> None:
        """Where anybody may sign in; without an account there would be nobody to serve."""
        if Accounts(self.settings).all():
            self.supervisor.start(parts.desk_part(self.settings))
            self.voice.say(say("Xử lý điểm bất thường: ", "Findings are taken at ") + self.settings.desk_address)

    def _board(self) -> None:
        from nhip import watch

        if self.arguments.seconds is not None:
            timer = threading.Timer(self.arguments.seconds, self.stop.set)
            timer.daemon = True
            timer.start()
        self.voice.board_begins()
        try:
            lang, bell, plain = self.arguments.lang, self.arguments.bell, self.arguments.plain
            watch.run(self.settings, self.stop, lang=lang, bell=bell, plain=plain)
            if not self.stop.is_set():
                self.stop.set()
        except OSError:  # the terminal is gone; the parts must still end in order
            self.stop.set()
        finally:
            self.voice.quiet = False

    def _last_lines(self) -> int:
        """The feeds end first and what they sent is let through; then the account is drawn up, with the store there."""
        failed = self.supervisor.failed()
        self.voice.say(say("Dừng lại …", "Stopping …"))
        self.supervisor.pause("feeds", wait_s=12.0)
        account = ending.account(self.settings, self.arguments.lang, lambda: self._in_a_hurry)
        self.supervisor.stop()
        problems = [
            parts.advice(self.settings, name, self.supervisor.part(name).reason, self.logs / f"{name}.log")
            for name in failed
        ]
        if self.supervisor.crashed:
            problems.append(f"supervisor: {self.supervisor.crashed!r}")
        for line in [*account, *(f"✖ {problem}" for problem in problems), *ending.next_words()]:
            self.voice.say(line)
        return 1 if problems else 0

    def _wait(
        self,
        what: str,
        ready: Callable[[], bool],
        progress: Callable[[], str] = lambda: "",
        limit_s: float = _START_S,
    ) -> bool:
        """True when ready, False where the stop was asked for; says how it goes after two seconds."""
        started = time.monotonic()
        while not ready():
            waited = time.monotonic() - started
            if waited > limit_s:
                raise SetupError(f"{what}: > {limit_s:.0f} s ({self.logs})")
            if self.supervisor.crashed:
                raise SetupError(f"supervisor: {self.supervisor.crashed!r}")
            if waited > 2.0:
                self.voice.progress(what, progress(), waited)
            if self.stop.wait(0.1):
                return False
        if not self.supervisor.failed():
            self.voice.done(what, time.monotonic() - started)
        return True

    def _kafka_away(self, waited_s: float) -> None:
        self.voice.progress("Kafka", say("chưa trả lời", "does not answer yet"), waited_s)
        if self.stop.is_set():
            raise NhipError(say("dừng theo yêu cầu", "stopped as asked"))

    def _asked_to_stop(self, number: int, frame: FrameType | None) -> None:
        """Only notes it. An event must not be set here: its lock may be held by the very code that was interrupted."""
        self._signals.append((number, time.monotonic()))

    def _watch(self) -> None:
        """Passes on what was asked for; ends the run when its parent is gone; minds the disk."""
        rounds = 0
        while not self._over:
            if self._signals or self._is_left_alone():
                self.stop.set()
            if not self._in_a_hurry and _insists(self._signals):
                self._in_a_hurry = True
                self.supervisor.hurry()
            rounds += 1
            if rounds % 20 == 0:
                with contextlib.suppress(OSError, KeyError):
                    self._mind_the_disk()
            time.sleep(0.05)

    def _is_left_alone(self) -> bool:
        """The parent died, or the terminal closed and only the parent was told of it."""
        parent = self.arguments.parent
        return bool(parent and os.getppid() != parent) or any(not os.isatty(number) for number in self._terminals)

    def _mind_the_disk(self) -> None:
        free, least = parts.free_mb(self.settings), self.settings.disk_min_free_mb
        state = self.supervisor.states().get("feeds")
        if state is State.UP and free < least:
            self.supervisor.pause("feeds")
            self.voice.say("▲ " + parts.disk_full(self.settings))
        elif state is State.PAUSED and free > least * 1.2 and not self.stop.is_set():
            self.supervisor.resume("feeds")
            self.voice.say(say("Ổ đĩa có chỗ, nhận tiếp.", "There is room again, the intake goes on."))


def _insists(signals: list[tuple[int, float]]) -> bool:
    """Ctrl-C once is a request; again, a second later, an order. (A terminal and make may both pass on the first.)"""
    return any(number == signal.SIGINT and at - signals[0][1] > 1.0 for number, at in signals)
