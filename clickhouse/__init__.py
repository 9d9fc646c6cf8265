"""The store: tables, client, sink, and the embedded engine."""
