"""Where proxies stand: one between worker and broker, one between senders and broker, one between worker and engine.

    with between(seed=1) as way:
        layout = Layout(settings=way.settings, worker_environment=way.worker_environment, kafka_lines=way.kafka_lines)
        with installation(folder, catalogue, told, layout) as place:
            senders use msgspec.structs.replace(place.settings, kafka=way.senders_address)
            way.store.drop_answers(1, "insert"); way.kafka.cut(); way.senders.delay(0.2)

A broker tells its clients under which address to come back, so a proxy in front of its only port would be used once and
then passed by. It gets a listener of its own for each proxy, which names the proxy's port as its address. The programme
itself, with `place.settings`, reaches broker and engine past all proxies.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager

import msgspec

from bench.faults.proxy import LOOPBACK, Proxy
from nhip.local import ports

LISTENERS = ("WORKER", "SENDERS")
PORTS = 10 + 2 * len(LISTENERS)
"""Kafka, its controller, the engine, metrics of feeds, audit and up to three workers; then listeners and proxies."""


class Way(msgspec.Struct, frozen=True):
    kafka: Proxy
    senders: Proxy
    store: Proxy
    settings: Mapping[str, int]
    """Ports, known before the installation is there."""
    worker_environment: Mapping[str, str]
    kafka_lines: Sequence[str]

    @property
    def senders_address(self) -> str:
        return f"{LOOPBACK}:{self.senders.port}"

    def calm(self) -> None:
        for proxy in (self.kafka, self.senders, self.store):
            proxy.calm()


@contextmanager
def between(seed: int = 0) -> Iterator[Way]:
    first = ports.free(PORTS)
    store_port, listeners = first + 2, first + 9
    settings = {"kafka_port": first, "store_port": store_port}
    metrics = ("feeds_metrics_port", "audit_metrics_port", "worker_metrics_port")
    settings |= {name: first + 3 + at for at, name in enumerate(metrics)}  # the n-th worker has the n-th after its own
    with ExitStack() as stack:
        faced = {
            name: stack.enter_context(Proxy(listeners + 2 * at, "kafka", seed + at, listeners + 2 * at + 1))
            for at, name in enumerate(LISTENERS)
        }
        store = stack.enter_context(Proxy(store_port, "http", seed, first + PORTS - 1))
        environment = {
            "NHIP_KAFKA": f"{LOOPBACK}:{faced['WORKER'].port}",
            "NHIP_STORE_PORT": str(store.port),
        }
        lines = listener_lines(first, {name: (proxy.target_port, proxy.port) for name, proxy in faced.items()})
        yield Way(faced["WORKER"], faced["SENDERS"], store, settings, environment, lines)


def listener_lines(kafka_port: int, listeners: Mapping[str, tuple[int, int]]) -> list[str]:
    """Lines for the broker's properties: listeners besides its own two, each by name with its port and the port that
    its clients are told. A key that comes again replaces the earlier one."""
    own = f"PLAINTEXT://{LOOPBACK}:{kafka_port}"
    heard = [f"{name}://{LOOPBACK}:{port}" for name, (port, _) in listeners.items()]
    told = [f"{name}://{LOOPBACK}:{port}" for name, (_, port) in listeners.items()]
    plain = [f"{name}:PLAINTEXT" for name in ("PLAINTEXT", "CONTROLLER", *listeners)]
    return [
        "listeners=" + ",".join([own, f"CONTROLLER://{LOOPBACK}:{kafka_port + 1}", *heard]),
        "advertised.listeners=" + ",".join([own, *told]),
        "listener.security.protocol.map=" + ",".join(plain),
    ]
