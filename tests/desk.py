"""People with a browser each before the desk's own server, on a socket of a file."""

import asyncio
import re
import tempfile
from collections.abc import Awaitable, Callable
from html import unescape
from typing import Any

from aiohttp import ClientResponse, ClientSession, UnixConnector, web

from contract.settings import Settings
from nhip.accounts import OPERATOR, Accounts
from nhip.desk.server import application
from nhip.desk.shown import Shown
from nhip.findings_act import Acting
from tests.messages import catalogue
from tests.office import Office

ID = "3f9a1c02" + "0" * 24


class Person:
    """A browser of somebody's: it keeps cookies and fills in the form it was shown."""

    def __init__(self, session: ClientSession) -> None:
        self._session = session
        self.page = ""
        self.response: ClientResponse

    async def get(self, path: str, **headers: str) -> int:
        return await self._took(self._session.get(f"http://desk{path}", headers=headers))

    async def post(self, path: str, form: dict[str, str], **headers: str) -> int:
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        return await self._took(self._session.post(f"http://desk{path}", data=form, headers=given))

    async def sign_in(self, token: str, next: str = "/", **headers: str) -> int:
        return await self.post("/sign-in", {"token": token, "next": next}, **headers)

    async def act(self, step: str, **fields: str) -> int:
        """Presses a button of the page at hand."""
        return await self.post(f"/f/{ID}", {**self.fields(), "step": step, **fields})

    def fields(self) -> dict[str, str]:
        """Hidden fields of the page's last form."""
        return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', self.page))

    def buttons(self) -> list[str]:
        return re.findall(r'<button name="step" value="(\w+)">', self.page)

    async def _took(self, asked: Any) -> int:
        async with asked as response:
            self.response, self.page = response, unescape(await response.text())
            return int(response.status)


Story = Callable[..., Awaitable[None]]


def told(story: Story, office: Office, tokens: int = 1, settings: Settings | None = None) -> Accounts:
    """Runs a story with as many people as it wants, each with a browser and a token of their own."""
    with tempfile.TemporaryDirectory() as folder:
        own = settings or Settings(var=folder)
        accounts = Accounts(own)
        given = [accounts.add(f"truc-ban-{n}", OPERATOR) for n in range(1, tokens + 1)]
        asyncio.run(run(story, office, accounts, own, given, f"{folder}/s"))
        return accounts


async def run(story: Story, office: Office, accounts: Accounts, settings: Settings, given: list[str], at: str) -> None:
    shown = Shown(settings, catalogue())
    app = application(settings, accounts, office, Acting(settings, catalogue(), office, office.send), shown)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.UnixSite(runner, at).start()
    browsers = [ClientSession(connector=UnixConnector(at)) for _ in given]
    try:
        people = [Person(browser) for browser in browsers]
        await story(*people, *given)
    finally:
        for browser in browsers:
            await browser.close()
        await runner.cleanup()
