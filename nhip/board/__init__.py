"""The live board: what is read (`read`), what a frame holds (`frame`), how it is drawn (`draw`, `sections`)."""
