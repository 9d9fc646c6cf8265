"""Who may act on findings: accounts with a token each, in a file that only its owner reads. None is there by default.

A token is 256 random bits, shown once; the file keeps its SHA-256. An account is a duty post or a code (`truc-ban-1`),
never a person's name: it goes into the log with every action.
"""

import argparse
import hashlib
import hmac
import os
import secrets
import tomllib
from pathlib import Path

import msgspec

from contract.actions import MAX_ACCOUNT, is_account
from contract.errors import SettingError, SetupError
from contract.settings import Settings
from contract.text import choose
from nhip.words import language, say

OPERATOR, LEAD = "operator", "lead"
ROLES: dict[str, tuple[str, str]] = {OPERATOR: ("trực ban", "operator"), LEAD: ("trưởng ca", "lead")}
"""A lead, besides what all may do, opens again what was closed."""
_HEAD = "# Tài khoản xử lý điểm bất thường; dùng `nhip accounts`. Accounts that act on findings: `nhip accounts`.\n"


class Account(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    role: str
    token_sha256: str


class _File(msgspec.Struct, forbid_unknown_fields=True):
    account: list[Account] = []


class Accounts:
    """The file, read anew whenever it has changed: who was taken out of it is out at once."""

    def __init__(self, settings: Settings) -> None:
        self.file = settings.var_dir / "secrets" / "accounts.toml"
        self._stamp: tuple[int, int] | None = None
        self._known: dict[str, Account] = {}

    def all(self) -> list[Account]:
        self._read()
        return list(self._known.values())

    def find(self, id: str) -> Account | None:
        self._read()
        return self._known.get(id)

    def needed(self, id: str) -> Account:
        """The account; an error that says what to do where there is none."""
        if not id:
            raise SettingError(
                say(
                    "chưa biết ai thực hiện: thêm --as TÀI-KHOẢN, hoặc đặt NHIP_ACCOUNT",
                    "nobody is named who acts: add --as ACCOUNT, or set NHIP_ACCOUNT",
                )
            )
        found = self.find(id)
        if found is None:
            known = ", ".join(sorted(self._known)) or say("chưa có tài khoản nào", "there are none yet")
            raise SettingError(
                say(
                    f"không có tài khoản {id} ({known}); thêm bằng: nhip accounts add {id}",
                    f"no account {id} ({known}); add it with: nhip accounts add {id}",
                )
            )
        return found

    def of_token(self, token: str) -> Account | None:
        """All are compared, whichever fits: how long it takes tells nothing."""
        digest, found = _digest(token), None
        for account in self.all():
            if hmac.compare_digest(account.token_sha256, digest):
                found = account
        return found

    def add(self, id: str, role: str) -> str:
        """Gives the token, which stands nowhere else."""
        if not is_account(id):
            raise SettingError(
                say(
                    f"mã tài khoản {id!r} không dùng được: chữ thường, số và dấu -, tối đa {MAX_ACCOUNT}; không ghi số "
                    "điện thoại hay định danh",
                    f"{id!r} cannot be an account: small letters, digits and dashes, {MAX_ACCOUNT} at most; no "
                    "telephone or identity number",
                )
            )
        if self.find(id) is not None:
            raise SettingError(say(f"đã có tài khoản {id}; đổi mã: renew", f"there is an account {id}; try renew"))
        return self._put(id, role)

    def renew(self, id: str) -> str:
        return self._put(id, self.needed(id).role)

    def remove(self, id: str) -> None:
        self.needed(id)
        self._write([account for account in self.all() if account.id != id])

    def _put(self, id: str, role: str) -> str:
        if role not in ROLES:
            raise SettingError(f"role {role!r}: {', '.join(ROLES)}")
        token = secrets.token_urlsafe(32)
        kept = [account for account in self.all() if account.id != id]
        self._write([*kept, Account(id, role, _digest(token))])
        return token

    def _read(self) -> None:
        try:
            status = self.file.stat()
        except FileNotFoundError:
            self._known, self._stamp = {}, None
            return
        if status.st_mode & 0o077:
            raise SetupError(f"{self.file} can be read by others: chmod 600 {self.file}")
        stamp = (status.st_mtime_ns, status.st_ino)
        if stamp != self._stamp:
            self._known, self._stamp = {account.id: account for account in _parsed(self.file)}, stamp

    def _write(self, accounts: list[Account]) -> None:
        """Whole or not at all: a file cut short would let nobody in."""
        self.file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        lines = [_HEAD]
        for account in sorted(accounts, key=lambda one: one.id):
            fields = "\n".join(f'{name} = "{getattr(account, name)}"' for name in Account.__struct_fields__)
            lines.append(f"[[account]]\n{fields}\n")
        unfinished = self.file.with_suffix(f".{os.getpid()}")
        handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write("\n".join(lines))
        unfinished.replace(self.file)
        self._stamp = None


def _parsed(file: Path) -> list[Account]:
    try:
        accounts = msgspec.convert(tomllib.loads(file.read_text(encoding="utf-8")), _File).account
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, msgspec.ValidationError) as error:
        raise SetupError(f"{file}: {error}; put it right, or take it away and add the accounts anew") from error
    for account in accounts:
        if not is_account(account.id) or account.role not in ROLES or len(account.token_sha256) != 64:
            raise SetupError(f"{file}: account {account.id!r} is not as `nhip accounts` writes it; add it anew")
    return accounts


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("action", nargs="?", choices=("list", "add", "renew", "remove"), default="list")
    parser.add_argument(
        "id", nargs="?", default="", metavar="ID", help="a duty post (truc-ban-1), never a person's name"
    )
    parser.add_argument("--role", choices=tuple(ROLES), default=OPERATOR)


def run(settings: Settings, args: argparse.Namespace) -> int:
    accounts = Accounts(settings)
    if args.action == "list":
        for account in accounts.all():
            print(f"{account.id:<{MAX_ACCOUNT}} {choose(*ROLES[account.role], lang=language())}")
        if not accounts.all():
            print(say("Chưa có tài khoản nào; nhip accounts add ID", "There are no accounts; nhip accounts add ID"))
        return 0
    if not args.id:
        raise SettingError(say(f"nhip accounts {args.action}: thiếu mã", f"nhip accounts {args.action}: which one?"))
    if args.action == "remove":
        accounts.remove(args.id)
        print(say(f"Đã xoá {args.id}; các phiên của tài khoản này hết hiệu lực.", f"{args.id} is gone, signed out."))
        return 0
    token = accounts.add(args.id, args.role) if args.action == "add" else accounts.renew(args.id)
    print(say(f"Mã đăng nhập của {args.id}, chỉ hiện một lần:", f"The token of {args.id}, shown this once:"))
    print(token)
    return 0
