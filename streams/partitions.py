"""What those who process messages ask of whoever reads Kafka for them."""

from typing import Protocol

from clickhouse.sink import Where


class Partitions(Protocol):
    def hold(self, where: Where) -> None:
        """No more of it is handed over until it is released; what is on its way still comes."""

    def release(self, where: Where) -> None: ...

    def sure(self) -> bool:
        """Whether the partitions are still ours for certain: the group was heard of within a session."""


class Alone:
    """Nobody is there to be told: whatever comes is taken, and it is nobody else's."""

    def hold(self, where: Where) -> None: ...

    def release(self, where: Where) -> None: ...

    def sure(self) -> bool:
        return True
