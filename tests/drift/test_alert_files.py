"""The files of the alerts: as declared, complete, and leading somewhere; nothing in them is a secret."""

import argparse
import re
from collections import Counter
from pathlib import Path
from typing import Any

import msgspec
import pytest

from alerts import build, links
from alerts.model import Link, Monitor, Rule
from alerts.monitor import MONITORS
from alerts.rules import RULES
from contract.settings import CHECKOUT, Settings
from grafana import classic, runbooks
from grafana.boards import BOARDS, board
from grafana.files import read_yaml
from grafana.macros import Range, expand
from nhip import commands
from nhip.parts import worker_part
from tests.installed import SERVICES

ALL: tuple[Rule | Monitor, ...] = (*RULES, *MONITORS)
RUNBOOKS = (CHECKOUT / "alerts" / "runbooks.md").read_text(encoding="utf-8")
PARTS = ("Ý nghĩa", "Xem trước", "Nguyên nhân thường gặp", "Việc cần làm", "Khi nào bỏ qua", "Gọi ai")
GRAFANA_KNOWS = {
    "noDataState": {"NoData", "Alerting", "OK"},
    "execErrState": {"Error", "Alerting", "OK"},
}
"""In 10.1 already; it dies at start on any other value."""
RULE_KEYS = {
    *("uid", "title", "condition", "data", "noDataState", "execErrState", "for", "annotations", "labels", "isPaused")
}


def grafana_rules() -> list[dict[str, Any]]:
    made = read_yaml((build.GRAFANA / "rules.yaml").read_text(encoding="utf-8"))
    return [rule for group in made["groups"] for rule in group["rules"]]


def prometheus_rules() -> list[dict[str, Any]]:
    files = (read_yaml(file.read_text(encoding="utf-8")) for file in sorted(build.PROMETHEUS.glob("*.yml")))
    found = [rule for made in files for group in made["groups"] for rule in group["rules"]]
    return [rule for rule in found if "alert" in rule]


WRITTEN = [*grafana_rules(), *prometheus_rules()]


def test_the_files_are_what_the_declarations_say() -> None:
    assert build.wrong() == [], "run `make alerts`"


def test_every_rule_is_in_a_file_once_under_its_name() -> None:
    names = Counter(rule["labels"]["rule"] for rule in WRITTEN)
    assert names == Counter(rule.name for rule in ALL)
    assert max(names.values()) == 1
    assert len({rule["uid"] for rule in grafana_rules()}) == len(RULES)
    assert len({rule["title"] for rule in grafana_rules()}) == len(RULES)


@pytest.mark.parametrize("rule", ALL, ids=lambda rule: rule.name)
def test_a_name_is_a_statement_in_camel_case_and_short_enough_for_a_short_message(rule: Rule | Monitor) -> None:
    assert re.fullmatch(r"([A-Z][a-z]+){1,6}", rule.name)
    assert len(rule.name) <= 32


@pytest.mark.parametrize("rule", WRITTEN, ids=lambda rule: rule["labels"]["rule"])
def test_every_rule_has_what_its_reader_needs(rule: dict[str, Any]) -> None:
    annotations = rule["annotations"]
    for name in ("summary", "description", "board", "runbook_url"):
        assert annotations[name].strip(), name
    for name in ("summary_en", "description_en", "board_en"):
        assert annotations[name].strip(), name
    assert {"rule", "severity", "audience"} <= set(rule["labels"])


def test_grafanas_rules_have_only_what_every_supported_server_knows() -> None:
    for rule in grafana_rules():
        assert set(rule) == RULE_KEYS
        for key, known in GRAFANA_KNOWS.items():
            assert rule[key] in known, rule["uid"]
        assert [step["refId"] for step in rule["data"]] == ["A", "B", "C"]
        assert len(rule["uid"]) <= 40
        assert {"__dashboardUid__", "__panelId__"} <= set(rule["annotations"]), "10.1 wants both or neither"
        (evaluator,) = (condition["evaluator"] for condition in rule["data"][2]["model"]["conditions"])
        assert evaluator["type"] in ("gt", "lt")


def test_a_query_has_the_plugins_lowest_version_and_only_macros_that_we_know() -> None:
    for rule in grafana_rules():
        model = rule["data"][0]["model"]
        assert (model["format"], model["queryType"], model["pluginVersion"]) == (1, "table", "4.14.0")
        assert "$__" not in expand(model["rawSql"], Range(0, 60_000))


