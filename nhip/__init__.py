"""The command: puts the parts together. Nobody imports it."""
