"""The one-shot jobs of an installation, and whether its parts are well, as a container asks."""

import argparse
import time
from collections.abc import Iterator

import msgspec
import pytest

from catalogue.load import load
from clickhouse.client import connect
from contract.errors import SetupError
from contract.kafka import Log
from contract.kafka_topics import drop_topics
from contract.settings import Settings
from contract.telemetry import Telemetry
from nhip import healthy, prepare
from nhip.local import ports


@pytest.fixture
def own(engine: Settings) -> Iterator[Settings]:
    settings = msgspec.structs.replace(engine, store_database="nhip_prepared", topic_prefix="prepared")
    yield settings
    connect(settings, "writer").command("DROP DATABASE IF EXISTS nhip_prepared SYNC", in_database=False)


def test_tables_are_made_once_and_the_catalogue_stands_in_them(
    own: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    assert prepare.run_tables(own) == 0
    assert "0001_figures.sql" in capsys.readouterr().out
    assert prepare.run_tables(own) == 0
    assert "✓" not in capsys.readouterr().out
    [(units,)] = connect(own).query("SELECT count() FROM units")
    assert units == len(load().units.all)


@pytest.mark.parametrize(
    ("told", "address"),
    [
        ({}, "http://127.0.0.1:18124"),
        ({"store_host": "clickhouse"}, ""),
        ({"store_host": "clickhouse", "desk_url": "https://nhip.invalid:8444/"}, "https://nhip.invalid:8444"),
    ],
    ids=["on one machine", "behind a proxy nobody told of", "behind a proxy"],
)
def test_a_link_to_the_desk_leads_to_where_people_reach_it(told: dict[str, str], address: str) -> None:
    assert prepare._desk(Settings(**told)) == address  # type: ignore[arg-type]


def test_topics_have_the_partitions_of_the_catalogue(own: Settings, kafka: Settings) -> None:
    settings = msgspec.structs.replace(own, kafka_port=kafka.kafka_port)
    try:
        assert prepare.run_topics(settings) == 0
        with Log(settings) as log:
            assert len(log.partitions(settings.topics.figures)) == load().partitions("figures")
            assert len(log.partitions(settings.topics.inbox)) == 1
    finally:
        drop_topics(settings, [settings.topics.figures, settings.topics.cases, settings.topics.inbox])


def test_a_store_that_never_answers_is_given_up_with_its_address(own: Settings) -> None:
    store = connect(msgspec.structs.replace(own, store_port=ports.free()), "writer")
    with pytest.raises(SetupError, match=str(store.settings.store_port)):
        prepare._answering(store, patience_s=0.0)


def ask(settings: Settings, part: str, port: int | None = None) -> int:
    return healthy.run(settings, argparse.Namespace(part=part, port=port))


def test_an_audit_that_checks_is_well_and_one_that_is_not_there_is_not(capsys: pytest.CaptureFixture[str]) -> None:
    telemetry = Telemetry()
    port = telemetry.serve(0)
    settings = Settings(audit_metrics_port=port)
    assert ask(settings, "audit") == 1
    telemetry.check_done("lost", 0, time.time())
    assert ask(settings, "audit") == 0
    assert ask(Settings(audit_metrics_port=ports.free()), "audit") == 1
    assert "audit" in capsys.readouterr().out.splitlines()[-1]
    assert ask(settings, "page", port) == 0, "whatever answers is a page that answers"


def test_functions_are_made_again_where_a_restored_database_came_without_them(own: Settings) -> None:
    prepare.run_tables(own)
    store = connect(own, "writer")
    store.command("DROP FUNCTION number_vi")
    prepare.run_tables(own)
    assert store.query("SELECT number_vi(54939, 0)") == [("54.939",)]
