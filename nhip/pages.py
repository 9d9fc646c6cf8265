"""The one door to jinja2: pages from `templates/`. What is put into them is escaped; what is missing is an error."""

import base64
import hashlib
from pathlib import Path

import jinja2
from markupsafe import Markup

from contract import text

FOLDER = Path(__file__).with_name("templates")
STYLE = (FOLDER / "style.css").read_text(encoding="utf-8")
STYLE_HASH = "sha256-" + base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
"""What a Content-Security-Policy may name: the one style there is, and no other."""

_environment = jinja2.Environment(
    loader=jinja2.FileSystemLoader(FOLDER),
    autoescape=True,
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def page(name: str, lang: str, **values: object) -> str:
    """A template filled in. In it `say(vi, en)` is in the page's language, and `instant` prints times as ever."""

    def say(vi: str, en: str) -> str:
        return text.choose(vi, en, lang)

    return _environment.get_template(name).render(
        **values, lang=lang, say=say, style=Markup(STYLE), instant=lambda moment: text.instant(moment, lang)
    )
