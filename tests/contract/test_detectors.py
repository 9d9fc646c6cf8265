"""What every detector must keep to, whatever it looks for. Runs over DETECTORS: a new one is held to it by its line."""

import math
import random
import sys
from itertools import pairwise
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalogue.feeds import Sum, Term
from contract.text import fold
from streams.detect import DETECTORS, Context, Detection, Point, Signal
from streams.detect.silent import Silent
from streams.explanations import INNOCENT
from streams.findings import Findings
from streams.sentences import SENTENCES
from streams.storms import STORM
from tests.builders import HOUR, MINUTE, Run, a_context, a_feed, a_point, a_step, an_indicator, at, steps_of

START = at("2026-03-02 00:00")
RULES = [detector.rule for detector in DETECTORS]
FIGURES = [detector for detector in DETECTORS if detector.reads == "points"]


def a_wide_context(**rest: Any) -> Context:
    """A feed on which every figure detector has something to do."""
    parts = (Term("a"), Term("b"))
    feed = a_feed(indicators=("load", "a", "b", "total", "month"), sums=(Sum(Term("total"), parts, 0.01),), **rest)
    common: dict[str, Any] = {"hard": (0.0, 1000.0), "soft": (50.0, 900.0), "stuck_after": 5}
    indicators = [an_indicator(name, **common) for name in ("load", "a", "b", "total")]
    return a_context(*indicators, an_indicator("month", period="C-M", hard=(0.0, 1e6)), feed=feed)


def a_troubled_log(seed: int, count: int = 240) -> list[Point]:
    """Points with every kind of trouble among them."""
    rng, out = random.Random(seed), []
    for n in range(count):
        when, unit = START + n * 5 * MINUTE, rng.choice(("H26", "H17"))
        a, b = rng.gauss(200, 5), rng.gauss(100, 5)
        total = (a + b) * (1.2 if rng.random() < 0.05 else 1.0)
        load = rng.choice([400.0, 400.0, 5000.0, 0.4, 20.0, 880.0]) if rng.random() < 0.2 else rng.gauss(400, 10)
        load = 444.0 if n % 60 > 50 else load
        values = [("load", load), ("a", a), ("b", b), ("total", total)]
        rng.shuffle(values)
        out += [a_point(value, when, indicator=name, unit=unit, offset=n) for name, value in values]
        if n % 8 == 0 and (month := n // 8) < 24:
            value = 1000.0 * (30 if month == 20 else 1)
            code = f"C-M{2024 + month // 12}-{month % 12 + 1:02d}"
            out.append(a_point(value + month, code, indicator="month", offset=n))
    return out


def judged(points: list[Point], context: Context, cuts: list[int], restart: bool = False) -> list[tuple[int, bytes]]:
    """Signals over a log that is cut at places; with `restart` the state goes through bytes at every cut."""
    detection, found = Detection(), []
    edges = sorted({0, *cuts, len(points)})
    for begin, end in pairwise(edges):
        for index, signal in detection.on_points(points[begin:end], context):
            found.append((begin + index, msgspec.msgpack.encode(signal)))
        if restart:
            stored, detection = detection.dump(), Detection()
            detection.load(stored)
    return found


def test_the_log_of_these_tests_troubles_every_figure_detector() -> None:
    context, points = a_wide_context(), a_troubled_log(0)
    found = {signal.rule for _, signal in Detection().on_points(points, context)}
    assert found == {detector.rule for detector in FIGURES}


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 50), cuts=st.lists(st.integers(0, 900), max_size=12))
def test_signals_do_not_depend_on_how_records_are_cut_into_batches(seed: int, cuts: list[int]) -> None:
    context, points = a_wide_context(), a_troubled_log(seed)
    inside = [cut for cut in cuts if cut <= len(points)]
    assert judged(points, context, inside) == judged(points, context, [])


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 50), cuts=st.lists(st.integers(0, 900), min_size=1, max_size=4))
def test_state_that_went_through_bytes_gives_the_same_signals(seed: int, cuts: list[int]) -> None:
    context, points = a_wide_context(), a_troubled_log(seed)
    inside = [cut for cut in cuts if cut <= len(points)]
    assert judged(points, context, inside, restart=True) == judged(points, context, [])


@pytest.mark.parametrize("detector", FIGURES, ids=lambda d: d.rule)
def test_judging_leaves_no_trace(detector: Any) -> None:
    context, looking = a_wide_context(), detector()
    for point in a_troubled_log(3):
        indicator = context.catalogue.indicators[point.series.indicator]
        before = msgspec.msgpack.encode(looking.memory)
        said = [looking.judge(point, indicator, context) for _ in range(2)]
        assert said[0] == said[1]
        assert msgspec.msgpack.encode(looking.memory) == before
        looking.learn(point, indicator, said[0], context)


def test_judging_silence_leaves_no_trace() -> None:
    context, looking = a_wide_context(), Silent()
    reporting = dict.fromkeys(("H26", "H17", "H29"), START)
    for minute in range(40):
        clock = START + minute * MINUTE
        before = msgspec.msgpack.encode(looking.memory)
        said = [looking.judge(clock, reporting, context) for _ in range(2)]
        assert said[0] == said[1]
        assert msgspec.msgpack.encode(looking.memory) == before
        looking.learn(clock, reporting, said[0], context)


