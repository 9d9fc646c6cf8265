from pathlib import Path

import pytest

from contract.errors import SettingError
from contract.settings import CHECKOUT, SECRET, Settings, load, to_environment, with_secrets
from nhip import secrets
from nhip.show import lines, meanings_of


def test_every_setting_comes_from_a_variable_of_its_name() -> None:
    settings = load({"NHIP_KAFKA_PORT": "29192", "NHIP_TICK_S": "0.5", "NHIP_VAR": "elsewhere", "HOME": "ignored"})
    assert (settings.kafka_port, settings.tick_s) == (29192, 0.5)
    assert settings.var_dir == CHECKOUT / "elsewhere"
    assert settings.kafka_address == "127.0.0.1:29192"


def test_a_mistyped_name_is_an_error_and_not_a_default() -> None:
    with pytest.raises(SettingError, match="NHIP_KAFKA_PROT is not a setting"):
        load({"NHIP_KAFKA_PROT": "1"})


def test_a_value_of_the_wrong_type_is_an_error() -> None:
    with pytest.raises(SettingError, match="kafka_port"):
        load({"NHIP_KAFKA_PORT": "many"})


def test_names_that_only_tests_use_are_let_through() -> None:
    assert load({"NHIP_DATA_DIR": "/data", "NHIP_REQUIRE_SERVICES": "1"}) == with_secrets(Settings())


def test_another_process_gets_the_same_settings_but_no_password_in_its_environment() -> None:
    settings = Settings(kafka_port=1, store_writer_password="hidden", batch_ms=7)
    environment = to_environment(settings)
    assert "hidden" not in str(environment)
    assert load(environment) == with_secrets(Settings(kafka_port=1, batch_ms=7))


def test_passwords_are_made_once_at_random_and_readable_by_their_owner_alone(tmp_path: Path) -> None:
    settings = Settings(var=str(tmp_path))
    assert secrets.ensure(settings)
    made = with_secrets(settings)
    assert not secrets.ensure(settings)
    assert with_secrets(settings) == made
    assert len({getattr(made, name) for name in SECRET}) == len(SECRET)
    for name in SECRET:
        assert len(getattr(made, name)) >= 24
        assert (tmp_path / "secrets" / name).stat().st_mode & 0o777 == 0o600


def test_settings_are_printed_with_their_meaning_and_without_secrets() -> None:
    printed = "\n".join(lines(Settings(store_writer_password="s3cret", kafka_port=1)))
    assert "s3cret" not in printed
    assert "(có, không hiện)" in printed
    assert "1 *" in printed
    assert "NHIP_KAFKA_PORT" in printed


def test_the_meaning_of_a_setting_is_the_text_beside_it() -> None:
    assert meanings_of(Settings)["kafka_home"].startswith("A folder with Kafka's jars")
