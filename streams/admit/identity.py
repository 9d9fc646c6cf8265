"""Who a record is: its sender's id, else a hash of what identifies it; and whether it says the same as before."""

import msgspec
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from streams.hashing import Digests, hexed, spans, text_digests, unhexed
from streams.idmap import EMPTY, Ids
from streams.records import Rows


class Identity(msgspec.Struct):
    """Of each record: its id in memory, and a hash of its body."""

    ids: Ids
    body: npt.NDArray[np.int64]
    own: Digests
    given: pa.Array | None

    def texts(self, rows: Rows | slice) -> pa.Array:
        """The id that the table keeps: the sender's where there is one, else the hash as 32 hex digits."""
        texts = hexed(self.own[rows])
        if self.given is None:
            return texts
        given = self.given if isinstance(rows, slice) else self.given.take(pa.array(rows))
        return pc.if_else(pa.array(spans(given)[1] == 0), texts, given)


def identity(given: pa.Array | None, own: Digests, body: Digests) -> Identity:
    """`given` are the senders' ids, `own` the hashes of what identifies each record, `body` of all it says."""
    ids = ids_of_digests(own)
    if given is not None:
        ids = np.where((spans(given)[1] == 0)[:, None], ids, _ids_of_names(given))
    return Identity(ids, (body[:, 0] >> np.uint64(1)).view(np.int64), own, given)


def _ids_of_names(texts: pa.Array) -> Ids:
    """32 hex digits are the id itself, as ours are written: what a replay reads back from the store is the same record
    to whoever goes on from there. Any other text has its hash."""
    found, are_ids = unhexed(texts)
    if not are_ids.all():
        others = np.flatnonzero(~are_ids)
        found[others] = text_digests(texts.take(pa.array(others)))
    return ids_of_digests(found)


def ids_of(texts: pa.Array) -> Ids:
    """Of texts by their bytes alone. Against accidents, not against an attacker, who can only collide with himself: ids
    are per feed.
    """
    return ids_of_digests(text_digests(texts))


def ids_of_digests(digests: Digests) -> Ids:
    ids: Ids = digests.copy()
    ids[ids[:, 0] == EMPTY, 0] = np.uint64(1)
    return ids
