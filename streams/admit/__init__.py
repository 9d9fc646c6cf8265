"""Columns against the catalogue: what may be kept, or a reason from the closed list."""
