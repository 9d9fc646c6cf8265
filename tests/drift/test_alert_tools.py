"""The files of Prometheus and Alertmanager by their own tools, promtool and amtool; skipped where there are none."""

import re
import shutil
import subprocess
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from alerts import build, message, webhook
from alerts.delivery import read
from alerts.grafana_files import labels as grafana_labels
from alerts.message import subject, whole
from alerts.monitor import MONITORS
from alerts.prometheus_files import labels as prometheus_labels
from alerts.routes import receiver_of
from alerts.rules import RULES
from contract.settings import CHECKOUT
from grafana.files import read_yaml
from tests.alert_messages import a_blind, a_message
from tests.conftest import NO_TOOLS

PROMETHEUS = CHECKOUT / "alerts" / "prometheus"
CASES = sorted((PROMETHEUS / "tests").glob("*.yml"))
ALWAYS = {"Watchdog"}


def tool(name: str, *arguments: str | Path) -> str:
    if shutil.which(name) is None:
        pytest.skip(NO_TOOLS)
    done = subprocess.run([name, *map(str, arguments)], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_promtool_takes_every_rule() -> None:
    for file in sorted((PROMETHEUS / "rules").glob("*.yml")):
        assert "SUCCESS" in tool("promtool", "check", "rules", file)


@pytest.mark.parametrize("file", CASES, ids=lambda file: file.stem)
def test_rules_on_metrics_fire_and_stay_quiet_as_their_cases_say(file: Path) -> None:
    tool("promtool", "test", "rules", file)


def test_every_rule_on_metrics_has_a_case_in_which_it_fires_and_one_in_which_it_is_quiet() -> None:
    fires: set[str] = set()
    quiet: set[str] = set()
    for file in CASES:
        for case in read_yaml(file.read_text(encoding="utf-8"))["tests"]:
            for asked in case["promql_expr_test"]:
                (name,) = re.findall(r'alertname=~?"([^"]+)"', asked["expr"])
                (fires if asked["exp_samples"] else quiet).add(name)
    assert fires == {rule.name for rule in MONITORS}
    assert {rule.name for rule in MONITORS} - ALWAYS <= quiet


@pytest.mark.parametrize("name", ["prometheus.yml", "prometheus-local.yml"])
def test_promtool_takes_the_configuration_of_both_installations(name: str) -> None:
    assert "4 rule files found" in tool("promtool", "check", "config", PROMETHEUS / name)


def test_amtool_takes_the_configuration_with_its_templates() -> None:
    told = tool("amtool", "check-config", build.ALERTMANAGER / "alertmanager.yml")
    assert "1 templates" in told


SEEING = [
    *({**grafana_labels(rule), "alertname": rule.title[0], "feed": "power-load"} for rule in RULES),
    *({**prometheus_labels(rule), "alertname": rule.name} for rule in MONITORS),
]
BLIND = [{**grafana_labels(rule), "alertname": why} for rule in RULES for why in message.BLIND]


@pytest.mark.parametrize(
    "labels", [*SEEING, *BLIND], ids=lambda labels: f"{labels['rule']}{'-blind' * (labels in BLIND)}"
)
def test_alertmanager_sends_each_rule_where_we_say_that_it_goes(labels: dict[str, str]) -> None:
    given = [f"{name}={value}" for name, value in labels.items()]
    config = build.ALERTMANAGER / "alertmanager.yml"
    tool(
        "amtool",
        "config",
        "routes",
        "test",
        f"--config.file={config}",
        f"--verify.receivers={receiver_of(labels)}",
        *given,
    )


def rendered(template: str, group: Sequence[Any], folder: Path) -> str:
    """What Alertmanager makes of a group: times with nanoseconds in UTC, as Go writes them."""
    data = folder / "data.json"
    data.write_bytes(webhook.write(group, read().bases, "vi"))
    glob = build.ALERTMANAGER / "templates" / "*.tmpl"
    text = f'{{{{ template "{template}" . }}}}'
    return tool(
        "amtool", "template", "render", f"--template.glob={glob}", f"--template.text={text}", f"--template.data={data}"
    )


OVER = [a_message(status="resolved", labels={"unit": f"H{n}"}) for n in range(7)]
GROUPS = {
    "one": [a_message()],
    "without a finding": [a_message("OverdueRising", 1234.0, since=datetime(2026, 11, 20, 17, 30, tzinfo=UTC))],
    "over": [a_message("FeedLost", 2.5, status="resolved")],
    "many": [a_message(labels={"unit": f"H{n}"}) for n in range(8)],
    "one fires between two that are over": [OVER[0], a_message(), OVER[1]],
    "one fires and many are over": [*OVER, a_message()],
    "all are over": OVER[:3],
    "blind": [a_blind(), a_blind("FindingCritical")],
    "without rows": [a_blind("CompletenessLow", "DatasourceNoData")],
}


@pytest.mark.parametrize("lang", ["vi", "en"])
@pytest.mark.parametrize("group", GROUPS.values(), ids=GROUPS)
def test_the_mail_says_what_the_long_form_says(group: list[Any], lang: str, tmp_path: Path) -> None:
    unlabelled = [msgspec.structs.replace(m, labels={k: v for k, v in m.labels.items() if k != "since"}) for m in group]
    for told in (group, unlabelled):
        assert rendered(f"nhip.text.{lang}", told, tmp_path).strip() == whole(told, read().bases, lang)
        assert rendered(f"nhip.subject.{lang}", told, tmp_path).strip() == subject(told, lang)
