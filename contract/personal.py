"""Text that must not be kept: what looks like somebody's telephone, identity number or e-mail.

Names cannot be told from other words; who writes is asked not to. A date, a time or a grouped number is no such thing.
"""

import re
import unicodedata

LEAST_DIGITS = 9
"""An old identity number has 9 digits, a telephone 10 or 11, an identity number 12."""
_INNOCENT = re.compile(
    r"""
    \b\d{4}-\d{2}-\d{2}(?:[T ]\d{1,2}:\d{2}(?::\d{2})?)?   # 2026-11-21 09:30
  | \b\d{1,2}[./-]\d{1,2}[./-]\d{4}\b                      # 21/11/2026
  | \b\d{1,2}[:h]\d{2}\b                                   # 09:30, 9h30
  | (?<![\d.])(?<!\d[ -])[1-9]\d{0,2}(?:\.\d{3}){1,5}(?:,\d+)?(?![\d.])  # 6.722.000.000, not +84 912.345.678
    """,
    re.VERBOSE,
)
_RUN = re.compile(r"\d(?:[ .\-()/]{0,2}\d){8,}")
_MAIL = re.compile(r"\S@\S+\.\S")


def is_personal(text: str) -> bool:
    plain = unicodedata.normalize("NFKC", text)  # full-width digits are digits
    if _MAIL.search(plain):
        return True
    return _RUN.search(_INNOCENT.sub("|", plain)) is not None
