"""How long the boards' queries take on ten million rows, on the engine that `make run` has.

    make boards-bench                               fills a store once (about two minutes), then asks every panel
    make boards-bench ARGS="--only wall"            boards whose uid holds this
"""
