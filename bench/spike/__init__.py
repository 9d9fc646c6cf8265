"""What a shard's memory costs at the country's real size: a million open cases, string ids, 20 million steps."""
