"""Ports of this machine: taken, free, answering."""

import socket
import time

from contract.errors import SetupError
from nhip.words import say


def need(port: int, setting: str, what: str, patience_s: float = 3.0) -> None:
    """Raises one clear line where the port is taken. A process that was just killed may hold it a moment longer."""
    deadline = time.monotonic() + patience_s
    while not is_free(port):
        if time.monotonic() > deadline:
            raise SetupError(
                say(
                    f"Cổng {port} (cho {what}) đang bị chương trình khác dùng; đặt {setting}=một cổng khác.",
                    f"Port {port} (for {what}) is taken by another program; set {setting}=another port.",
                )
            )
        time.sleep(0.1)


def is_free(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def answers(port: int, host: str = "127.0.0.1") -> bool:
    try:
        with socket.create_connection((host, port), timeout=0.5):
            return True
    except OSError:
        return False


def free(count: int = 1) -> int:
    """The first of `count` free ports in a row, away from those that the system hands out by itself."""
    start = 20_000 + time.monotonic_ns() // 1000 % 10_000
    for first in range(start, start + 2_000, count):
        if all(is_free(first + step) for step in range(count)):
            return first
    raise SetupError("no free port found")
