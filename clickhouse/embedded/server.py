"""The HTTP server: sockets in, answers out, one thread per connection."""

import socket
import threading
import time
from contextlib import AbstractContextManager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

from clickhouse.embedded import config, guards, protocol
from clickhouse.embedded.costs import Costs
from clickhouse.embedded.disk import DiskWatch
from clickhouse.embedded.engine import Engine, Handle, Result
from clickhouse.embedded.gates import Gates
from clickhouse.embedded.guards import Statement
from clickhouse.embedded.protocol import Answer, Request
from clickhouse.embedded.refusal import Refusal
from clickhouse.embedded.sessions import Sessions
from clickhouse.embedded.users import Users, credentials

LOOPBACK = "127.0.0.1"
UNKNOWN_DATABASE = 81
_OK = Answer(200, b"Ok.\n", {"Content-Type": "text/plain; charset=UTF-8"})


class Endpoint:
    """What answers requests: engine, users, limits, disk, costs. Knows nothing of sockets."""

    def __init__(self, engine: Engine, users: Users, limits: config.Limits, disk: DiskWatch) -> None:
        self.engine, self.users, self.limits, self.disk = engine, users, limits, disk
        self.costs = Costs(self._keep)
        self.gates = Gates(limits)
        self.host = socket.gethostname()
        self._sessions = Sessions(engine.new_handle)

    def answer(self, asked: Request) -> Answer:
        user = self.users.known(*credentials(asked.headers, asked.parameters))
        if not asked.sql.strip():
            return _OK
        if asked.is_hello:
            return protocol.hello_answer(asked, self.host, self.engine.version, self.engine.timezone)
        if user.role == "reader" and len(asked.sql) > self.limits.statement_bytes:
            raise Refusal(62, "SYNTAX_ERROR", f"A statement may have {self.limits.statement_bytes} bytes.")
        statement = guards.examine(asked.sql)
        guards.check_role(statement, user.role, asked.method)
        settings = self._settings(asked, user.role)
        with self.gates.passed(user.role):
            self.disk.check(statement.keyword)
            started = time.perf_counter_ns()
            with self.costs.of(user.role, statement.keyword, asked.headers) as cost:
                with self._handle(asked, user.role) as handle:
                    self._enter(handle, asked.database, settings)
                    result, shown = _run(handle, statement, asked)
                cost.result = result
        return protocol.result_answer(asked, result, shown, self.engine.timezone, time.perf_counter_ns() - started)

    def _keep(self, sql: str) -> None:
        """A statement of the endpoint's own in our database."""
        self.disk.check("INSERT")
        with self.engine.handle() as handle:
            handle.set(self.engine.database, {})
            handle.query(sql.encode(), "Null", {})

    def _settings(self, asked: Request, role: str) -> dict[str, str]:
        """In the order they are set: the client's, then the role's, then read-only, which locks them all."""
        settings = asked.settings
        for name, value in settings.items():
            guards.check_setting(name, value)
        read_only = settings.pop("readonly", "0")
        if role == "reader":
            seconds = config.seconds_allowed(settings.get("max_execution_time"), self.limits.reader_seconds)
            settings |= config.reader_settings(self.limits) | {"max_execution_time": seconds}
            read_only = "1"
        elif asked.method != "POST":
            read_only = "1"
        return settings if read_only == "0" else settings | {"readonly": read_only}

    def _enter(self, handle: Handle, database: str, settings: dict[str, str]) -> None:
        """In the database asked for; in ours where none is, unless it was dropped and is about to be made anew."""
        try:
            handle.set(database or self.engine.database, settings)
        except Refusal as refusal:
            if database or refusal.code != UNKNOWN_DATABASE:
                raise
            handle.set("", settings)

    def _handle(self, asked: Request, role: str) -> AbstractContextManager[Handle]:
        session = asked.parameters.get("session_id")
        if not session or role == "reader":
            return self.engine.handle()
        seconds = asked.parameters.get("session_timeout", "60")
        return self._sessions.handle(session, float(seconds) if seconds.isdigit() else 60.0)


def _run(handle: Handle, statement: Statement, asked: Request) -> tuple[Result, str]:
    """The result, and the format to name in the answer: none where there is no result."""
    if statement.data is not None:
        return handle.insert(statement.text, statement.clause, statement.format, statement.data), ""
    shown = statement.format or asked.format
    result = handle.query(statement.text, shown, asked.bound)
    return result, shown if statement.reads or result.body else ""


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128
    allow_reuse_address = True

    def __init__(self, port: int, endpoint: Endpoint) -> None:
        self.endpoint = endpoint
        super().__init__((LOOPBACK, port), _Handler)

    def stop(self, seconds: float) -> None:
        """Take no more, let running inserts end, close the engine. Reads are cut off."""
        threading.Thread(target=self.shutdown, daemon=True).start()
        self.endpoint.costs.stop()
        self.endpoint.gates.close(seconds)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "nhip-store"
    disable_nagle_algorithm = True
    timeout = 600
    server: Server

    def do_GET(self) -> None:
        self._serve()

    do_POST = do_HEAD = do_GET

    def log_message(self, format: str, *args: object) -> None:
        """Requests may hold what people asked; nothing of them is logged."""

    def _serve(self) -> None:
        address = urlsplit(self.path)
        query_id = ""
        try:
            body = self._body()
            if address.path in ("/ping", "/replicas_status") or (not address.query and not body):
                return self._send(_OK)
            asked = protocol.request(self.command, address.query, self.headers, body)  # type: ignore[arg-type]
            query_id = asked.query_id
            answer = self.server.endpoint.answer(asked)
        except Refusal as refusal:
            answer = protocol.refusal_answer(refusal, query_id, self.server.endpoint.engine.version)
        except (ConnectionError, TimeoutError):
            self.close_connection = True
            return None
        except Exception as error:
            failure = Refusal(1001, "STD_EXCEPTION", f"The endpoint failed: {type(error).__name__}: {error}")
            answer = protocol.refusal_answer(failure, query_id, self.server.endpoint.engine.version)
        return self._send(answer)

    def _send(self, answer: Answer) -> None:
        with suppress(ConnectionError, TimeoutError):
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer.body)))
            self.send_header("X-ClickHouse-Server-Display-Name", self.server.endpoint.host)
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(answer.body)

    def _body(self) -> bytes:
        if "chunked" in (self.headers.get("Transfer-Encoding") or ""):
            return self._chunks()
        length = int(self.headers.get("Content-Length") or 0)
        self._check_size(length)
        return self.rfile.read(length) if length else b""

    def _chunks(self) -> bytes:
        out = bytearray()
        while size := int(self.rfile.readline(64).split(b";")[0] or b"0", 16):
            self._check_size(len(out) + size)
            out += self.rfile.read(size)
            self.rfile.readline(8)
        while self.rfile.readline(1024).strip():
            pass
        return bytes(out)

    def _check_size(self, size: int) -> None:
        most = self.server.endpoint.limits.body_bytes
        if size > most:
            self.close_connection = True
            raise Refusal(307, "TOO_MANY_BYTES", f"A body of {size} bytes is too large; {most} are taken.")
