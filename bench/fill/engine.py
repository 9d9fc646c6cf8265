"""The engine alone, on a folder that is kept."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.installation import settings_in
from catalogue.load import load
from clickhouse import dimensions, retention
from clickhouse.client import connect
from clickhouse.migrate import migrate
from contract.errors import SetupError
from contract.settings import Settings, to_environment
from nhip import parts
from nhip.processes import State, Supervisor

START_S = 60.0


@contextmanager
def engine_in(folder: Path) -> Iterator[Settings]:
    """Runs the engine on the folder's store, migrated, with the catalogue and the retention of the settings."""
    settings = settings_in(folder.resolve())
    supervisor = Supervisor(settings.var_dir / "log", to_environment(settings))
    try:
        supervisor.start(parts.engine_part(settings))
        deadline = time.monotonic() + START_S
        while supervisor.states()["engine"] is not State.UP:
            if time.monotonic() > deadline or supervisor.failed():
                raise SetupError(f"the engine did not start: {supervisor.part('engine').reason}")
            time.sleep(0.05)
        store = connect(settings, "writer")
        migrate(store, settings)
        dimensions.fill(store, load())
        retention.apply(store, settings)
        yield settings
    finally:
        supervisor.stop()
