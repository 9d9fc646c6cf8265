"""What the endpoint answers when it does not do what was asked: ClickHouse's own codes and words."""

import re

_CODE = re.compile(r"Code: (\d+)\.")
_NAME = re.compile(r"\s*\(version [^()]*(?:\([^()]*\))?[^()]*\)")
_STATUS: dict[int, int] = {
    **dict.fromkeys((164, 192, 193, 497, 516), 403),
    194: 401,
    **dict.fromkeys((6, 26, 27, 36, 38, 41, 53, 62, 69, 70, 72, 80, 117, 130, 131), 400),
    **dict.fromkeys((46, 47, 50, 60, 73, 81, 115), 404),
    **dict.fromkeys((159, 160), 408),
    158: 400,
    307: 413,
    48: 501,
    202: 503,
    373: 423,
}


class Refusal(Exception):
    """One error, as ClickHouse would say it."""

    def __init__(self, code: int, name: str, message: str) -> None:
        super().__init__(f"Code: {code}. DB::Exception: {message} ({name})")
        self.code = code

    @property
    def status(self) -> int:
        return _STATUS.get(self.code, 500)


class EngineRefusal(Refusal):
    """An error of the engine, whose text is passed on as it is, the engine's version taken out."""

    def __init__(self, error: BaseException) -> None:
        text = str(error)
        found = _CODE.search(text)
        code = int(found[1]) if found else 1001
        text = text[found.start() :] if found else f"Code: 1001. DB::Exception: {text} (STD_EXCEPTION)"
        Exception.__init__(self, _NAME.sub("", text).strip())
        self.code = code
