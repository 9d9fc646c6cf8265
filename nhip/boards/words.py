"""What the terminal says around a board, in both languages. Words on boards are in grafana/words.py."""

from contract import text

WORDS: dict[str, tuple[str, str]] = {
    "store_away": ("KHO SỐ LIỆU KHÔNG TRẢ LỜI", "THE STORE DOES NOT ANSWER"),
    "trying": ("đang thử lại; số liệu dưới đây đã cũ", "trying again; what stands below is old"),
    "waiting": ("đang chờ kho số liệu", "waiting for the store"),
    "stale": ("SỐ LIỆU CŨ", "OLD DATA"),
}


def word(key: str, lang: str = "vi") -> str:
    return text.choose(*WORDS[key], lang=lang)
