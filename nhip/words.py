"""What the command says, in the language of this run: Vietnamese, or English by NHIP_LANG=en or --lang en."""

import os

from contract.text import LANGUAGES, choose

_language = os.environ.get("NHIP_LANG", "vi")


def speak(lang: str) -> None:
    global _language
    _language = lang if lang in LANGUAGES else "vi"


def language() -> str:
    return _language


def say(vi: str, en: str) -> str:
    return choose(vi, en, _language)
