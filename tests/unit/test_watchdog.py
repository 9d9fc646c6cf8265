"""A worker that stands still is ended; one that waits knowingly, or only slept, is not."""

import threading

import pytest

from clickhouse.sink import Where
from contract.settings import Settings
from streams import reading, worker
from streams.reading import LOOKS, Ends, KafkaEnds, Reading
from streams.watchdog import EXIT_GONE, LOOP_LOOKS, WORK_LOOKS, Watchdog, Work

FEED: Where = ("nhip.figures", 0)


class Scene:
    def __init__(self) -> None:
        self.work = Work(moved=0, waits=False, patient=False)
        self.ended: list[str] = []
        self.watchdog = Watchdog({"feeds": lambda: self.work}, self.ended.append)

    def looks(self, count: int, beats: bool = True) -> None:
        for _ in range(count):
            if beats:
                self.watchdog.beat()
            self.watchdog.look()


def test_an_event_loop_that_stands_still_for_ten_looks_ends_the_worker() -> None:
    scene = Scene()
    scene.looks(3)
    scene.looks(LOOP_LOOKS - 1, beats=False)
    assert scene.ended == []
    scene.looks(1, beats=False)
    assert scene.ended == ["the event loop has stood still for 10 s"]


def test_before_the_loop_has_begun_nothing_is_expected_of_it() -> None:
    scene = Scene()
    scene.looks(100, beats=False)
    assert scene.ended == []


def test_messages_that_wait_while_nothing_is_done_for_a_minute_end_the_worker() -> None:
    scene = Scene()
    scene.work = Work(moved=7, waits=True, patient=False)
    scene.looks(WORK_LOOKS)
    assert scene.ended == []
    scene.looks(1)
    assert scene.ended == ["feeds: messages wait, and nothing was done for 60 s"]


def test_waiting_for_a_store_that_is_away_is_no_standing_still() -> None:
    scene = Scene()
    scene.work = Work(moved=7, waits=True, patient=True)
    scene.looks(10 * WORK_LOOKS)
    assert scene.ended == []


def test_whatever_is_done_begins_the_minute_anew() -> None:
    scene = Scene()
    for moved in range(5):
        scene.work = Work(moved=moved, waits=True, patient=False)
        scene.looks(WORK_LOOKS)
    assert scene.ended == []


def test_a_worker_with_nothing_to_do_may_stand_still() -> None:
    scene = Scene()
    scene.looks(10 * WORK_LOOKS)
    assert scene.ended == []


class Kafka:
    def __init__(self, first: int, following: int, last: int | None) -> None:
        self.ends: Ends | None = {FEED: (first, following)}
        self.read: dict[Where, int | None] = {FEED: last}
        self.reached: dict[Where, int] = {}
        self.ended: list[str] = []
        self.codes: list[int] = []
        self.reading = Reading(lambda: self.ends, lambda: self.read, lambda: self.reached, self._end)

    def _end(self, why: str, code: int) -> None:
        self.ended.append(why)
        self.codes.append(code)

    def looks(self, count: int) -> None:
        for _ in range(count):
            self.reading.look()


def test_messages_that_kafka_has_and_nobody_reads_end_the_worker() -> None:
    kafka = Kafka(0, 10, 4)
    kafka.looks(LOOKS)
    assert kafka.ended == []
    kafka.looks(1)
    assert kafka.ended == ["nhip.figures/0 has messages after offset 4, and none came for 30 s"]


def test_a_partition_that_is_read_to_its_end_or_moves_is_well() -> None:
    for first, following, last in ((0, 0, None), (0, 10, 9), (10, 10, 9), (10, 10, None), (0, 10, 10)):
        kafka = Kafka(first, following, last)
        kafka.looks(5 * LOOKS)
        assert kafka.ended == [], (first, following, last)
    kafka = Kafka(0, 1000, 0)
    for last in range(100):
        kafka.read = {FEED: last}
        kafka.looks(2)
    assert kafka.ended == []


def test_a_partition_of_which_nothing_was_read_yet_is_waited_for_as_well() -> None:
    kafka = Kafka(0, 10, None)
    kafka.looks(LOOKS + 1)
    assert len(kafka.ended) == 1


def test_while_kafka_is_away_or_a_partition_rests_nothing_is_expected() -> None:
    kafka = Kafka(0, 10, 4)
    kafka.ends = None
    kafka.looks(5 * LOOKS)
    kafka.ends, kafka.read = {FEED: (0, 10)}, {}
    kafka.looks(5 * LOOKS)
    assert kafka.ended == []


def test_a_log_that_ends_before_what_was_taken_in_is_another_log() -> None:
    """Its messages would pass for those that were read already, and nobody would miss them."""
    kafka = Kafka(0, 10, None)
    kafka.reached = {FEED: 10}
    kafka.looks(1)
    assert kafka.ended == []
    kafka.reached = {FEED: 11}
    kafka.looks(1)
    assert kafka.codes == [EXIT_GONE]
    assert "nhip.figures/0 ends before offset 10" in kafka.ended[0]
    assert "NHIP_TOPIC_PREFIX" in kafka.ended[0]


def test_an_answer_about_the_log_that_cannot_be_made_out_is_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    """It ended the thread that looks, and a reader that stood still was noticed by nobody."""

    class Damaged:
        def __init__(self, *given: object) -> None:
            pass

        def end_offsets(self, topic: str) -> dict[int, int]:
            raise KeyError(16418)

    monkeypatch.setattr(reading, "Log", Damaged)
    assert KafkaEnds(Settings())() is None


def test_a_thread_that_ends_by_a_surprise_ends_the_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    ended: list[str] = []
    monkeypatch.setattr(worker, "end", ended.append)
    monkeypatch.setattr(threading, "excepthook", worker._thread_ended)
    nothing: dict[str, int] = {}
    thread = threading.Thread(target=lambda: nothing["at all"], name="reading")
    thread.start()
    thread.join()
    assert ended == ["the thread reading ended: KeyError: 'at all'"]
