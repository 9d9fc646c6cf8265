"""The phases of a run: what is sent, and what is promised for it."""

import msgspec


class Phase(msgspec.Struct, frozen=True):
    name: str
    rate: int
    """Records a second."""
    seconds: float
    per_message: int = 0
    """Records in a message; 0: whatever came in `every_ms`, one message a partition."""
    every_ms: float = 250.0
    """How often something is handed over."""
    bar_ms: float = 0.0
    """The promised p99; 0: none."""
    burst: bool = False


def phases(rate: int, seconds: float) -> tuple[Phase, ...]:
    short = max(seconds / 2, 1.0)
    return (
        Phase("warm-up", rate, 10.0),
        Phase("batches of 250 ms", rate, seconds, bar_ms=300.0),
        Phase("messages of 100", rate * 5, short, per_message=100, every_ms=20.0, bar_ms=1_000.0),
        Phase("one by one", rate // 2, short, per_message=1, every_ms=5.0, bar_ms=1_000.0),
        Phase("the burst of all queries", rate, 20.0, burst=True),
    )
