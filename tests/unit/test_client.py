"""Which failures are waited out and which are not."""

import pytest
import zstandard
from clickhouse_connect.driver.exceptions import DatabaseError, DataError, OperationalError

from clickhouse.client import Role, StoreAway, StoreForbids, connect
from contract.errors import StoreError
from contract.settings import Settings


def met(error: Exception, role: Role = "writer", what: str = "figures") -> Exception:
    with pytest.raises((StoreAway, StoreError)) as caught, connect(Settings(), role)._failures(what):
        raise error
    return caught.value


@pytest.mark.parametrize("code", [241, 243, 252, 242, 159, 202, 164])
def test_a_server_that_cannot_take_it_now_is_waited_for(code: int) -> None:
    assert isinstance(met(DatabaseError("x", code=code)), StoreAway)


@pytest.mark.parametrize("code", [60, 16, 62, 497, 321, 469])
def test_a_statement_that_is_wrong_is_not_tried_again(code: int) -> None:
    assert isinstance(met(DatabaseError("x", code=code)), StoreError)


@pytest.mark.parametrize("code", [60, 81, 497, 516])
def test_what_an_operator_has_to_put_right_is_told_from_a_statement_that_is_wrong(code: int) -> None:
    forbidden = met(DatabaseError("x", code=code))
    assert isinstance(forbidden, StoreForbids)
    assert str(forbidden).startswith("the store at 127.0.0.1")
    assert not isinstance(met(DatabaseError("x", code=469)), StoreForbids)


def test_a_table_that_a_reader_names_wrongly_is_the_readers_own_mistake() -> None:
    assert not isinstance(met(DatabaseError("x", code=60), "reader"), StoreForbids)


@pytest.mark.parametrize("code", [241, 159, 164])
def test_a_readers_own_limits_are_its_querys_fault(code: int) -> None:
    assert isinstance(met(DatabaseError("x", code=code), "reader"), StoreError)


def test_a_connection_that_fails_is_away() -> None:
    assert isinstance(met(OperationalError("Error executing HTTP request")), StoreAway)
    assert isinstance(met(TimeoutError()), StoreAway)
    assert isinstance(met(DatabaseError("HTTP driver received HTTP status 502, server response: x")), StoreAway)


def test_what_the_driver_cannot_send_is_an_error_not_a_wait() -> None:
    assert isinstance(met(DataError("cannot convert")), StoreError)


def test_a_failure_names_the_table_and_the_reason() -> None:
    assert "figures" in str(met(DatabaseError("disk is full", code=243)))
    assert "disk is full" in str(met(DatabaseError("disk is full", code=243)))
    assert "NHIP_STORE_WRITER" in str(met(DatabaseError("x", code=516)))


def test_an_insert_travels_in_a_frame_that_shows_a_flipped_bit(monkeypatch: pytest.MonkeyPatch) -> None:
    store = connect(Settings(), "writer")
    packed = store._packed(bytes(range(256)) * 40)
    assert zstandard.ZstdDecompressor().decompress(packed) == bytes(range(256)) * 40
    for place in range(8, len(packed)):
        damaged = packed[:place] + bytes([packed[place] ^ 1]) + packed[place + 1 :]
        with pytest.raises(zstandard.ZstdError):
            zstandard.ZstdDecompressor().decompress(damaged)
