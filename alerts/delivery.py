"""What an installation sets for delivery: addresses, mailboxes, languages. The committed example has none that work.

    nhip alerts config --delivery FILE --out FOLDER        alertmanager.yml and its templates with these addresses

Passwords and tokens are files that are read where they are needed; they stand in neither.
"""

from pathlib import Path

import msgspec

from alerts.message import Bases
from contract.errors import SettingError
from contract.settings import CHECKOUT
from contract.text import LANGUAGES

AUDIENCES = ("operations", "leaders", "head", "platform", "review")
EXAMPLE = CHECKOUT / "alerts" / "alertmanager" / "delivery.example.toml"


class Smtp(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    host: str
    """With its port."""
    sender: str
    user: str
    password_file: str


class Sms(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The agency's own gateway for short messages: it is posted `{"to": …, "text": …}`."""

    url: str
    token_file: str = ""


class Reader(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who is written to: mailboxes and telephones of posts, never of persons, and the one language they read."""

    mail: tuple[str, ...] = ()
    telephone: tuple[str, ...] = ()
    lang: str = "vi"


class Delivery(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    grafana: str
    desk: str
    gateway: str
    """Where `nhip alerts gateway` listens; it sends the short messages on."""
    gateway_token_file: str
    alive_grafana: str
    alive_prometheus: str
    """Outside, an address for each: there an alarm goes off when one is no longer heard of. With one address for both,
    the one that lives would hide that the other is dead."""
    smtp: Smtp
    sms: Sms
    operations: Reader
    leaders: Reader
    head: Reader
    platform: Reader
    review: Reader

    @property
    def bases(self) -> Bases:
        return Bases(self.grafana, self.desk)

    def reader(self, audience: str) -> Reader:
        found: Reader = getattr(self, audience)
        return found


def read(path: Path = EXAMPLE) -> Delivery:
    try:
        found = msgspec.toml.decode(path.read_bytes(), type=Delivery)
    except OSError as error:
        raise SettingError(f"{path} cannot be read: {error.strerror}; begin with a copy of {EXAMPLE.name}") from error
    except msgspec.MsgspecError as error:
        raise SettingError(f"{path}: {error}; {EXAMPLE.name} has every key") from error
    for name in AUDIENCES:
        lang = found.reader(name).lang
        if lang not in LANGUAGES:
            raise SettingError(f"{path}: {name}.lang is {lang!r}; it is one of {', '.join(LANGUAGES)}")
    return found
