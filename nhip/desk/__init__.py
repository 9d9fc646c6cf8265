"""The desk: one small page on which findings are taken, on loopback, with a token per person."""
