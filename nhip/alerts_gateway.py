"""`nhip alerts gateway`: takes alerts from Alertmanager or Grafana and sends short messages to an agency's own gateway.

    POST /sms/operations?lang=vi        a webhook's body, with `Authorization: Bearer <alerts_token>`

One message a group, to each telephone of that audience. What could not be sent is answered with 502, so that
Alertmanager sends it again; those who have it do not get it a second time. Zalo would be another sender like this one
(docs/alerts.md).
"""

import argparse
import hmac
import logging
import signal
import threading
import time
import urllib.parse
import urllib.request
from collections.abc import Callable, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import msgspec

from alerts import webhook
from alerts.delivery import AUDIENCES, Delivery, Sms
from alerts.evaluate import AlertError
from alerts.message import Message, short
from contract.errors import SettingError
from contract.settings import Settings
from contract.text import LANGUAGES
from nhip.alerts_delivery import chosen
from nhip.words import say

log = logging.getLogger("nhip.alerts")

LARGEST = 4_000_000
"""Bytes of a body; a group of a thousand alerts has half of that."""
REMEMBERED_S = 50 * 60
"""How long a telephone that has a message is passed over while another one's is tried again. Below the hour after which
whatever is critical is told anew (`alerts/routes.py`)."""
MOST_REMEMBERED = 10_000
Send = Callable[[str, str], None]
"""To a telephone, a text. Raises OSError where it was not taken."""


class Answer(msgspec.Struct, frozen=True):
    status: int
    text: str


class Sent:
    """Who has which message, as long as not all for whom it is have it."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._at: dict[tuple[str, str, str], float] = {}
        """Audience, telephone, text -> when; the oldest first."""
        self._lock = threading.Lock()

    def has(self, audience: str, telephone: str, text: str) -> bool:
        with self._lock:
            at = self._at.get((audience, telephone, text))
        return at is not None and self._now() - at < REMEMBERED_S

    def add(self, audience: str, telephone: str, text: str) -> None:
        key = (audience, telephone, text)
        with self._lock:
            self._at.pop(key, None)
            self._at[key] = self._now()
            if len(self._at) > MOST_REMEMBERED:
                del self._at[next(iter(self._at))]

    def done(self, audience: str, telephones: Sequence[str], text: str) -> None:
        """All have it. When it comes again it is meant: what was over has begun anew."""
        with self._lock:
            for telephone in telephones:
                self._at.pop((audience, telephone, text), None)


class Gateway:
    def __init__(self, delivery: Delivery, token: str, send: Send, now: Callable[[], float] = time.monotonic) -> None:
        self._delivery, self._token, self._send = delivery, token, send
        self._sent = Sent(now)

    def answer(self, address: str, authorization: str, body: bytes) -> Answer:
        """To one request."""
        url = urllib.parse.urlsplit(address)
        audience = url.path.removeprefix("/sms/")
        lang = urllib.parse.parse_qs(url.query).get("lang", ["vi"])[0]
        if not hmac.compare_digest(authorization.encode(), f"Bearer {self._token}".encode()):
            return Answer(401, "the token of alerts is wanted")
        if audience not in AUDIENCES or lang not in LANGUAGES:
            return Answer(404, f"there are /sms/{', /sms/'.join(AUDIENCES)}, each with lang=vi or lang=en")
        try:
            messages = webhook.read(body)
        except AlertError as error:
            return Answer(400, str(error))
        return self._told(audience, lang, messages)

    def _told(self, audience: str, lang: str, messages: Sequence[Message]) -> Answer:
        telephones = self._delivery.reader(audience).telephone
        if not messages or not telephones:
            return Answer(200, "nothing to be sent")
        text = short(messages, self._delivery.bases, lang)
        failed = 0
        for number, telephone in enumerate(telephones, 1):
            if self._sent.has(audience, telephone, text):
                continue
            try:
                self._send(telephone, text)
                self._sent.add(audience, telephone, text)
            except OSError as error:
                failed += 1
                log.error("%s, telephone %d of %d: not sent: %s", audience, number, len(telephones), error)
        if failed:
            return Answer(502, f"{failed} of {len(telephones)} not sent")
        self._sent.done(audience, telephones, text)
        return Answer(200, f"{len(telephones)} sent")


def sender(sms: Sms) -> Send:
    """Posts to the agency's gateway; the token is read each time, so that it may change."""

    def send(telephone: str, text: str) -> None:
        body = msgspec.json.encode({"to": telephone, "text": text})
        request = urllib.request.Request(sms.url, body, {"Content-Type": "application/json"}, method="POST")
        if sms.token_file:
            request.add_header("Authorization", f"Bearer {Path(sms.token_file).read_text().strip()}")
        with urllib.request.urlopen(request, timeout=20):
            pass

    return send


def handler(gateway: Gateway) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        timeout = 30

        def do_POST(self) -> None:
            given = self.headers.get("Content-Length") or ""
            size = int(given) if given.isdecimal() else 0
            if not 0 < size <= LARGEST:
                self._say(Answer(413, f"a body of 1 to {LARGEST} bytes is wanted"))
                return
            body = self.rfile.read(size)
            self._say(gateway.answer(self.path, self.headers.get("Authorization") or "", body))

        def do_GET(self) -> None:
            self._say(Answer(200, "ok") if self.path == "/healthy" else Answer(404, "POST /sms/…"))

        def _say(self, answer: Answer) -> None:
            body = answer.text.encode()
            self.send_response(answer.status)
            self.send_header("Content-Type", "text/plain; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Who asked and how it was answered; never what was said."""
            log.info(format, *args)

    return Handler


def run(settings: Settings, args: argparse.Namespace) -> int:
    if not settings.alerts_token:
        raise SettingError(
            say(
                f"chưa có mã truy cập: chạy `nhip setup` để tạo {settings.var_dir / 'secrets' / 'alerts_token'}",
                f"there is no token: `nhip setup` makes {settings.var_dir / 'secrets' / 'alerts_token'}",
            )
        )
    delivery = chosen(settings, args.delivery)
    gateway = Gateway(delivery, settings.alerts_token, sender(delivery.sms))
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    with ThreadingHTTPServer((args.host, settings.alerts_port), handler(gateway)) as server:
        signal.signal(signal.SIGTERM, _stop)
        print(f"ready {args.host}:{server.server_port}", flush=True)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            return 0
    return 0


def _stop(*_: object) -> None:
    raise KeyboardInterrupt
