"""How fast: the same job by others and by us, the line of a year, and where the time goes."""
