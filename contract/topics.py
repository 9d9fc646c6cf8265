"""Topic names and the headers a message may carry."""

import msgspec


class Topics(msgspec.Struct, frozen=True):
    """Topics of one installation. A replay or a test uses a prefix of its own and so a log of its own."""

    prefix: str = "nhip"

    @property
    def figures(self) -> str:
        return f"{self.prefix}.figures"

    @property
    def cases(self) -> str:
        return f"{self.prefix}.cases"

    @property
    def inbox(self) -> str:
        """For senders that do not know a feed's partition."""
        return f"{self.prefix}.inbox"

    def of(self, record: str) -> str:
        """The topic of a record type, "figures" or "cases"."""
        return f"{self.prefix}.{record}"


KIND = "nhip-kind"
"""Header: `records` (default), `tick` or `control`."""
FEED = "nhip-feed"
SCHEMA = "nhip-schema"
ROWS = "nhip-rows"
CONTENT_TYPE = "content-type"
ARROW = "application/vnd.apache.arrow.stream"
JSON = "application/json"
