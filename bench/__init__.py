"""How fast, how exact, how sharp: what takes longer than a test may."""
