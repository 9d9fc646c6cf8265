"""Short messages: who may ask for them, who gets them, and what is said when the agency's gateway takes none."""

from pathlib import Path

import msgspec
import pytest

from alerts import webhook
from alerts.delivery import Reader, read
from alerts.message import Message
from contract.errors import SettingError
from contract.settings import Settings
from nhip.alerts_delivery import bases, chosen
from nhip.alerts_gateway import MOST_REMEMBERED, REMEMBERED_S, Answer, Gateway, Sent
from tests.alert_messages import BASES, a_message

DELIVERY = read()
TOKEN = "t" * 24
BEARER = f"Bearer {TOKEN}"


class Phones:
    def __init__(self, broken: str = "") -> None:
        self.sent: list[tuple[str, str]] = []
        self.broken = broken

    def send(self, telephone: str, text: str) -> None:
        if telephone == self.broken:
            raise ConnectionRefusedError("connection refused")
        self.sent.append((telephone, text))


def told(phones: Phones, path: str = "/sms/operations", bearer: str = BEARER, body: bytes | None = None) -> Answer:
    given = webhook.write([a_message()], BASES, "vi") if body is None else body
    return Gateway(DELIVERY, TOKEN, phones.send).answer(path, bearer, given)


def test_each_telephone_of_the_audience_gets_one_short_message_for_a_group() -> None:
    phones = Phones()
    group = [a_message(), a_message(labels={"unit": "H26"}), a_message(status="resolved")]
    assert told(phones, body=webhook.write(group, BASES, "vi")) == Answer(200, "1 sent")
    ((telephone, text),) = phones.sent
    assert telephone == DELIVERY.operations.telephone[0]
    assert text.startswith("NGHIEM TRONG (+1): (MO PHONG) Cong suat")
    assert text.endswith("https://nhip.invalid/desk/f/0123456789ab")


def test_the_language_is_the_readers() -> None:
    phones = Phones()
    told(phones, "/sms/leaders?lang=en")
    assert phones.sent[0][0] == DELIVERY.leaders.telephone[0]
    assert phones.sent[0][1].startswith("CRITICAL: (SIMULATED) Load")


@pytest.mark.parametrize("bearer", ["", TOKEN, "Bearer ", "Bearer wrong", f"Basic {TOKEN}", "Bearer điều"])
def test_who_has_no_token_sends_nothing(bearer: str) -> None:
    phones = Phones()
    assert told(phones, bearer=bearer).status == 401
    assert phones.sent == []


@pytest.mark.parametrize("path", ["/", "/sms/", "/sms/everybody", "/sms/operations?lang=fr", "/sms/../smtp"])
def test_only_audiences_and_languages_that_there_are_can_be_asked_for(path: str) -> None:
    assert told(Phones(), path).status == 404


def test_a_body_that_is_no_webhook_is_refused() -> None:
    answer = told(Phones(), body=b'{"text": "hello"}')
    assert answer.status == 400
    assert "alerts" in answer.text


def test_what_could_not_be_sent_is_said_so_that_it_is_sent_again_and_no_number_is_told() -> None:
    telephone = DELIVERY.operations.telephone[0]
    answer = told(Phones(broken=telephone))
    assert answer == Answer(502, "1 of 1 not sent")


class Clock:
    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


GOOD, DEAD = "+84 00 000 0011", "+84 00 000 0012"
TWO = msgspec.structs.replace(DELIVERY, operations=Reader(telephone=(GOOD, DEAD)))
CALL = webhook.write([a_message()], BASES, "vi")


def test_a_dead_number_is_tried_again_and_those_who_have_the_message_do_not_get_it_a_second_time() -> None:
    phones, clock = Phones(broken=DEAD), Clock()
    gateway = Gateway(TWO, TOKEN, phones.send, clock)
    for clock.seconds in range(0, REMEMBERED_S, 300):
        assert gateway.answer("/sms/operations", BEARER, CALL) == Answer(502, "1 of 2 not sent")
    assert [telephone for telephone, _ in phones.sent] == [GOOD]
    clock.seconds = REMEMBERED_S
    gateway.answer("/sms/operations", BEARER, CALL)
    assert [telephone for telephone, _ in phones.sent] == [GOOD, GOOD], "within the hour it is told anew"


def test_a_number_that_works_again_gets_what_it_missed_and_then_all_is_sent() -> None:
    phones, clock = Phones(broken=DEAD), Clock()
    gateway = Gateway(TWO, TOKEN, phones.send, clock)
    gateway.answer("/sms/operations", BEARER, CALL)
    phones.broken = ""
    assert gateway.answer("/sms/operations", BEARER, CALL) == Answer(200, "2 sent")
    assert [telephone for telephone, _ in phones.sent] == [GOOD, DEAD]


def test_what_all_have_is_sent_again_when_it_comes_again() -> None:
    """A finding that was taken and given back has the words that it had."""
    phones = Phones()
    gateway = Gateway(TWO, TOKEN, phones.send, Clock())
    for _ in range(2):
        assert gateway.answer("/sms/operations", BEARER, CALL).status == 200
    assert len(phones.sent) == 4


def test_another_message_and_another_audience_are_not_taken_for_what_was_sent() -> None:
    phones = Phones(broken=DEAD)
    both = msgspec.structs.replace(TWO, leaders=TWO.operations)
    gateway = Gateway(both, TOKEN, phones.send, Clock())
    over = webhook.write([a_message(status="resolved")], BASES, "vi")
    for path, body in (("/sms/operations", CALL), ("/sms/operations", over), ("/sms/leaders", CALL)):
        gateway.answer(path, BEARER, body)
    assert len(phones.sent) == 3


def test_what_is_remembered_is_bounded() -> None:
    sent = Sent(Clock())
    for number in range(MOST_REMEMBERED + 5):
        sent.add("operations", GOOD, str(number))
    assert not sent.has("operations", GOOD, "4")
    assert sent.has("operations", GOOD, "5")
    assert len(sent._at) == MOST_REMEMBERED


def test_an_audience_without_telephones_is_no_error() -> None:
    assert told(Phones(), "/sms/review") == Answer(200, "nothing to be sent")


def test_alerts_of_others_are_told_by_what_they_have() -> None:
    phones = Phones()
    foreign = Message({"alertname": "DiskFull", "severity": "critical"}, {"summary": "Đĩa đầy"}, "firing")
    assert told(phones, body=webhook.write([foreign], BASES, "vi")).status == 200
    assert phones.sent[0][1] == "NGHIEM TRONG: Dia day. So tay: DiskFull"


def test_without_a_file_of_addresses_messages_lead_to_this_machine_and_nothing_is_configured() -> None:
    settings = Settings(grafana_port=1, desk_port=2)
    assert bases(settings, None) == bases(settings, "")
    assert bases(settings, None).grafana == "http://127.0.0.1:1"
    with pytest.raises(SettingError, match="--delivery"):
        chosen(settings, None)


def test_a_file_of_addresses_with_a_mistake_is_named_with_it(tmp_path: Path) -> None:
    file = tmp_path / "delivery.toml"
    file.write_text('grafana = "x"\nfax = "y"\n')
    with pytest.raises(SettingError, match=r"delivery\.toml"):
        read(file)
    with pytest.raises(SettingError, match="cannot be read"):
        read(file.with_name("none.toml"))
    broken = msgspec.to_builtins(DELIVERY) | {"review": {"mail": [], "lang": "fr"}}
    file.write_bytes(msgspec.toml.encode(broken))
    with pytest.raises(SettingError, match=r"review\.lang is 'fr'"):
        read(file)
