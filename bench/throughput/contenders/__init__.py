"""One process each: the job as somebody would write it with that library, after its own documentation.

The only place besides `streams/worker.py` where streaming libraries are imported. None of it is part of the product.
"""
