"""The settings with their meaning, as `nhip settings` prints them: the text that stands beside each in the source."""

import ast
import inspect
from collections.abc import Iterator

from contract.settings import SECRET, Settings
from nhip.words import say


def lines(settings: Settings) -> Iterator[str]:
    meanings = meanings_of(Settings)
    default = Settings()
    for name in Settings.__struct_fields__:
        value = getattr(settings, name)
        shown = _hidden(str(value)) if name in SECRET else str(value) or "-"
        changed = "" if name in SECRET or value == getattr(default, name) else " *"
        yield f"NHIP_{name.upper():<30}{shown}{changed}"
        if meaning := meanings.get(name):
            yield f"    {meaning}"
    yield say(
        "* khác mặc định; đặt bằng biến môi trường cùng tên", "* not the default; set by the variable of that name"
    )


def _hidden(value: str) -> str:
    return say("(có, không hiện)", "(set, not shown)") if value else "-"


def meanings_of(kind: type) -> dict[str, str]:
    """Field -> the docstring that follows it."""
    (body,) = (node for node in ast.parse(inspect.getsource(kind)).body if isinstance(node, ast.ClassDef))
    found: dict[str, str] = {}
    for field, after in zip(body.body, body.body[1:], strict=False):
        match field, after:
            case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(meaning))):
                found[name] = " ".join(meaning.split())
    return found
