"""What is told together: as Alertmanager groups, by the route that an alert takes and the labels that route names."""

from collections.abc import Iterable

import msgspec

from alerts.message import Message
from alerts.routes import CATCH_ALL, route_of


class Group(msgspec.Struct, frozen=True):
    receiver: str
    muted: tuple[str, ...]
    """In these hours Alertmanager keeps it back."""
    messages: list[Message]


def groups(messages: Iterable[Message]) -> list[Group]:
    """In the order in which their first alerts come."""
    found: dict[tuple[str, ...], Group] = {}
    for message in messages:
        route = route_of(message.labels)
        receiver, group_by = (route.receiver, route.group_by) if route else (CATCH_ALL, ("rule",))
        key = (receiver, *(message.labels.get(label, "") for label in group_by))
        found.setdefault(key, Group(receiver, route.muted if route else (), [])).messages.append(message)
    return list(found.values())
