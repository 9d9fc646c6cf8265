"""Generated files: how they are written, and whether they are what the declarations say. The one door to yaml."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

HEAD = "# Made by `make {made_by}` from the declarations in {source}; edit those.\n"


class _Dumper(yaml.SafeDumper):
    """Keys in the order given; a text of several lines as a block."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    style = "|" if "\n" in value else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)


_Dumper.add_representer(str, _text)


def as_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"


def as_yaml(value: Any, made_by: str, source: str) -> str:
    body = yaml.dump(value, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=10_000)
    return HEAD.format(made_by=made_by, source=source) + body


def read_yaml(text: str) -> Any:
    return yaml.safe_load(text)


def write(folder: Path, wanted: Mapping[str, str], kinds: tuple[str, ...]) -> list[str]:
    """Makes the folder hold these files (name with subfolder, content) and no other of these kinds (`.json`); the names
    of those that had to change."""
    changed = different(folder, wanted, kinds)
    for name in changed:
        if name not in wanted:
            (folder / name).unlink()
            continue
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(wanted[name], encoding="utf-8")
    return changed


def different(folder: Path, wanted: Mapping[str, str], kinds: tuple[str, ...]) -> list[str]:
    """Files that are missing, too many, or not what they should be."""
    there = {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix in kinds
    }
    return sorted(name for name in there.keys() | wanted.keys() if there.get(name) != wanted.get(name))
