"""A proxy that misbehaves does what it was told, and counts what it did."""

import http.client
import socket
import socketserver
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from bench.faults.between import between, listener_lines
from bench.faults.proxy import Proxy

INSERT = "/?query=INSERT%20INTO%20figures%20FORMAT%20ArrowStream"
BODY = bytes(range(256)) * 8


class Engine(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        self.bodies: list[bytes] = []
        super().__init__(("127.0.0.1", 0), EngineHandler)


class EngineHandler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Engine

    def do_POST(self) -> None:
        if self.headers.get("Transfer-Encoding") == "chunked":
            body = b""
            while size := int(self.rfile.readline(), 16):
                body += self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
        else:
            body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.bodies.append(body)
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass


class Broker(socketserver.ThreadingTCPServer):
    """Answers each frame by its own payload."""

    daemon_threads = True
    allow_reuse_address = True


class BrokerHandler(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        while len(size := self.rfile.read(4)) == 4:
            self.wfile.write(size + self.rfile.read(int.from_bytes(size, "big")))


@contextmanager
def serving(server: socketserver.TCPServer) -> Iterator[int]:
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def engine() -> Iterator[Engine]:
    server = Engine()
    with serving(server):
        yield server


@pytest.fixture
def proxy(engine: Engine) -> Iterator[Proxy]:
    with Proxy(engine.server_address[1], "http") as proxy:
        yield proxy


def ask(proxy: Proxy, path: str = INSERT, body: bytes = BODY, patience_s: float = 5.0) -> bytes:
    connection = http.client.HTTPConnection("127.0.0.1", proxy.port, timeout=patience_s)
    try:
        connection.request("POST", path, body)
        return connection.getresponse().read()
    finally:
        connection.close()


def ask_again(connection: http.client.HTTPConnection) -> None:
    connection.request("POST", INSERT, BODY)
    connection.getresponse().read()


def test_many_requests_go_through_one_connection_as_they_are(engine: Engine, proxy: Proxy) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", proxy.port, timeout=5)
    for size in (0, 1, 70_000, 2_000_000):
        body = bytes(size)
        connection.request("POST", INSERT, body)
        assert connection.getresponse().read() == body
    connection.request("POST", INSERT, iter([b"one", b"two"]), encode_chunked=True)
    assert connection.getresponse().read() == b"onetwo"
    connection.close()
    assert (proxy.counts.connections, proxy.counts.requests, proxy.counts.answers) == (1, 5, 5)


def test_a_dropped_answer_is_that_of_a_request_which_was_done(engine: Engine, proxy: Proxy) -> None:
    proxy.drop_answers(1, "insert")
    assert ask(proxy, "/", b"SELECT 1") == b"SELECT 1"
    with pytest.raises(http.client.RemoteDisconnected):
        ask(proxy)
    assert ask(proxy) == BODY
    assert engine.bodies == [b"SELECT 1", BODY, BODY]
    assert proxy.counts.dropped == 1


def test_a_held_answer_comes_after_the_client_has_gone(engine: Engine, proxy: Proxy) -> None:
    proxy.hold_answers(30.0, kind="insert")
    with pytest.raises(TimeoutError):
        ask(proxy, patience_s=0.2)
    assert ask(proxy) == BODY
    assert len(engine.bodies) == 2
    assert proxy.counts.held == 1


def test_a_delay_lets_requests_come_later(proxy: Proxy) -> None:
    proxy.delay(0.2)
    started = time.monotonic()
    ask(proxy)
    assert time.monotonic() - started >= 0.2
    proxy.delay(0.0)
    assert proxy.counts.delayed == 1


@pytest.mark.parametrize("of", ["requests", "answers"])
def test_one_bit_of_a_body_is_flipped_and_its_frame_stays(of: str, engine: Engine, proxy: Proxy) -> None:
    proxy.flip(1, of, "insert")  # type: ignore[arg-type]
    answer = ask(proxy)
    sent, got = (BODY, engine.bodies[0]) if of == "requests" else (engine.bodies[0], answer)
    changed = [(a, b) for a, b in zip(sent, got, strict=True) if a != b]
    assert len(changed) == 1
    assert (changed[0][0] ^ changed[0][1]).bit_count() == 1
    assert ask(proxy) == BODY
    assert proxy.counts.flipped == 1


def test_one_seed_flips_one_place(engine: Engine) -> None:
    def flipped() -> bytes:
        with Proxy(engine.server_address[1], "http", seed=7) as proxy:
            proxy.flip(1)
            return ask(proxy)

    assert flipped() == flipped() != BODY


def test_a_cut_closes_every_connection_and_the_next_one_works(proxy: Proxy) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", proxy.port, timeout=5)
    connection.request("POST", INSERT, BODY)
    connection.getresponse().read()
    assert proxy.cut() == 1
    connection.auto_open = 0
    with pytest.raises((ConnectionError, http.client.NotConnected)):
        ask_again(connection)
    connection.close()
    assert ask(proxy) == BODY
    assert proxy.counts.cut == 1


def test_who_is_away_refuses_and_comes_back_on_the_same_port(proxy: Proxy) -> None:
    assert ask(proxy) == BODY
    proxy.away()
    with pytest.raises(ConnectionRefusedError):
        ask(proxy)
    proxy.away(False)
    assert ask(proxy) == BODY


def test_a_half_open_connection_is_silent_and_goes_on_with_what_waited(engine: Engine, proxy: Proxy) -> None:
    proxy.half_open()
    with pytest.raises(TimeoutError):
        ask(proxy, patience_s=0.2)
    assert engine.bodies == []
    answers: list[bytes] = []
    waiting = threading.Thread(target=lambda: answers.append(ask(proxy)))
    waiting.start()
    while proxy.counts.stalled < 2:
        time.sleep(0.01)
    proxy.calm()
    waiting.join()
    assert answers == [BODY]


def test_calm_ends_everything(proxy: Proxy) -> None:
    proxy.delay(9.0)
    proxy.drop_answers(9)
    proxy.hold_answers(9.0, 9)
    proxy.flip(9)
    proxy.flip(9, "answers")
    proxy.half_open()
    proxy.away()
    proxy.calm()
    started = time.monotonic()
    assert ask(proxy) == BODY
    assert time.monotonic() - started < 5.0


def test_nobody_behind_the_proxy_is_a_closed_connection() -> None:
    with Proxy(1, "http") as proxy, pytest.raises((ConnectionError, http.client.RemoteDisconnected)):
        ask(proxy)


def test_requests_to_kafka_are_told_by_their_api() -> None:
    def frame(api: int) -> bytes:
        payload = api.to_bytes(2, "big") + bytes(60)
        return len(payload).to_bytes(4, "big") + payload

    with (
        serving(Broker(("127.0.0.1", 0), BrokerHandler)) as port,
        Proxy(port, "kafka") as proxy,
        socket.create_connection(("127.0.0.1", proxy.port), timeout=5) as client,
    ):
        proxy.flip(1, "answers", "fetch")
        client.sendall(frame(0) + frame(1) + frame(8))  # produce, fetch and commit in one go
        stream = client.makefile("rb")
        answers = [stream.read(len(frame(0))) for _ in range(3)]
        assert [answer == frame(api) for answer, api in zip(answers, (0, 1, 8), strict=True)] == [True, False, True]
        proxy.drop_answers(1, "commit")
        client.sendall(frame(1) + frame(8) + frame(0))
        assert stream.read() == frame(1)
        stream.close()


def test_bytes_of_no_known_kind_go_through() -> None:
    with (
        serving(Broker(("127.0.0.1", 0), BrokerHandler)) as port,
        Proxy(port) as proxy,
        socket.create_connection(("127.0.0.1", proxy.port), timeout=5) as client,
    ):
        client.sendall((2).to_bytes(4, "big") + b"ab")
        assert client.makefile("rb").read(6) == b"\0\0\0\2ab"


def test_the_brokers_listeners_name_the_proxies_as_their_addresses() -> None:
    lines = listener_lines(100, {"WORKER": (200, 201)})
    assert lines == [
        "listeners=PLAINTEXT://127.0.0.1:100,CONTROLLER://127.0.0.1:101,WORKER://127.0.0.1:200",
        "advertised.listeners=PLAINTEXT://127.0.0.1:100,WORKER://127.0.0.1:201",
        "listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,WORKER:PLAINTEXT",
    ]


def test_no_two_of_an_installation_have_one_port() -> None:
    with between() as way:
        given = dict(way.settings)
        worker, kafka = given.pop("worker_metrics_port"), given["kafka_port"]
        taken = [*given.values(), kafka + 1, worker, worker + 2, worker + 3]
        for proxy in (way.kafka, way.senders, way.store):
            taken += [proxy.port]
        taken += [way.kafka.target_port, way.senders.target_port]
        assert len(set(taken)) == len(taken)
        assert way.worker_environment["NHIP_KAFKA"].endswith(str(way.kafka.port))
        assert way.senders_address.endswith(str(way.senders.port))
        way.calm()
