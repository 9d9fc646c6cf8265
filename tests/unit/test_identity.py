"""Who a record is: the sender's id where there is one, elsewhere the hash of what identifies it."""

import numpy as np
import pyarrow as pa

from streams.admit.identity import identity, ids_of
from streams.hashing import digests

N = 3
OWN = digests([np.arange(N), np.arange(N) + 7, np.arange(N) * 2], N)
HEX = [(int(high).to_bytes(8, "little") + int(low).to_bytes(8, "little")).hex() for high, low in OWN.tolist()]
ALL = slice(0, N)


def test_the_senders_id_stands_where_there_is_one_and_the_computed_one_elsewhere() -> None:
    some, none = identity(pa.array(["mine", None, ""]), OWN, OWN), identity(None, OWN, OWN)
    assert some.texts(ALL).to_pylist() == ["mine", *HEX[1:]]
    assert none.texts(ALL).to_pylist() == HEX
    assert (some.ids[1:] == none.ids[1:]).all()
    assert (some.ids[0] != none.ids[0]).any()
    assert (some.body == none.body).all()


def test_a_computed_id_that_comes_back_as_text_is_the_same_id() -> None:
    """As a replay reads it from the store."""
    assert (identity(pa.array(HEX), OWN, OWN).ids == identity(None, OWN, OWN).ids).all()


def test_a_text_has_the_id_of_its_bytes_wherever_it_stands() -> None:
    texts = ["H26-1", "", "Hà Nội", "H26-1"]
    alone = np.concatenate([ids_of(pa.array([text])) for text in texts])
    assert (ids_of(pa.array(texts)) == alone).all()
    assert (ids_of(pa.array(["x", *texts])[1:]) == alone).all()
    assert ids_of(pa.array([], pa.string())).shape == (0, 2)
