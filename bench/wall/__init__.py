"""The wall: 60 queries that the boards of the three users ask again every 30 seconds.

One file each. Above the SQL stands the head of `clickhouse/queries`, and the panel that the query feeds. Times go in
as two parameters, `from` and `to`; their defaults are a board's own ranges (`now-24h`).

    python -m bench.wall --folder FOLDER          every query alone, then all 60 at once
"""
