"""deploy/grafana/add-user.sh against a stand-in that notes what Grafana would be asked."""

import base64
import http.server
import json
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from contract.settings import CHECKOUT

SCRIPT = CHECKOUT / "deploy" / "grafana" / "add-user.sh"


class Asked(http.server.BaseHTTPRequestHandler):
    noted: list[tuple[str, str, str, dict[str, Any]]]
    patch_fails = False

    def _answer(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.noted.append((self.command, self.path, self.headers["Authorization"], body))
        taken = body.get("login") == "taken"
        failed = self.command == "PATCH" and self.patch_fails
        self.send_response(412 if taken else 500 if failed else 200)
        self.end_headers()
        self.wfile.write(b'{"message":"User already exists"}' if taken else b'{"id":42,"message":"User created"}')

    do_POST = do_PATCH = _answer

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def address() -> Iterator[str]:
    Asked.noted = []
    server = http.server.HTTPServer(("127.0.0.1", 0), Asked)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def add(tmp_path: Path, address: str, name: str, role: str = "Viewer") -> subprocess.CompletedProcess[str]:
    (tmp_path / "grafana_admin_password").write_text("of-the-admin")
    command = ["sh", str(SCRIPT), name, role, address, str(tmp_path)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_an_account_is_made_with_a_random_password_and_its_role(tmp_path: Path, address: str) -> None:
    done = add(tmp_path, address, "desk-01", "Editor")
    name, password = done.stdout.strip().split(": ")
    [(post, users, who, made), (patch, place, _, role)] = Asked.noted
    assert (post, users, patch, place) == ("POST", "/api/admin/users", "PATCH", "/api/org/users/42")
    assert base64.b64decode(who.removeprefix("Basic ")) == b"admin:of-the-admin"
    assert (name, made) == ("desk-01", {"name": "desk-01", "login": "desk-01", "password": password})
    assert len(password) == 24
    assert role == {"role": "Editor"}


def test_what_grafana_refuses_is_said_and_no_password_is_shown(tmp_path: Path, address: str) -> None:
    done = add(tmp_path, address, "taken")
    assert done.returncode != 0
    assert "User already exists" in done.stderr
    assert "taken:" not in done.stdout


def test_an_account_whose_role_could_not_be_set_has_its_password_told(
    tmp_path: Path, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Asked, "patch_fails", True)
    done = add(tmp_path, address, "lan", "Editor")
    [(_, _, _, made), _] = Asked.noted
    assert done.stdout.strip() == f"lan: {made['password']}"
    assert done.returncode == 1
    assert "is no Editor" in done.stderr
    assert made["password"] not in done.stderr


@pytest.mark.parametrize(
    ("name", "role"), [("Desk", "Viewer"), ('x", "isAdmin": true, "y": "', "Viewer"), ("x", "Admin")]
)
def test_a_name_or_role_that_is_none_is_refused_before_anything_is_asked(
    tmp_path: Path, address: str, name: str, role: str
) -> None:
    assert add(tmp_path, address, name, role).returncode == 2
    assert Asked.noted == []
