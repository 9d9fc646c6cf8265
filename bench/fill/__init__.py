"""Fills a store with 100 million rows as an installation of the country's size would hold after thirteen months.

    python -m bench.fill --folder FOLDER [--scale X] [--until TIME]

The rows are made inside the engine by INSERT … SELECT, from hashes of their own numbers: the same command gives the
same rows, and a folder that was filled yesterday is topped up to now. What is real: the tables with their migrations
and retention, the catalogue's feeds, indicators, units and partitions, the cadences, the lives of the nine kinds of
cases, one ledger row a message. What is synthetic: every value (smooth waves inside the indicator's bounds, so totals
do not add up), every case (its way and times are drawn), findings (nothing was detected), message boundaries (one
message a partition every two seconds). Buckets are counted from the same cases as the steps, so the two agree.
"""
