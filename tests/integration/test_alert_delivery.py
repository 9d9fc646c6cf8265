"""An alert on its whole way: posted to a real Alertmanager with our configuration, and out as a short message."""

import shutil
import subprocess
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import msgspec
import pytest

from alerts import alertmanager_files, gsm
from alerts.delivery import read
from alerts.message import Message
from catalogue.calendar import Calendar
from nhip.alerts_gateway import Gateway, handler
from nhip.local import ports
from tests.alert_messages import a_blind, a_message
from tests.conftest import NO_TOOLS

BINARIES = ("alertmanager", "prometheus-alertmanager")
TOKEN = "a-token-of-this-test-alone"


class Outside:
    """What stands outside: telephones, and the receiver that listens for signs of life."""

    def __init__(self) -> None:
        self.sms: list[tuple[str, str]] = []
        self.alive: list[Any] = []

    def send(self, telephone: str, text: str) -> None:
        self.sms.append((telephone, text))

    def heartbeat(self) -> type[BaseHTTPRequestHandler]:
        outside = self

        class Heard(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outside.alive.append(msgspec.json.decode(body))
                self.send_response(200)
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:
                pass

        return Heard


def served(kind: type[BaseHTTPRequestHandler], running: list[ThreadingHTTPServer]) -> str:
    server = ThreadingHTTPServer(("127.0.0.1", 0), kind)
    running.append(server)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}"


@pytest.fixture(scope="module")
def outside(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Outside, str]]:
    binary = next(filter(None, map(shutil.which, BINARIES)), None)
    if binary is None:
        pytest.skip(NO_TOOLS)
    folder = tmp_path_factory.mktemp("alertmanager")
    found, running = Outside(), list[ThreadingHTTPServer]()
    token = folder / "token"
    token.write_text(TOKEN)
    delivery = msgspec.structs.replace(
        read(),
        gateway=served(handler(Gateway(read(), TOKEN, found.send)), running),
        gateway_token_file=str(token),
        alive_grafana=served(found.heartbeat(), running),
    )
    _configure(folder, alertmanager_files.files(delivery, Calendar()))
    port = ports.free(1)
    process = _start(binary, folder, port)
    try:
        yield found, f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(10)
        for server in running:
            server.shutdown()
            server.server_close()


def _configure(folder: Path, files: dict[str, str]) -> None:
    """As it is, but nobody waits for others of a group."""
    for name, content in files.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(content.replace("group_wait: 30s", "group_wait: 500ms"))


def _start(binary: str, folder: Path, port: int) -> subprocess.Popen[bytes]:
    arguments = ["--config.file=alertmanager.yml", f"--storage.path={folder / 'data'}", "--cluster.listen-address="]
    log = (folder / "log").open("wb")
    with log:
        process = subprocess.Popen(
            [binary, *arguments, f"--web.listen-address=127.0.0.1:{port}"], cwd=folder, stdout=log, stderr=log
        )
    until(lambda: _answers(f"http://127.0.0.1:{port}/-/ready"), f"{binary} did not start: see {folder / 'log'}")
    return process


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=1) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def until(holds: Callable[[], bool], otherwise: str) -> None:
    deadline = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < deadline, otherwise
        time.sleep(0.05)


def post(base: str, *messages: Message) -> None:
    """As Grafana posts: labels with the rule's title as `alertname`."""
    alerts = [
        {
            "labels": {"alertname": message.labels["rule"], **message.labels},
            "annotations": dict(message.annotations),
            "startsAt": datetime.now(UTC).isoformat(),
        }
        for message in messages
    ]
    request = urllib.request.Request(f"{base}/api/v2/alerts", msgspec.json.encode(alerts), method="POST")
    request.add_header("Content-Type", "application/json")
    with urllib.request.urlopen(request, timeout=5):
        pass


def states(base: str) -> dict[tuple[str, str], str]:
    """Rule and feed -> active or suppressed."""
    with urllib.request.urlopen(f"{base}/api/v2/alerts", timeout=5) as answer:
        found = msgspec.json.decode(answer.read())
    return {(one["labels"]["rule"], one["labels"].get("feed", "")): one["status"]["state"] for one in found}


def test_a_critical_finding_calls_the_shift_once_for_all_of_its_feed(outside: tuple[Outside, str]) -> None:
    found, base = outside
    post(base, a_message(), a_message(labels={"unit": "H26", "unit_name": "Hà Nội", "finding_id": "f" * 32}))
    until(lambda: len(found.sms) == 1, "no short message came")
    telephone, said = found.sms[0]
    assert telephone == read().operations.telephone[0]
    assert said.startswith("NGHIEM TRONG (+1): (MO PHONG) Cong suat toan he thong")
    assert len(said) <= gsm.LIMIT


def test_a_feed_that_is_lost_silences_its_indicators_in_alertmanager_too(outside: tuple[Outside, str]) -> None:
    found, base = outside
    own = {"feed": "customs", "feed_name": "Hải quan"}
    post(base, a_message("FeedLost", 4.0, labels=own))
    until(lambda: ("FeedLost", "customs") in states(base), "it was not taken")
    post(base, a_message("FeedSilent", 4.0, labels=own), a_message("FindingsWarning", 2.0, labels=own))
    post(base, a_message("FindingsWarning", 2.0, labels={"feed": "fdi"}))
    expected = {
        ("FeedLost", "customs"): "active",
        ("FeedSilent", "customs"): "suppressed",
        ("FindingsWarning", "customs"): "suppressed",
        ("FindingsWarning", "fdi"): "active",
    }
    until(lambda: expected.items() <= states(base).items(), f"they stand as {states(base)}")
    until(lambda: any("mat han tin hieu" in said for _, said in found.sms), "the loss was not told")


def test_the_sign_of_life_goes_outside_and_to_no_telephone(outside: tuple[Outside, str]) -> None:
    found, base = outside
    post(base, a_message("AlertsAlive", 1.0, labels={"feed": "all"}))
    until(lambda: bool(found.alive), "nothing was heard outside")
    assert found.alive[0]["commonLabels"]["rule"] == "AlertsAlive"
    assert not [said for _, said in found.sms if "AlertsAlive" in said]


def test_a_rule_that_is_blind_silences_nothing_and_is_no_sign_of_life(outside: tuple[Outside, str]) -> None:
    found, base = outside
    before, heard = len(found.sms), len(found.alive)
    blind = ("FeedsSilentMany", "FeedLost", "DataStandsStill", "AlertsAlive")
    post(base, *(a_blind(name) for name in blind))
    until(lambda: {(name, "") for name in blind} <= states(base).keys(), "they were not taken")
    post(base, a_message("FeedLost", 4.0, labels={"feed": "treasury", "feed_name": "Kho bạc"}))
    until(lambda: len(found.sms) == before + 1, "the loss was not told")
    assert {states(base)[name, ""] for name in blind} == {"active"}
    assert len(found.alive) == heard
