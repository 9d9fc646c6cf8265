"""Live speed: how long from a sender's clock until a board can see it, while boards ask.

    python -m bench.live [--folder FOLDER] [--rate 2000] [--seconds 120]

One run on a store that `bench.fill` has filled: Kafka, the engine, the worker with all detectors, a sender in its own
process, ticks, and the 60 queries of `bench.wall` spread evenly over every 30 seconds. After ten seconds of warming up
first `--rate` records a second in batches of at most 250 ms; then five times as many in messages of 100; then half as
many, each a message of its own; then the first rate again, with all 60 queries at once in its middle.
"""