def test_the_heartbeat_is_alarmed_by_silence_and_errors_and_the_others_tell_the_operators() -> None:
    states = {rule["labels"]["rule"]: (rule["noDataState"], rule["execErrState"]) for rule in grafana_rules()}
    assert states.pop("DataStandsStill") == ("Alerting", "Alerting")
    rows_are_rare = {"FindingCritical", "FindingUntaken", "FindingUntakenLong", "FigureBehindTarget"}
    assert {name for name, found in states.items() if found == ("OK", "Error")} == rows_are_rare
    assert {name for name, found in states.items() if found == ("NoData", "Error")} == set(states) - rows_are_rare


def test_every_rule_has_a_runbook_and_every_runbook_a_rule() -> None:
    headings = {name: section.title for name, section in runbooks.sections(RUNBOOKS).items()}
    assert headings == {rule.name: rule.title for rule in ALL}
    assert RUNBOOKS.count("\n## ") == len(ALL)


@pytest.mark.parametrize("heading", sorted(runbooks.sections(RUNBOOKS)))
def test_a_runbook_has_all_its_parts_in_order_and_one_query(heading: str) -> None:
    body = runbooks.sections(RUNBOOKS)[heading].body
    assert re.findall(r"^\*\*([^*]+)\.\*\*", body, re.MULTILINE) == list(PARTS)
    assert body.count("```sql\n") == 1
    for name in re.findall(r"\b(?:Nhip|Feed|Feeds|Finding|Data|Alerts)[A-Z]\w+", body):
        assert name in runbooks.sections(RUNBOOKS), f"{heading} sends to {name}, which is no heading"


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_the_runbooks_board_has_the_panel_that_each_alert_leads_to(lang: str) -> None:
    drawn = classic.build(board("runbooks"), lang)
    panels = {panel["id"]: panel["title"] for panel in drawn["panels"]}
    assert len(panels) == len(ALL), "two headings have one number"
    assert drawn["uid"] == f"{runbooks.UID}-{lang}"
    link = re.compile(r"(?:\{\{ externalURL \}\}|/)d/nhip-runbooks-vi\?viewPanel=(\d+)")
    for rule in WRITTEN:
        address = link.fullmatch(rule["annotations"]["runbook_url"])
        assert address, rule["labels"]["rule"]
        assert panels[int(address[1])].endswith(f"({rule['labels']['rule']})")


def test_boards_are_named_in_one_place_and_their_variables_are_labels_of_the_rule() -> None:
    declared = {value for value in vars(links).values() if isinstance(value, Link)}
    for rule in ALL:
        assert rule.link in declared, rule.name
    for written in grafana_rules():
        for variable, label in re.findall(r"var-(\w+)=\{\{ \$labels\.(\w+) \}\}", written["annotations"]["board"]):
            assert variable == label
            assert f"AS {label}" in written["data"][0]["model"]["rawSql"], written["uid"]


@pytest.mark.parametrize(
    "link", sorted({rule.link for rule in ALL}, key=str), ids=lambda link: f"{link.board}:{link.panel}"
)
def test_every_link_leads_to_a_panel_of_a_board_with_the_variables_that_it_sets(link: Link) -> None:
    found = {one.uid: one for one in BOARDS}[link.board]
    assert found.panel(link.panel)
    assert set(link.variables) <= {variable.name for variable in found.variables}


def test_labels_that_words_use_are_labels_that_the_query_gives() -> None:
    for rule in grafana_rules():
        sql = rule["data"][0]["model"]["rawSql"]
        for words in rule["annotations"].values():
            for label in re.findall(r"\$labels\.(\w+)", words):
                assert re.search(rf"\bAS {label}\b", sql), f"{rule['uid']}: no column {label}"


def test_grafana_sends_what_fires_more_often_than_alertmanager_forgets_it() -> None:
    delivery = read_yaml((build.GRAFANA / "delivery.yaml").read_text(encoding="utf-8"))
    alertmanager = read_yaml((build.ALERTMANAGER / "alertmanager.yml").read_text(encoding="utf-8"))
    (policy,) = delivery["policies"]
    assert _minutes(policy["repeat_interval"]) * 3 < _minutes(alertmanager["global"]["resolve_timeout"])
    assert policy["receiver"] == delivery["contactPoints"][0]["name"]


def _minutes(duration: str) -> float:
    return int(duration[:-1]) * {"s": 1 / 60, "m": 1, "h": 60}[duration[-1]]


def test_both_deliveries_replace_one_another() -> None:
    with_alertmanager, embedded = (
        read_yaml((folder / "delivery.yaml").read_text(encoding="utf-8")) for folder in (build.GRAFANA, build.EMBEDDED)
    )
    assert set(with_alertmanager) == set(embedded)
    assert with_alertmanager["contactPoints"][0]["name"] == embedded["contactPoints"][0]["name"]
    (receiver,) = embedded["contactPoints"][0]["receivers"]
    assert (receiver["type"], receiver["settings"]) == ("webhook", {"url": "$NHIP_ALERTS_WEBHOOK"})


