"""From a topic to rows. Read `pipeline.py` first: the table of stops, top to bottom.

Everything here but `worker.py` is pure: no clock, no I/O, no log. `worker.py` is the Faust shell around it, and
`memory.py` runs the same table over batches in memory.
"""
