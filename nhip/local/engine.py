"""The real ClickHouse engine behind its HTTP protocol, as a process on this machine."""

import http.client
import sys

from contract.settings import Settings
from nhip.local import ports


def command(settings: Settings) -> list[str]:
    """What starts the endpoint. Raises SetupError where it cannot run."""
    ports.need(settings.store_port, "NHIP_STORE_PORT", "ClickHouse")
    folder = settings.var_dir / "store"
    folder.parent.mkdir(parents=True, exist_ok=True)
    return [sys.executable, "-m", "clickhouse.embedded", "--data", str(folder), "--port", str(settings.store_port)]


def is_up(settings: Settings) -> bool:
    connection = http.client.HTTPConnection(settings.store_address, settings.store_port, timeout=2.0)
    try:
        connection.request("GET", "/ping")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