SECRETS = re.compile(r"(password|secret|token|credentials|api_key)\s*[:=]\s*[\"']?[^\s\"'/$]", re.IGNORECASE)
"""What is named `…_file` has a path behind it, which begins with /."""
NUMBERS = re.compile(r"(?:\+84|\b0)[ .]?\d{2,3}[ .]?\d{3}[ .]?\d{3,4}\b")
ADDRESSES = re.compile(r"[\w.-]+@[\w-]+(?:\.[\w-]+)+|https?://[\w.-]+")
FILES = sorted(
    file
    for folder in (CHECKOUT / "alerts", build.GRAFANA)
    for file in folder.rglob("*")
    if file.suffix in (".yaml", ".yml", ".toml", ".md", ".tmpl")
)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_no_file_has_a_secret_a_telephone_or_an_address_that_could_be_somebodys(file: Path) -> None:
    content = file.read_text(encoding="utf-8")
    assert not SECRETS.search(content)
    assert [number for number in NUMBERS.findall(content) if number.count("0") < 7] == []
    ours = ("127.0.0.1", ".invalid", "localhost")
    assert [address for address in ADDRESSES.findall(content) if not any(own in address for own in ours)] == []


def scraped(name: str) -> dict[str, list[str]]:
    """Job -> host:port."""
    config = read_yaml((CHECKOUT / "alerts" / "prometheus" / name).read_text(encoding="utf-8"))
    found: dict[str, list[str]] = {}
    for job in config["scrape_configs"]:
        plain = [target for one in job.get("static_configs", []) for target in one["targets"]]
        named = [f"{host}:{one['port']}" for one in job.get("dns_sd_configs", []) for host in one["names"]]
        found[job["job_name"]] = plain + named
    return found


def test_prometheus_asks_the_ports_of_the_settings() -> None:
    settings = Settings()
    ports = {
        "nhip-worker": settings.worker_metrics_port,
        "nhip-audit": settings.audit_metrics_port,
        "nhip-feeds": settings.feeds_metrics_port,
    }
    local, installed = scraped("prometheus-local.yml"), scraped("prometheus.yml")
    assert local["grafana"] == [f"127.0.0.1:{settings.grafana_port}"]
    for job, port in ports.items():
        assert local[job] == [f"127.0.0.1:{port}"]
        assert {target.split(":")[1] for target in installed[job]} == {str(port)}
    assert {target.split(":")[0] for targets in installed.values() for target in targets} <= SERVICES.keys()


def ports_of_more_workers() -> list[int]:
    parser = argparse.ArgumentParser()
    commands.up_arguments(parser)
    numbers = next(action.choices for action in parser._actions if action.dest == "workers")
    assert numbers is not None
    parts = [worker_part(Settings(), number) for number in numbers if number > 1]
    return [int(part.environment["NHIP_WORKER_METRICS_PORT"]) for part in parts]


def test_no_two_processes_of_a_machine_have_one_port() -> None:
    settings = msgspec.to_builtins(Settings())
    taken = [value for name, value in settings.items() if name.endswith("_port")]
    taken += [settings["kafka_port"] + 1, *ports_of_more_workers()]
    assert len(set(taken)) == len(taken), sorted(taken)


def test_each_worker_of_this_machine_is_scraped_and_only_the_first_must_answer() -> None:
    local = scraped("prometheus-local.yml")
    assert local["nhip-more-workers"] == [f"127.0.0.1:{port}" for port in ports_of_more_workers()]
    assert not any("nhip-more-workers" in rule.expr for rule in MONITORS)
    for rule in MONITORS:
        assert "up{job=" in rule.expr or not re.search(r"\bup\b", rule.expr), rule.name


def test_a_job_that_a_rule_asks_of_is_scraped_in_both_installations() -> None:
    asked = {job for rule in MONITORS for job in re.findall(r'job="([\w-]+)"', rule.expr)}
    assert asked
    assert asked <= scraped("prometheus.yml").keys() & scraped("prometheus-local.yml").keys()


SUFFIXES = {"Counter": ("_total",), "Gauge": ("",), "_histogram": ("_bucket", "_count", "_sum")}


def test_every_metric_that_a_rule_asks_for_is_one_that_is_told() -> None:
    told = (CHECKOUT / "contract" / "telemetry.py").read_text(encoding="utf-8")
    metrics = re.findall(r'(Counter|Gauge|_histogram)\(\s*"(nhip_\w+)"', told)
    known = {name + suffix for kind, name in metrics for suffix in SUFFIXES[kind]}
    rules = "\n".join(file.read_text(encoding="utf-8") for file in build.PROMETHEUS.glob("*.yml"))
    asked = set(re.findall(r"\bnhip_\w+", rules))
    assert len(asked) > 10
    assert asked <= known
