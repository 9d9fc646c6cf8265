"""A text as a telephone without diacritics gets it: the basic GSM alphabet, 160 letters to a message."""

import unicodedata

LIMIT = 160
BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
"""The alphabet of GSM 03.38 without its extension: `[`, `{`, `|`, `~`, `€` would take two places each."""
_OTHERS = str.maketrans(
    {"đ": "d", "Đ": "D", "–": "-", "—": "-", "·": "-", "…": "...", "×": "x", "≥": ">=", "≤": "<=", "[": "(", "]": ")"}
    | dict.fromkeys("“”„«»", '"')
    | dict.fromkeys("‘’", "'")
)


def plain(text: str) -> str:
    """Vietnamese without its marks, capitals kept; what the alphabet does not have is left out."""
    apart = unicodedata.normalize("NFD", text.translate(_OTHERS))
    return "".join(letter for letter in apart if letter in BASIC and not unicodedata.combining(letter))


def fitted(text: str, room: int) -> str:
    """Cut at a word where it is too long, and it shows."""
    if len(text) <= room:
        return text
    return text[: room - 2].rsplit(" ", 1)[0].rstrip(" ,:;.-") + ".."
