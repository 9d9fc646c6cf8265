"""Kafka and the ClickHouse engine on this machine, with nothing installed but wheels and jars."""
