"""Which failures are waited out and which are not."""

import pytest
from clickhouse_connect.driver.exceptions import DatabaseError, DataError, OperationalError

from clickhouse.client import Role, StoreAway, connect
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
