"""Digits three lines high, so that the time of the query can be read from across the room."""

_BIG = {
    "0": "█▀█ █ █ ▀▀▀",
    "1": "▀█   █  ▀▀▀", "2": "▀▀█ █▀▀ ▀▀▀", "3": "▀▀█ ▀▀█ ▀▀▀", "4": "█ █ ▀▀█   ▀", "5": "█▀▀ ▀▀█ ▀▀▀",
    "6": "█▀▀ █▀█ ▀▀▀", "7": "▀▀█   █   ▀", "8": "█▀█ █▀█ ▀▀▀", "9": "█▀█ ▀▀█ ▀▀▀", ":": " ▄   ▄     ",
}  # fmt: skip


def lines(clock: str) -> tuple[str, str, str]:
    """`09:30:12` as three lines; a letter that is no digit is left out."""
    drawn = [_BIG[letter].ljust(11) for letter in clock if letter in _BIG]
    first, second, third = (" ".join(one[4 * n : 4 * n + 3] for one in drawn) for n in range(3))
    return first, second, third
