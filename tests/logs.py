"""Logs of a partition, drawn at random, for properties of the table of stops: records good and bad, repeats, ticks."""

from typing import Any

from hypothesis import strategies as st

from contract.codec import Message
from streams.pipeline import run
from streams.shard import Shard
from streams.work import Output
from tests.builders import DAY, HOUR
from tests.messages import NOON, batch, catalogue, figure, message, rows, shard, step, tick

MINUTE_MS = 60_000
TABLES = ("figures", "case_steps", "rejected", "ticks", "case_buckets", "findings", "feed_states")
Item = int | list[dict[str, Any]]

UNITS = st.sampled_from(["H26", "H17", "H29", "Cần Thơ", "H99"])
WHEN = st.sampled_from([-50 * DAY, -3 * DAY, -HOUR, -10 * MINUTE_MS, -MINUTE_MS, -1_000, 0, 500, 9_000, 400_000])
IDS = st.none() | st.sampled_from(["id-1", "id-2"])
FIGURE = st.builds(
    figure,
    unit=UNITS,
    indicator=st.sampled_from(["drill-value", "drill-total", "drill-part-a", "drill-part-b", "other"]),
    value=st.sampled_from([0.0, 5.0, 10.0, 50.0, 51.0, 500.0, 5_000.0, float("nan"), float("inf")]),
    event_at=WHEN.map(lambda ms: NOON + ms),
    record_id=IDS,
    document=st.none() | st.just("12/BC"),
    simulated=st.booleans(),
)
STATES = [state.id for state in catalogue().kinds["dossier"].states]
STEP = st.builds(
    step,
    unit=UNITS,
    case_id=st.sampled_from(["1", "2", "3"]),
    state=st.sampled_from([*STATES, "2", "9", "nowhere"]),
    event_at=WHEN.map(lambda ms: NOON + ms),
    due_at=st.none() | WHEN.map(lambda ms: NOON + ms),
    channel=st.sampled_from([None, "online", "direct", "pigeon"]),
    attributes=st.sampled_from([None, [], ["vneid"], ["paid_online", "vneid"], ["own"]]),
    record_id=IDS,
    simulated=st.booleans(),
)
RECORD = {"figures": FIGURE, "cases": STEP}
TICK = st.integers(-2, 30).map(lambda minutes: NOON + minutes * MINUTE_MS + 700)


@st.composite
def logs(draw: st.DrawFn, record: str) -> list[Item]:
    """Batches of records between ticks, some of which turn no minute."""
    return draw(st.lists(st.lists(RECORD[record], min_size=1, max_size=6) | TICK, min_size=1, max_size=9))


def played(record: str, messages: list[Message], cuts: list[int], dumps: bool = False) -> tuple[Shard, list[Output]]:
    """The log in runs that end at `cuts`; with `dumps` each run is another worker's, from a snapshot."""
    own, outputs = shard(record), []
    for start, end in zip([0, *cuts], [*cuts, len(messages)], strict=True):
        if dumps:
            own, before = shard(record), own
            own.load(before.dump())
        outputs.append(run(own, messages[start:end]))
    return own, outputs


def everything(outputs: list[Output], *without: str) -> dict[str, list[str]]:
    return {table: sorted(str(sorted(row.items())) for row in rows(outputs, table, *without)) for table in TABLES}


def recut(data: st.DataObject, items: list[Item], record: str) -> list[Message]:
    """The same records in other messages, some of them as JSON."""
    messages: list[Message] = []
    held: list[dict[str, Any]] = []

    def empty() -> None:
        while held:
            size = data.draw(st.integers(1, len(held)))
            offset = len(messages)
            as_json = data.draw(st.booleans())
            messages.append(message(held[:size], offset, record) if as_json else batch(held[:size], offset, record))
            del held[:size]

    for item in items:
        if isinstance(item, list):
            held.extend(item)
        else:
            empty()
            messages.append(tick(item, len(messages), record))
    empty()
    return messages


ANY_TIME = st.sampled_from([0, -1, 1, NOON, 2**52, -(2**52), 253_402_300_800_000, 7_258_118_400_000, 7_258_118_399_999])
STRANGE = st.builds(
    figure,
    event_at=ANY_TIME | st.none(),
    sent_at=ANY_TIME,
    unit=st.sampled_from(["H26", "", "\x00"]),
    indicator=st.sampled_from(["drill-value", ""]),
    period=st.sampled_from([None, "", "C-Y9999", "A-M2026-10"]),
    value=st.floats(),
    vintage=st.sampled_from([None, "", "final"]),
    classification=st.sampled_from([None, "", "mật"]),
)
STRANGE_STEP = st.builds(step, event_at=ANY_TIME, sent_at=ANY_TIME, due_at=ANY_TIME | st.none(),
    case_id=st.sampled_from(["1", ""]), state=st.sampled_from(["accepted", "finished", "processing", ""]),
    kind=st.sampled_from(["dossier", ""]), feed=st.sampled_from(["drill-cases", "", "drill-figures"]))  # fmt: skip
PERIODIC = st.builds(
    figure,
    feed=st.just("investment-replay"),
    unit=st.just("VN"),
    event_at=st.none() | st.just(NOON),
    indicator=st.sampled_from(catalogue().feeds["investment-replay"].indicators),
    value=st.floats(0, 100),
    period=st.sampled_from(
        [
            None,
            "C-M2026-09",
            "C-M2026-10",
            "C-M2026-11",
            "C-M2026-12",
            "C-M2011-12",
            "A-M2026-10",
            "C-M",
            "C-M0001-01",
            "C-M9999-12",
            "C-Y9999",
            "C-D9999-12-31",
            "A-Y0001",
            "A-W9999-53",
        ]
    ),
    vintage=st.sampled_from([None, "estimate", "final", "rumour"]),
    reason=st.none() | st.just("tính lại"),
)
