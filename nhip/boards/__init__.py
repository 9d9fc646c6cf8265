"""Boards in the terminal: what a query gives (`ask`), how a panel is drawn (`panels`), a whole board (`draw`)."""