def test_state_is_plain_data_and_finite() -> None:
    detection, context = Detection(), a_wide_context()
    detection.on_points(a_troubled_log(1), context)
    assert all(math.isfinite(number) for number in _numbers(msgspec.msgpack.decode(detection.dump())))


def test_no_signal_carries_a_number_that_is_none() -> None:
    context, points = a_wide_context(), a_troubled_log(2)
    for _, signal in Detection().on_points(points, context):
        assert all(math.isfinite(number) for number in _numbers(msgspec.to_builtins(signal)))


@pytest.mark.parametrize("detector", FIGURES, ids=lambda d: d.rule)
def test_a_warm_up_is_silent(detector: Any) -> None:
    """The first points of a series, calm or not, are no jump, no standstill; bounds and sums know from the start."""
    context, looking = a_wide_context(), detector()
    rng = random.Random(7)
    for n in range(30):
        point = a_point(rng.uniform(100, 800), START + n * 5 * MINUTE)
        indicator = context.catalogue.indicators["load"]
        said = looking.judge(point, indicator, context)
        assert said == ()
        looking.learn(point, indicator, said, context)


def test_memory_is_bounded() -> None:
    """After many points of the same series the state has stopped growing."""
    context, detection, rng = a_wide_context(), Detection(), random.Random(5)
    sizes = []
    for block in range(5):
        points = []
        for n in range(block * 5_000, (block + 1) * 5_000):
            when = START + n * 5 * MINUTE
            a, b = rng.gauss(200, 5), rng.gauss(100, 5)
            both = (("a", a), ("b", b), ("total", a + b), ("load", rng.gauss(400, 10)))
            points += [a_point(value, when, indicator=name) for name, value in both]
        detection.on_points(points, context)
        sizes.append(len(detection.dump()))
    assert sizes[-1] <= sizes[1] * 1.05


def test_every_rule_has_its_sentence_and_its_innocent_explanations() -> None:
    assert set(SENTENCES) == set(INNOCENT) == {*RULES, STORM}
    assert len(set(RULES)) == len(RULES)


def test_sentences_are_vietnamese_and_english() -> None:
    """Over a log with every trouble in it: each sentence has diacritics, its twin has none but in names."""
    seen = {}
    for row in _rows_of_everything():
        vi, en = row["sentence_vi"], row["sentence_en"]
        assert fold(vi) != vi.casefold(), vi
        assert "Độ chắc:" in vi
        assert "Certainty:" in en
        for text in (vi, en):
            assert "nan" not in text.split()
            assert "None" not in text
            assert "{" not in text
        known = msgspec.json.decode(row["evidence"])
        assert known["innocent_vi"]
        assert known["innocent_en"]
        seen[row["rule"]] = vi
    assert set(seen) == {*RULES, STORM}


def test_findings_survive_being_stored() -> None:
    rows = _rows_of_everything(restart=True)
    assert rows == _rows_of_everything()


def _rows_of_everything(restart: bool = False) -> list[dict[str, Any]]:
    context = a_wide_context()
    run = Run(context)
    for block in _blocks(a_troubled_log(1)):
        run.points(block).minute(block[-1].at // MINUTE * MINUTE)
        if restart:
            stored, run.findings = run.findings.dump(), Findings()
            run.findings.load(stored)
    clock = run.context.clock or 0
    due = at("2026-11-20 09:00")
    backwards = a_step(state_before="finished", state="processing", allowed=False, ended_at=due)
    run.steps(steps_of(backwards), clock)
    run.steps(steps_of(a_step(state="finished", finishes=True, event_at=due, started_at=due + HOUR)))
    run.steps(steps_of(a_step(state="finished", finishes=True, event_at=due, due_at=due)))
    run.steps(steps_of(a_step(due_before=due, due_at=due + 24 * HOUR)))
    run.minute(clock + HOUR, {"H26": clock, "H17": clock + HOUR, "H29": clock + HOUR, "H13": clock + HOUR})
    storm = [
        a_point(700 + n, clock + HOUR + n, indicator=name, unit=unit)
        for n, (name, unit) in enumerate((i, u) for i in ("load", "a", "b", "total") for u in ("H26", "H17"))
    ]
    run.points(storm).minute(clock + HOUR + MINUTE)
    return run.rows


def _blocks(points: list[Point]) -> list[list[Point]]:
    return [points[n : n + 40] for n in range(0, len(points), 40)]


def _numbers(value: Any) -> list[float]:
    if isinstance(value, dict):
        return [n for v in value.values() for n in _numbers(v)]
    if isinstance(value, list):
        return [n for v in value for n in _numbers(v)]
    return [float(value)] if isinstance(value, int | float) else []


def test_detectors_read_no_clock() -> None:
    """Nothing here may ask what time it is: neither of the modules that could tell is in reach."""
    for name, module in sys.modules.items():
        if name.startswith("streams.detect") or name in ("streams.findings", "streams.storms", "streams.sentences"):
            assert not {"time", "random", "logging", "os"} & set(vars(module)), name


def test_a_signal_is_small_enough_to_carry() -> None:
    signal = Signal("jump", "power", "load", "H26", "", 0, 0)
    assert len(msgspec.msgpack.encode(signal)) < 400
