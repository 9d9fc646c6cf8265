"""The stop of control records: what people did with findings becomes rows, in the order of the log.

A shard remembers nothing of them, so that nothing is forgotten either: which of them fit one another is said by the
store's views, which follow each finding's actions in the order of the log (`contract/handling.py`).
"""

from typing import Any

from contract import topics
from contract.actions import SCHEMA, Action, read
from contract.codec import Message
from contract.reasons import Reason
from streams.shard import Shard
from streams.work import Output, Rejected

TABLE = "finding_actions"


def act(shard: Shard, message: Message, output: Output) -> None:
    """A control record of our own; what is none is refused with a reason, like any bad message."""
    entry = output.entries[message.offset]
    known = message.headers.get(topics.SCHEMA) == SCHEMA.encode()
    found = read(message.value, message.arrived_at) if known else Reason.WRONG_SCHEMA
    if isinstance(found, Reason):
        entry.records = 1
        output.reject([Rejected(message.offset, 0, found, "", shard.feed.id)])
        return
    entry.records = len(found)
    rows, refused = [], []
    for row, one in enumerate(found):
        if isinstance(one, Action) and one.feed != shard.feed.id:
            one = Reason.WRONG_PARTITION, "feed"
        if isinstance(one, Action):
            rows.append(_row(one, message, row))
        else:
            refused.append(Rejected(message.offset, row, *one, shard.feed.id))
    entry.accepted = len(rows)
    output.add_rows(TABLE, rows)
    output.reject(refused)


def _row(action: Action, message: Message, row: int) -> dict[str, Any]:
    return {
        "feed": action.feed,
        "finding_id": action.finding_id,
        "action_id": action.action_id,
        "step": action.step,
        "actor": action.actor,
        "at": action.at,
        "due": action.due,
        "note": action.note,
        "arrived_at": message.arrived_at,
        "topic": message.topic,
        "partition": message.partition,
        "offset": message.offset,
        "row": row,
    }
