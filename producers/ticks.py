"""Time as a record: a tick to every partition that belongs to a feed, so that its clock goes on without its records."""

from catalogue.feeds import Feed
from catalogue.load import Catalogue
from producers.publisher import Publisher

MINUTE_MS = 60_000
REPLAYS = "drill"


def is_live(feed: Feed) -> bool:
    """Feeds for replays of files keep a time of their own; drills are live."""
    return feed.drill or feed.system != REPLAYS


class Ticks:
    """Every `every_ms`, and at once after each whole minute. Knows no clock: it is told the time."""

    def __init__(self, catalogue: Catalogue, publisher: Publisher, every_ms: int) -> None:
        self._publisher = publisher
        self._every_ms = every_ms
        self._partitions = [(f.record, p) for f in catalogue.feeds.values() if is_live(f) for p in f.partitions]
        self._last_ms = 0

    def due(self, now_ms: int) -> bool:
        return now_ms - self._last_ms >= self._every_ms or now_ms // MINUTE_MS > self._last_ms // MINUTE_MS

    def send_if_due(self, now_ms: int) -> bool:
        """Sends one tick to each partition where it is time; whether it did."""
        if not self.due(now_ms):
            return False
        for record, partition in self._partitions:
            self._publisher.tick(record, partition, now_ms)
        self._last_ms = now_ms
        return True
