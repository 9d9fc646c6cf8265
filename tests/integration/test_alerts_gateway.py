"""`nhip alerts gateway` as a process: what comes in by HTTP, and what goes out to an agency's own gateway."""

import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import msgspec
import pytest

from alerts import webhook
from alerts.delivery import Sms, read
from contract.settings import CHECKOUT, Settings, to_environment, with_secrets
from nhip import secrets
from nhip.local import ports
from tests.alert_messages import BASES, a_message
from tests.integration.endpoint import Reply, send


class Agency(ThreadingHTTPServer):
    """Takes short messages as an agency's gateway would; `refuses` makes it answer 503."""

    def __init__(self) -> None:
        self.taken: list[Any] = []
        self.tokens: list[str] = []
        self.refuses = False
        super().__init__(("127.0.0.1", 0), self._handler())

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        agency = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if not agency.refuses:
                    agency.taken.append(msgspec.json.decode(body))
                    agency.tokens.append(self.headers.get("Authorization", ""))
                self.send_response(503 if agency.refuses else 200)
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:
                pass

        return Handler


class Running(msgspec.Struct, frozen=True):
    url: str
    token: str
    agency: Any
    log: Path

    def post(self, body: bytes, path: str = "/sms/operations?lang=vi", token: str | None = None) -> Reply:
        request = urllib.request.Request(self.url + path, body, method="POST")
        request.add_header("Authorization", f"Bearer {self.token if token is None else token}")
        return send(request)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("gateway")
    settings = Settings(var=str(folder), alerts_port=ports.free(1))
    secrets.ensure(settings)
    agency = Agency()
    threading.Thread(target=agency.serve_forever, daemon=True).start()
    (folder / "sms_token").write_text("of-the-agency\n")
    sms = Sms(f"http://127.0.0.1:{agency.server_port}/send", str(folder / "sms_token"))
    delivery = folder / "delivery.toml"
    delivery.write_bytes(msgspec.toml.encode(msgspec.to_builtins(msgspec.structs.replace(read(), sms=sms))))
    command = [sys.executable, "-m", "nhip", "alerts", "gateway", "--delivery", str(delivery)]
    environment = {**to_environment(settings), "PYTHONPATH": str(CHECKOUT), "PATH": "/usr/bin:/bin"}
    log = folder / "log"
    with log.open("wb") as file:
        process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=file, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == f"ready 127.0.0.1:{settings.alerts_port}\n", log.read_text()
    try:
        token = with_secrets(settings).alerts_token
        yield Running(f"http://127.0.0.1:{settings.alerts_port}", token, agency, log)
    finally:
        process.terminate()
        code = process.wait(10)
        process.stdout.close()
        agency.shutdown()
        agency.server_close()
    assert code == 0, "it ends in order when it is told to"


def test_a_webhook_becomes_a_short_message_with_the_agencys_own_token(running: Running) -> None:
    assert running.post(webhook.write([a_message()], BASES, "vi")).status == 200
    said = running.agency.taken[-1]
    assert said["to"] == read().operations.telephone[0]
    assert said["text"].startswith("NGHIEM TRONG: (MO PHONG) Cong suat")
    assert running.agency.tokens[-1] == "Bearer of-the-agency"


def test_what_the_agency_refuses_is_answered_so_that_it_comes_again_and_the_log_has_no_telephone(
    running: Running,
) -> None:
    running.agency.refuses = True
    try:
        assert running.post(webhook.write([a_message()], BASES, "vi")).status == 502
    finally:
        running.agency.refuses = False
    log = running.log.read_text()
    assert "telephone 1 of 1: not sent: HTTP Error 503" in log
    assert read().operations.telephone[0] not in log
    assert "Cong suat" not in log


def test_strangers_and_what_is_no_webhook_are_turned_away(running: Running) -> None:
    before = len(running.agency.taken)
    good = webhook.write([a_message()], BASES, "vi")
    assert running.post(good, token="").status == 401
    assert running.post(good, path="/sms/everybody").status == 404
    assert running.post(b"{}").status == 400
    assert running.post(b"").status == 413
    assert len(running.agency.taken) == before


def test_it_says_that_it_is_well(running: Running) -> None:
    assert send(urllib.request.Request(f"{running.url}/healthy")).status == 200
    assert send(urllib.request.Request(f"{running.url}/")).status == 404


def test_alertmanagers_files_are_written_with_an_installations_addresses(tmp_path: Path) -> None:
    delivery = tmp_path / "delivery.toml"
    own = msgspec.structs.replace(read(), grafana="https://grafana.trung-tam.invalid")
    delivery.write_bytes(msgspec.toml.encode(msgspec.to_builtins(own)))
    command = [
        sys.executable,
        "-m",
        "nhip",
        "alerts",
        "config",
        "--delivery",
        str(delivery),
        "--out",
        str(tmp_path / "am"),
    ]
    environment = {**to_environment(Settings(var=str(tmp_path))), "PYTHONPATH": str(CHECKOUT), "PATH": "/usr/bin:/bin"}
    subprocess.run(command, env=environment, check=True, capture_output=True)
    assert "https://grafana.trung-tam.invalid/" in (tmp_path / "am/templates/nhip.tmpl").read_text()
    assert (tmp_path / "am/alertmanager.yml").read_text().startswith("# Made by")
