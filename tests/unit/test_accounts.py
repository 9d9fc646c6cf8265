"""Accounts that may act: a token each, shown once and kept as a hash; none by default."""

import argparse
from pathlib import Path

import pytest

from contract.errors import SettingError, SetupError
from contract.settings import Settings
from nhip.accounts import LEAD, OPERATOR, Accounts, run


def fresh(tmp_path: Path) -> Accounts:
    return Accounts(Settings(var=str(tmp_path)))


def test_there_is_no_account_before_one_is_added(tmp_path: Path) -> None:
    accounts = fresh(tmp_path)
    assert accounts.all() == []
    assert accounts.of_token("") is None
    with pytest.raises(SettingError, match="nhip accounts add truc-ban-1"):
        accounts.needed("truc-ban-1")
    with pytest.raises(SettingError, match="NHIP_ACCOUNT"):
        accounts.needed("")


def test_a_token_is_known_again_and_stands_nowhere(tmp_path: Path) -> None:
    accounts = fresh(tmp_path)
    token, other = accounts.add("truc-ban-1", OPERATOR), accounts.add("truong-ca", LEAD)
    assert token != other
    assert len(token) >= 43, "256 bits"
    found = accounts.of_token(token)
    assert found is not None
    assert (found.id, found.role) == ("truc-ban-1", OPERATOR)
    assert accounts.of_token(token[:-1]) is None
    assert accounts.of_token(found.token_sha256) is None
    assert token not in accounts.file.read_text()
    assert accounts.file.stat().st_mode & 0o777 == 0o600


def test_another_process_sees_who_was_added_renewed_and_removed(tmp_path: Path) -> None:
    one, other = fresh(tmp_path), fresh(tmp_path)
    token = one.add("truc-ban-1", OPERATOR)
    assert other.of_token(token) is not None
    again = one.renew("truc-ban-1")
    assert other.of_token(token) is None
    assert other.of_token(again) is not None
    one.remove("truc-ban-1")
    assert other.find("truc-ban-1") is None


@pytest.mark.parametrize("id", ["", "Nguyễn Văn A", "truc ban", "0912345678", "nv-0912345678", "a" * 33, "a--b", "A1"])
def test_a_persons_name_or_number_is_no_account(tmp_path: Path, id: str) -> None:
    with pytest.raises(SettingError, match="không dùng được"):
        fresh(tmp_path).add(id, OPERATOR)


def test_an_account_is_not_added_twice_and_an_unknown_role_is_none(tmp_path: Path) -> None:
    accounts = fresh(tmp_path)
    accounts.add("truc-ban-1", OPERATOR)
    with pytest.raises(SettingError, match="renew"):
        accounts.add("truc-ban-1", OPERATOR)
    with pytest.raises(SettingError, match="role"):
        accounts.add("truc-ban-2", "admin")


def test_a_file_that_others_can_read_or_that_was_mistyped_lets_nobody_in(tmp_path: Path) -> None:
    accounts = fresh(tmp_path)
    accounts.add("truc-ban-1", OPERATOR)
    accounts.file.chmod(0o644)
    with pytest.raises(SetupError, match="chmod 600"):
        accounts.all()
    accounts.file.chmod(0o600)
    for broken in ("[[account]", '[[account]]\nid = "a"\n', '[[acount]]\nid = "a"\n',
                   '[[account]]\nid = "a"\nrole = "operator"\ntoken_sha256 = ""\n'):  # fmt: skip
        accounts.file.write_text(broken)
        with pytest.raises(SetupError, match=r"accounts\.toml"):
            accounts.all()


def test_the_command_prints_the_token_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    settings = Settings(var=str(tmp_path))

    def typed(action: str, id: str = "", role: str = OPERATOR) -> str:
        assert run(settings, argparse.Namespace(action=action, id=id, role=role)) == 0
        return capsys.readouterr().out

    token = typed("add", "truc-ban-1").split()[-1]
    assert Accounts(settings).of_token(token) is not None
    assert token not in typed("list")
    assert "trực ban" in typed("list")
    typed("remove", "truc-ban-1")
    assert "nhip accounts add" in typed("list")
