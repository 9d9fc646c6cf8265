"""The last lines of a run: what came in, how fresh, what was found, the verdict, and what to type next."""

import threading
import time
from collections.abc import Callable

from clickhouse.client import Store, connect
from contract.errors import NhipError
from contract.settings import Settings
from nhip.history import log_ends, pending
from nhip.words import say

_DRAIN_S, _ANSWER_S = 5.0, 30.0


def account(settings: Settings, lang: str, in_a_hurry: Callable[[], bool] = lambda: False) -> list[str]:
    """In a thread of its own with a bound: a store that hangs must not keep the parts running."""
    found: list[str] = []

    def ask() -> None:
        try:
            found.extend(_account(settings, lang))
        except (NhipError, OSError, LookupError, ValueError) as error:
            found.append(say("Không kiểm tra được: ", "Could not be checked: ") + " ".join(str(error).split())[:200])

    thread = threading.Thread(target=ask, daemon=True)
    thread.start()
    deadline = time.monotonic() + _DRAIN_S + _ANSWER_S
    while thread.is_alive() and time.monotonic() < deadline and not in_a_hurry():
        thread.join(0.1)
    if thread.is_alive():
        found.append(
            say("Không kịp kiểm tra; gõ nhip check khi chạy lại.", "No time to check; type nhip check next time.")
        )
    return [*found]


def _account(settings: Settings, lang: str) -> list[str]:
    from nhip import check, watch

    store = connect(settings, "reader")
    _drained(store, settings)
    return [*watch.summary(store, lang), *check.verdict(store, settings).words(lang)]


def _drained(store: Store, settings: Settings) -> None:
    """Gives the worker a moment for what is still on its way, so that the account is of everything."""
    deadline = time.monotonic() + _DRAIN_S
    ends = log_ends(settings)
    while time.monotonic() < deadline and pending(store, ends):
        time.sleep(0.2)


def next_words() -> list[str]:
    return [
        say("Tiếp theo:", "What to type next:"),
        "  make run                " + say("chạy tiếp từ chỗ dừng", "goes on where it stopped"),
        "  .venv/bin/nhip feeds    " + say("danh mục kết nối", "the catalogue of feeds"),
        "  .venv/bin/nhip findings " + say("điểm bất thường cần xử lý (khi đang chạy)", "what is to be dealt with"),
        "  .venv/bin/nhip sql      " + say("hỏi kho số liệu (khi đang chạy)", "ask the store (while it runs)"),
        "  .venv/bin/nhip --help   " + say("mọi lệnh", "every command"),
    ]
