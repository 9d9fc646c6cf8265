"""A log in which the same thing is not said ten times a second."""

import logging
import math

SELDOM = (
    "nhip.worker.kafka",
    *("aiokafka", "aiokafka.conn", "aiokafka.consumer.fetcher", "aiokafka.consumer.group_coordinator"),
    *("kafka.cluster", "kafka.net.connection", "kafka.net.manager", "kafka.net.transport", "kafka.producer.sender"),
)
"""Loggers that repeat themselves while the broker is away."""


class Seldom(logging.Filter):
    """Once in ten seconds is enough."""

    EVERY_S = 10.0

    def __init__(self) -> None:
        super().__init__()
        self._said: dict[str, float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        last = self._said.get(str(record.msg), -math.inf)
        if record.created - last < self.EVERY_S:
            return False
        self._said[str(record.msg)] = record.created
        return True
