"""The way in from outside: a container as closed as the others, published only where somebody said so."""

import re
from typing import Any

from contract.settings import CHECKOUT
from grafana.files import read_yaml
from tests.installed import COMPOSE, SERVICES, VALIDATOR, filled

TEXT = (CHECKOUT / "deploy" / "proxy" / "compose.yml").read_text()
OVERRIDE: dict[str, Any] = read_yaml(TEXT)
PROXY = OVERRIDE["services"]["proxy"]
NGINX = (CHECKOUT / "deploy" / "proxy" / "nginx.conf").read_text()


def test_it_is_a_compose_file_beside_the_other() -> None:
    assert list(VALIDATOR.iter_errors(OVERRIDE)) == []
    assert set(PROXY["networks"]) <= COMPOSE["networks"].keys()
    assert PROXY["depends_on"].keys() <= SERVICES.keys()
    assert set(PROXY["secrets"]) == OVERRIDE["secrets"].keys()


def test_it_is_published_only_at_the_address_that_somebody_set() -> None:
    assert PROXY["ports"] == [
        "${NHIP_PROXY_ADDRESS:?as 10.1.2.3:443}:8443",
        "${NHIP_PROXY_DESK_ADDRESS:?as 10.1.2.3:8444}:8444",
    ]


def test_it_is_as_closed_as_the_others() -> None:
    for name in ("read_only", "cap_drop", "security_opt", "restart", "logging", "stop_grace_period"):
        assert PROXY[name] == SERVICES["grafana"][name], name
    assert re.fullmatch(r"[\w/-]+:\d+\.\d+\.\d+[\w-]*@sha256:[0-9a-f]{64}", PROXY["image"])


def test_it_leads_to_services_that_there_are_on_their_ports() -> None:
    led = dict(re.findall(r"(?m)^ *set \$\w+ http://(\w+):(\d+);", NGINX))
    assert led.keys() <= SERVICES.keys()
    assert filled(SERVICES["grafana"]["ports"][0]).endswith(f":{led['grafana']}")
    assert SERVICES["desk"]["environment"]["NHIP_DESK_PORT"] == led["desk"]


def test_it_speaks_tls_alone_and_notes_no_address_that_may_hold_a_token() -> None:
    assert re.findall(r"(?m)^ *listen (.*);", NGINX) == ["8443 ssl", "8444 ssl"]
    [form] = re.findall(r"log_format short '([^']*)'", NGINX)
    assert not {"$request", "$request_uri", "$uri", "$args", "$http_referer"} & set(form.split())
