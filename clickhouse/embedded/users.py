"""Who asks. The endpoint's own list: the writer, and readers; none without a password."""

import base64
import binascii
import hmac
from collections.abc import Mapping

import msgspec

from clickhouse.embedded.refusal import Refusal
from contract.errors import SetupError
from contract.settings import Settings


class User(msgspec.Struct, frozen=True):
    name: str
    role: str
    """writer | reader"""
    password: str


class Users:
    def __init__(self, users: tuple[User, ...]) -> None:
        self._by_name = {user.name: user for user in users}
        self._nobody = User("", "", "\0")

    def known(self, name: str, password: str) -> User:
        """The user, or a Refusal that takes as long and says as much whether the name or the password is wrong."""
        user = self._by_name.get(name, self._nobody)
        right = hmac.compare_digest(user.password.encode(), password.encode("utf-8", "surrogatepass"))
        if not right or user is self._nobody:
            raise Refusal(
                516,
                "AUTHENTICATION_FAILED",
                f"{name[:60]}: Authentication failed: password is incorrect, or there is no user with such name.",
            )
        return user


def of(settings: Settings) -> Users:
    """The users that the settings name. A password that is missing is an error: there is no default one."""
    users = (
        User(settings.store_writer, "writer", settings.store_writer_password),
        User(settings.store_reader, "reader", settings.store_reader_password),
    )
    for user in users:
        if not user.password:
            file = settings.secrets_dir / f"store_{user.role}_password"
            raise SetupError(
                f"the store's {user.role} has no password: `nhip setup` writes {file}, "
                f"or set NHIP_STORE_{user.role.upper()}_PASSWORD"
            )
    return Users(users)


def credentials(headers: Mapping[str, str], parameters: Mapping[str, str]) -> tuple[str, str]:
    """Name and password, where ClickHouse's clients put them: two headers, basic authentication, or the address."""
    name = headers.get("X-ClickHouse-User")
    if name is not None:
        return name, headers.get("X-ClickHouse-Key") or ""
    authorization = headers.get("Authorization") or ""
    if authorization.startswith("Basic "):
        try:
            name, _, password = base64.b64decode(authorization[6:]).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            name, password = "", ""
        return name, password
    return parameters.get("user", "default"), parameters.get("password", "")
