"""`nhip desk`: the page's server. On loopback unless told otherwise; TLS is a proxy's business (docs/findings.md).

Every answer forbids what the page does not need: scripts, frames, outside resources, being kept. Nothing of a token is
ever in an address or a log.
"""

import asyncio
import logging
import signal

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from catalogue.load import load
from clickhouse.client import connect
from contract.errors import SetupError
from contract.settings import Settings
from nhip.accounts import Accounts
from nhip.desk.door import Door
from nhip.desk.shown import Shown
from nhip.desk.views import Views
from nhip.findings_act import Acting
from nhip.findings_read import Books
from nhip.pages import STYLE_HASH
from nhip.words import Spoken, say

log = logging.getLogger("nhip.desk")
MOST_BYTES = 16_384
"""Of a form."""
HEADERS = {
    "Content-Security-Policy": (
        f"default-src 'none'; style-src '{STYLE_HASH}'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    ),
    "Cache-Control": "no-store",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def application(settings: Settings, accounts: Accounts, books: Books, acting: Acting, shown: Shown) -> web.Application:
    door = Door(settings, accounts, shown)
    views = Views(door, books, acting, shown)
    app = web.Application(client_max_size=MOST_BYTES, middlewares=[_guarded(shown)])
    app.add_routes(
        [
            web.get("/", views.listed),
            web.get("/f/{id:[0-9a-f]{4,32}}", views.one),
            web.post("/f/{id:[0-9a-f]{4,32}}", views.act),
            web.get("/sign-in", door.form),
            web.post("/sign-in", door.sign_in),
            web.post("/sign-out", door.sign_out),
            web.get("/alive", _alive),
        ]
    )
    return app


def run(settings: Settings) -> int:
    accounts = Accounts(settings)
    if not accounts.all():
        # The page says so too; who is added can sign in at once.
        print(say("Chưa có tài khoản nào: nhip accounts add ID", "No accounts yet: nhip accounts add ID"), flush=True)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    catalogue, books = load(settings.catalogue_dir), Books(connect(settings, "reader"))
    shown = Shown(settings, catalogue)
    app = application(settings, accounts, books, Acting(settings, catalogue, books), shown)
    asyncio.run(_served(app, settings))
    return 0


async def _served(app: web.Application, settings: Settings) -> None:
    runner = web.AppRunner(app, access_log=None, handle_signals=False)
    await runner.setup()
    try:
        await web.TCPSite(runner, settings.desk_host, settings.desk_port).start()
    except OSError as error:
        await runner.cleanup()
        raise SetupError(
            say(
                f"cổng {settings.desk_port} đã có chương trình khác dùng; đặt NHIP_DESK_PORT ({error})",
                f"port {settings.desk_port} is taken; set NHIP_DESK_PORT ({error})",
            )
        ) from error
    print(say("Trang xử lý điểm bất thường:", "The desk:"), settings.desk_address, flush=True)
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await stop.wait()
    await runner.cleanup()


async def _alive(request: web.Request) -> web.Response:
    return web.Response(text="ok")


def _guarded(shown: Shown) -> Middleware:
    """Whatever happens, an answer with these headers, that says what is wrong and nothing more."""

    @web.middleware
    async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
        response = await _answered(request, handler, shown)
        response.headers.update(HEADERS)
        return response

    return guard


async def _answered(request: web.Request, handler: Handler, shown: Shown) -> web.StreamResponse:
    try:
        return await handler(request)
    except web.HTTPSeeOther as error:
        return web.Response(status=error.status, headers={"Location": str(error.location)})
    except web.HTTPException as error:
        return shown.trouble(request, error.status)
    except ConnectionError as error:
        log.warning("%s %s: %s", request.method, request.path, error)
        return shown.trouble(request, 503)
    except Spoken as error:
        return shown.trouble(request, 404, error.told(shown.lang(request)))
    except Exception:
        log.exception("%s %s", request.method, request.path)
        return shown.trouble(request, 500)
