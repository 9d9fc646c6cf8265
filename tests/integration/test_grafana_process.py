"""`nhip up --grafana` with a stand-in for Grafana that notes what it was told and answers its health page."""

import argparse
import json
import os
import time
from pathlib import Path

import msgspec
import pytest

from catalogue.load import load
from contract.settings import Settings
from nhip import parts, secrets
from nhip.local import grafana, ports
from nhip.processes import State, Supervisor
from nhip.up import Run
from tests.unit.test_local_grafana import installation

STAND_IN = """#!{python}
import http.server, json, os, pathlib, sys
noted = {{"arguments": sys.argv[1:], "environment": dict(os.environ)}}
pathlib.Path(os.environ["GF_PATHS_DATA"], "noted.json").write_text(json.dumps(noted))
class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200 if self.path == "/api/health" else 404)
        self.end_headers()
    def log_message(self, *_): pass
address = os.environ["GF_SERVER_HTTP_ADDR"], int(os.environ["GF_SERVER_HTTP_PORT"])
http.server.HTTPServer(address, Page).serve_forever()
"""


@pytest.fixture
def own(tmp_path: Path) -> Settings:
    home = installation(tmp_path / "grafana")
    (home / "bin" / "grafana").write_text(STAND_IN.format(python=os.path.realpath("/proc/self/exe")))
    settings = Settings(var=str(tmp_path / "var"), grafana_home=str(home), grafana_port=ports.free())
    secrets.ensure(settings)
    return settings


def test_it_is_started_with_the_provisioning_and_ended_with_the_run(own: Settings) -> None:
    supervisor = Supervisor(own.var_dir / "log", {})
    supervisor.start(parts.grafana_part(own))
    try:
        deadline = time.monotonic() + 20
        while supervisor.states()["grafana"] is not State.UP:
            assert time.monotonic() < deadline, supervisor.part("grafana").line()
            time.sleep(0.05)
    finally:
        supervisor.stop()
    assert not grafana.is_up(own)
    noted = json.loads((own.var_dir / "grafana" / "noted.json").read_text())
    assert noted["arguments"] == ["server", "--homepath", own.grafana_home]
    told = noted["environment"]
    assert told["GF_PATHS_PROVISIONING"].endswith("grafana/provisioning")
    assert told["GF_PATHS_PLUGINS"] == f"{own.grafana_home}/data/plugins"
    assert told["NHIP_BOARDS_PORT"] == str(own.store_port)
    kept = {file.read_text() for file in own.secrets_dir.iterdir()}
    assert len(kept) == 5, "of the store, of Grafana, of the alerts' gateway"
    assert kept & set(told.values()) == set()


def test_without_one_the_run_says_so_and_goes_on(own: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    none = msgspec.structs.replace(own, grafana_home=str(own.var_dir / "nowhere"))
    run = Run(none, argparse.Namespace(plain=True, grafana=True, parent=None), load())
    run._grafana()
    run.voice._log.close()
    assert "NHIP_GRAFANA_HOME" in capsys.readouterr().out
    assert run.supervisor.states() == {}
    assert not run.stop.is_set()
