"""The library of queries: one .sql file each, its head in comments.

    -- title_vi: …          what it answers, in Vietnamese
    -- title_en: …          and in English
    -- owner: …             whose question it is
    -- parameter: name Type = default | meaning in Vietnamese | in English

`check_*.sql` and `audit_*.sql` are what Nhịp asks of itself; the others are what analysts start from. Times go in as
seconds or local dates.
"""

import re
from functools import cache
from pathlib import Path

import msgspec

FOLDER = Path(__file__).parent
OWN = ("alert_", "audit_", "check_", "desk_")
_HEAD = re.compile(r"^-- (?P<key>title_vi|title_en|owner|parameter): (?P<text>.*)$")
_PARAMETER = re.compile(r"^(?P<name>\w+) (?P<type>[\w()]+) =(?P<default>[^|]*)\|(?P<vi>[^|]*)\|(?P<en>[^|]*)$")


class Parameter(msgspec.Struct, frozen=True):
    name: str
    type: str
    default: str
    vi: str
    en: str


class Query(msgspec.Struct, frozen=True):
    name: str
    title_vi: str
    title_en: str
    owner: str
    parameters: tuple[Parameter, ...]
    sql: str

    def values(self, given: dict[str, str]) -> dict[str, str]:
        """The default of every parameter, over it what was given. Raises KeyError for a name that is no parameter."""
        known = {parameter.name: parameter.default for parameter in self.parameters}
        for name in given:
            if name not in known:
                raise KeyError(name)
        return known | given


def parse(name: str, text: str) -> Query:
    head: dict[str, list[str]] = {"title_vi": [], "title_en": [], "owner": [], "parameter": []}
    body: list[str] = []
    for line in text.splitlines():
        match = None if body else _HEAD.match(line)
        if match:
            head[match["key"]].append(match["text"].strip())
        else:
            body.append(line)
    for key in ("title_vi", "title_en", "owner"):
        if len(head[key]) != 1:
            raise ValueError(f"{name}.sql: the head needs one line `-- {key}: …`")
    parameters = tuple(_parameter(name, line) for line in head["parameter"])
    return Query(name, head["title_vi"][0], head["title_en"][0], head["owner"][0], parameters, "\n".join(body).strip())


def _parameter(name: str, line: str) -> Parameter:
    match = _PARAMETER.match(line)
    if match is None:
        raise ValueError(f"{name}.sql: `-- parameter: {line}` is not `name Type = default | vi | en`")
    return Parameter(**{key: value.strip() for key, value in match.groupdict().items()})


@cache
def load(name: str) -> Query:
    return parse(name, (FOLDER / f"{name}.sql").read_text(encoding="utf-8"))


def library() -> tuple[Query, ...]:
    """Every query, the analysts' first and our own last."""
    names = sorted((file.stem for file in FOLDER.glob("*.sql")), key=lambda stem: (stem.startswith(OWN), stem))
    return tuple(load(name) for name in names)
