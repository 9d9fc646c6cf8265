"""The processes of `nhip up`: how each is started, known to be there, and ended."""

import argparse
import shutil
import sys
from pathlib import Path

from contract.settings import Settings
from nhip.local import engine, grafana, kafka
from nhip.processes import Part, tail
from nhip.words import say


def kafka_part(settings: Settings) -> Part:
    return Part("kafka", lambda: kafka.command(settings), lambda: kafka.is_up(settings), stop_s=15.0)


def engine_part(settings: Settings) -> Part:
    return Part("engine", lambda: engine.command(settings), lambda: engine.is_up(settings), stop_s=10.0)


def worker_part(settings: Settings, number: int = 1) -> Part:
    """The first worker has the port of its metrics from the settings; the n-th one the n-th after it."""
    own = {} if number == 1 else {"NHIP_WORKER_METRICS_PORT": str(settings.worker_metrics_port + number)}
    name = "worker" if number == 1 else f"worker-{number}"
    return Part(name, lambda: [sys.executable, "-m", "nhip", "worker"], stop_s=15.0, environment=own)


def feeds_part(settings: Settings, arguments: argparse.Namespace) -> Part:
    words = ["--hold", str(board_file(settings)), "--clock", str(arguments.clock)]
    words += ["--scale", str(arguments.scale), "--seed", str(arguments.seed)]
    words += [] if arguments.drill else ["--no-drill"]
    words += [] if arguments.history else ["--no-history"]
    return Part("feeds", lambda: [sys.executable, "-m", "nhip", "produce", *words], stop_s=10.0)


def audit_part(settings: Settings) -> Part:
    return Part("audit", lambda: [sys.executable, "-m", "nhip", "audit"], stop_s=5.0)


def grafana_part(settings: Settings) -> Part:
    """Its first start fills a database of its own, which takes a while."""
    own = grafana.with_plugins(settings)
    return Part("grafana", lambda: grafana.command(settings), lambda: grafana.is_up(settings), environment=own)


def desk_part(settings: Settings) -> Part:
    return Part("desk", lambda: [sys.executable, "-m", "nhip", "desk"], stop_s=5.0)


def board_file(settings: Settings) -> Path:
    """Is there while a live board stands: the feeds wait for it after the past."""
    return settings.var_dir / "run" / "board"


_PORTS = {
    "kafka": "NHIP_KAFKA_PORT",
    "engine": "NHIP_STORE_PORT",
    "desk": "NHIP_DESK_PORT",
    "grafana": "NHIP_GRAFANA_PORT",
    "audit": "NHIP_AUDIT_METRICS_PORT",
    "feeds": "NHIP_FEEDS_METRICS_PORT",
}


def advice(settings: Settings, name: str, reason: str, log: Path) -> str:
    """One line for a part that does not run: what happened, and the setting that helps where one does."""
    found = reason + tail(log)
    if "No space left on device" in found or "NOT_ENOUGH_SPACE" in found or free_mb(settings) < 64:
        return disk_full(settings)
    if "Address already in use" in found:
        setting = _PORTS.get(name, "NHIP_WORKER_METRICS_PORT")
        return say(f"{name}: cổng đã có chương trình khác dùng; đặt {setting}.", f"{name}: port taken; set {setting}.")
    return f"{name}: {reason} ({log})"


def disk_full(settings: Settings) -> str:
    free = free_mb(settings)
    return say(
        f"Ổ đĩa của {settings.var_dir} đầy (còn {free} MB); giải phóng chỗ, hoặc đặt NHIP_VAR=thư mục ở ổ khác.",
        f"The disk of {settings.var_dir} is full ({free} MB left); make room, or set NHIP_VAR=a folder elsewhere.",
    )


def free_mb(settings: Settings) -> int:
    return shutil.disk_usage(settings.var_dir).free >> 20
