"""What the command says, in the language of this run: Vietnamese, or English by NHIP_LANG=en or --lang en."""

import os

from contract.errors import NhipError
from contract.text import LANGUAGES, choose

_language = os.environ.get("NHIP_LANG", "vi")


def speak(lang: str) -> None:
    global _language
    _language = lang if lang in LANGUAGES else "vi"


def language() -> str:
    return _language


def say(vi: str, en: str) -> str:
    return choose(vi, en, _language)


class Spoken(NhipError):
    """An error in both languages: the terminal shows it in that of the run, a page in that of its reader."""

    def __init__(self, vi: str, en: str) -> None:
        super().__init__(vi, en)
        self.vi, self.en = vi, en

    def __str__(self) -> str:
        return self.told(_language)

    def told(self, lang: str) -> str:
        return choose(self.vi, self.en, lang)
