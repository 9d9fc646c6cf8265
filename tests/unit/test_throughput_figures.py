"""What the measurements are worth: the interval of pairs, the straight line, the words of the table."""

import os
import random
import subprocess
import sys
import time

import pytest

from bench.throughput import capacity, clocks, setup, table
from bench.throughput.endstate import Difference
from bench.throughput.feed_job import Form
from bench.throughput.race import Run
from bench.throughput.statistics import line, paired
from bench.throughput.watch import Sample, Watched


def run(contender: str, form: str, client_us: float, **more: float) -> Run:
    cpu = {"client": client_us, "engine": 2.0, "kafka": 0.5} | more
    return Run(contender, form, 1_000_000, 10.0, cpu, Difference(0, 0, 0))


def test_pairs_that_share_their_noise_give_a_narrow_interval() -> None:
    chance = random.Random(1)
    noise = [chance.uniform(0.5, 2.0) for _ in range(10)]
    found = paired([3.0 * n for n in noise], [3.24 * n * chance.uniform(0.99, 1.01) for n in noise])
    assert found.mean == pytest.approx(0.08, abs=0.01)
    assert found.high - found.low < 0.02
    assert found.low < found.mean < found.high


def test_the_interval_is_students() -> None:
    found = paired([1.0, 1.0, 1.0], [1.0, 1.1, 1.2])
    assert found.mean == pytest.approx(0.1)
    assert found.high - found.mean == pytest.approx(4.303 * 0.1 / 3**0.5)


def test_one_pair_is_not_enough() -> None:
    with pytest.raises(ValueError, match="two at least"):
        paired([1.0], [1.1])


def test_a_straight_line_is_found_and_goes_on() -> None:
    found = line([1e6, 5e6, 20e6], [4 + 7.0 * size for size in (1, 5, 20)])
    assert found.slope * 1e6 == pytest.approx(7.0)
    assert found.residual == pytest.approx(0.0, abs=1e-9)
    assert found.at(160e6) == pytest.approx(4 + 7.0 * 160)


def test_a_bend_shows_as_residual() -> None:
    assert line([1e6, 5e6, 20e6], [10.0, 40.0, 300.0]).residual > 0.1
    with pytest.raises(ValueError, match="two sizes"):
        line([1e6, 1e6], [1.0, 2.0])


def test_the_bar_is_judged_against_the_fastest_framework() -> None:
    runs = [run("ours", "arrow-1000", 3.0), run("quix", "json-1", 20.0), run("bytewax", "json-1", 12.0)]
    (verdict,) = table.against_frameworks(runs)
    assert "Bytewax" in verdict
    assert "4.0 times" in verdict
    assert "bar met" in verdict
    (slow,) = table.against_frameworks([run("ours", "arrow-1000", 5.0), *runs[1:]])
    assert "below the bar" in slow


def test_on_the_same_batches_ours_is_judged_at_the_same_size() -> None:
    runs = [run("ours", "arrow-1000", 4.0), run("ours", "arrow-10000", 2.0), run("bytewax", "arrow-1000", 8.0)]
    (verdict,) = table.against_frameworks(runs)
    assert "2.0 times" in verdict


def test_faust_is_within_the_bar_only_when_its_interval_is() -> None:
    def pairs(*shares: float) -> list[tuple[Run, Run]]:
        names = ("aiokafka-columns", "faust-columns")
        return [(run(names[0], "arrow-1000", 2.0), run(names[1], "arrow-1000", 2.0 * (1 + s))) for s in shares]

    assert table.cost_of_faust(pairs(0.06, 0.07, 0.08))[0].endswith("10%: within the bar")
    assert table.cost_of_faust(pairs(-0.2, 0.07, 0.3))[0].endswith("interval not")
    assert table.cost_of_faust(pairs(0.2, 0.21, 0.2))[0].endswith("above the bar")


def test_contenders_that_are_not_there_are_named() -> None:
    written = table.written([run("ours", "json-1", 3.0)], [], {"Bytewax": "no wheel"})
    assert any("Bytewax" in row and "left out: no wheel" in row for row in written)


def test_a_line_through_the_sizes_gives_a_message_and_a_record() -> None:
    runs = [run("ours", f"arrow-{rows}", 500.0 / rows + 3.0, engine=0.0, kafka=0.0) for rows in (1, 100, 10_000)]
    found = capacity.cost(runs, [1, 100, 10_000])
    assert found.message_us == pytest.approx(500.0)
    assert found.record_us == pytest.approx(3.0)
    forms = [Form(rows, 1) for rows in (1, 100, 10_000)]
    assert "dossiers a day before the second machine" in capacity.words(runs, forms, 200.0)[-1]


def test_the_least_of_cores_and_memory_bounds_a_machine() -> None:
    assert capacity.dossiers_by_memory(200.0, 24e9) == pytest.approx(24e9 * 0.5 / 200 / 70)
    busy = capacity.Cost(message_us=1e6, record_us=10.0)
    assert capacity.dossiers_by_cpu(busy) == 0.0


def test_the_clock_of_another_process_is_read_from_outside() -> None:
    busy = "import time\nwhile time.process_time() < 0.2: pass\nprint('there', flush=True)\ntime.sleep(30)"
    with subprocess.Popen([sys.executable, "-c", busy], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        assert clocks.cpu_s(process.pid) >= 0.2
        assert clocks.rss_mb(process.pid) > 1
        process.kill()
    assert clocks.cpu_s(os.getpid()) == pytest.approx(time.process_time(), abs=0.5)


def test_a_watch_counts_from_the_first_record_to_the_last() -> None:
    def sample(at: float, records: int) -> Sample:
        return Sample(at, records, {"worker": at, "engine": 2 * at, "kafka": 0.0}, 100 + records / 1e4)

    found = Watched([sample(0, 0), sample(5, 0), sample(6, 500_000), sample(7, 1_000_000)], 1_000_000, 7.0)
    assert found.rate == pytest.approx(500_000)
    assert found.per_record_us("worker") == pytest.approx(2.0)
    assert found.rss_after(480_000) == pytest.approx(150)


def test_a_lock_is_read_package_by_package() -> None:
    hashes = [f"    --hash=sha256:{digit}" for digit in "abc"]
    lock = f"one==1.0 \\\n{hashes[0]}\ntwo==2.0 ; python_version < '4' \\\n{hashes[1]} \\\n{hashes[2]}\n"
    entries = setup.entries(lock)
    assert [entry.split("==")[0] for entry in entries] == ["one", "two"]
    assert entries[1].count("--hash") == 2
