"""The 128-bit id that a record_id names, by its text alone: what a replay reads back from the store is the same record
to whoever goes on from there.
"""

import re

import xxhash

from streams.idmap import Ids, ids_from

_is_hex = re.compile(r"[0-9a-f]*").fullmatch


def ids_of_names(texts: list[str]) -> Ids:
    """32 hex digits are the id itself, as ours are written; any other text has its hash."""
    joined = "".join(texts)
    if len(joined) == 32 * len(texts) and max(map(len, texts)) == 32 and _is_hex(joined):
        return ids_from(bytes.fromhex(joined))
    digest = xxhash.xxh3_128_digest
    return ids_from(b"".join(bytes.fromhex(t) if len(t) == 32 and _is_hex(t) else digest(t.encode()) for t in texts))
