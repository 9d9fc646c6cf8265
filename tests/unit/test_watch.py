"""The live board in the terminal: what it says when the store goes away, in one line, and when the bell rings."""

import threading
from collections.abc import Sequence
from typing import Any

from grafana.boards import board
from nhip.asking import Row
from nhip.boards.ask import AHEAD_MS, Answer, moment_ms
from nhip.boards.draw import Situation
from nhip.watch import Bell, Latest, line_of

OVERVIEW = board("overview")
NOW_MS = 1_795_255_200_000


class Store:
    """Answers every question with the same rows, or not at all."""

    def __init__(self, clock: int = 0) -> None:
        self.error: Exception | None = None
        self.clock = clock

    def rows(self, sql: str, /, **parameters: Any) -> Sequence[Row]:
        if self.error:
            raise self.error
        if "AS newest_ms" in sql and "feed_states WHERE clock >" in " ".join(sql.split()):
            return [{"newest_ms": self.clock if self.clock > parameters["at"] else 0}]
        return [{"text": "● 1"}]


def findings(*ids: str, severity: str = "critical") -> dict[str, Answer]:
    rows = [{"severity": severity, "since": "", "sentence": "", "finding_ids": " ".join(ids)}]
    return {"findings": Answer(OVERVIEW.panel("findings"), rows)}


def test_the_board_survives_a_store_that_goes_away_and_comes_back() -> None:
    store = Store()
    latest = Latest(lambda: store, OVERVIEW, "vi")
    latest.ask()
    store.error = ConnectionError("gone")
    latest.ask()
    answers, situation = latest.now()
    assert answers
    assert situation.away_s is not None
    store.error = None
    latest.ask()
    assert latest.now()[1].away_s is None


def test_the_asking_thread_ends_when_told() -> None:
    latest = Latest(Store, OVERVIEW, "vi")
    stop = threading.Event()
    thread = threading.Thread(target=latest.keep_asking, args=(stop,))
    thread.start()
    stop.set()
    thread.join(5)
    assert not thread.is_alive()


def test_the_bell_rings_once_for_a_new_critical_finding_and_not_for_old_ones() -> None:
    bell = Bell()
    first, second = findings("a"), findings("a", "b")
    assert [bell.is_due(found) for found in (first, first, second, second, first)] == [False, False, True, False, False]
    assert not bell.is_due(findings("c", severity="warning"))


def test_without_a_terminal_one_line_says_how_things_stand() -> None:
    answers = {
        panel.key: Answer(panel, [{"text": f"● {panel.key}"}]) for panel in OVERVIEW.panels if panel.kind == "stat"
    }
    line = line_of(answers, Situation(), "vi")
    assert line.startswith("truy vấn lúc ● queried · số liệu tính đến ● as-of")
    assert "điểm bất thường đang mở ● open" in line
    assert "\n" not in line
    assert "KHÔNG TRẢ LỜI · 4 giây" in line_of({}, Situation(away_s=4.0), "vi")


def test_ages_follow_a_clock_that_runs_fast_and_the_wall_clock_where_time_is_real_or_stands_still() -> None:
    assert moment_ms(Store(), NOW_MS) == NOW_MS
    assert moment_ms(Store(clock=NOW_MS - 9 * 60_000), NOW_MS) == NOW_MS
    assert moment_ms(Store(clock=NOW_MS + AHEAD_MS // 2), NOW_MS) == NOW_MS
    assert moment_ms(Store(clock=NOW_MS + 9 * 86_400_000), NOW_MS) == NOW_MS + 9 * 86_400_000
