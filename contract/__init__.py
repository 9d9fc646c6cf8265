"""What every process agrees on: the two records, the codec, topics, reasons, settings, errors."""
