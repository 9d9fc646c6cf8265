"""The ClickHouse engine in a process of its own, behind ClickHouse's HTTP protocol, on loopback.

    python -m clickhouse.embedded --data DIR --port N

A request passes: server.py (HTTP) -> protocol.py (what is asked, by whom) -> guards.py (may it) -> gates.py (when)
-> engine.py (a fresh handle of the engine) -> protocol.py (the answer).
"""
