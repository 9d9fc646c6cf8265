"""The choices that stand at the top of boards: queried from small tables, found by typing without diacritics."""

from collections.abc import Mapping

from grafana.model import Variable, Words

ALL = "*"
"""The value of `tất cả`, which takes everything: Grafana's own word for it is English."""


def one_of(name: str, label: Words, sql: str, default: str = "", default_text: Words = ("", "")) -> Variable:
    """One value of those that a query gives as `value` and `text`, in its order."""
    return Variable(name=name, label=label, sql=sql, default=default, default_text=default_text)


def all_or_one_of(name: str, label: Words, sql: str) -> Variable:
    """The same with `tất cả` before them; `chosen` reads it. The query gives `value`, `text` and `place`."""
    with_all = f"""
        SELECT value, text FROM
        (
            SELECT '{ALL}' AS value, '{{{{tất cả|all}}}}' AS text, toInt64(-1) AS place
            UNION ALL
            SELECT value, text, toInt64(place) FROM ({sql})
        )
        ORDER BY place, text
    """
    return Variable(name=name, label=label, sql=with_all, default=ALL, default_text=("tất cả", "all"))


def chosen(name: str, column: str) -> str:
    """The condition that a choice puts on a column."""
    return f"${{{name}:sqlstring}} IN ('', '{ALL}', toString({column}))"


def one_chosen(variable: Variable) -> str:
    """The value of a choice without `tất cả`: links from boards that have it bring it along, and mean the default."""
    given = f"${{{variable.name}:sqlstring}}"
    return f"if({given} IN ('', '{ALL}'), '{variable.default}', {given})"


FOUND_BY = "if(name_$lang = name_ascii, '', concat(' · ', name_ascii))"
"""A unit's name once more without diacritics, where it has some: choices are found by their text."""
UNIT_SQL = f"""
    SELECT unit AS value, concat(name_$lang, {FOUND_BY},
            if(valid_to IS NULL, '', concat(' ({{{{đến|until}}}} ', formatDateTime(assumeNotNull(valid_to), '%d/%m/%Y'),
                ')'))) AS text,
        position + 10000 * (valid_to IS NOT NULL) AS place
    FROM units
    WHERE level IN ('national', 'ministry', 'agency', 'province', 'commune')
"""
"""Today's units in their official order, then those of the past."""

UNIT = one_of(
    "unit", ("đơn vị", "unit"), f"SELECT value, text FROM ({UNIT_SQL}) ORDER BY place", "H26", ("Hà Nội", "Ha Noi")
)
THE_UNIT = one_chosen(UNIT)
ANY_UNIT = all_or_one_of("unit", ("đơn vị", "unit"), UNIT_SQL)
FEED_SQL = """
    SELECT f.feed AS value, concat(f.name_$lang, ' · ', if('$lang' = 'vi', folded(f.name_vi), f.feed)) AS text,
        rowNumberInAllBlocks() AS place
    FROM (SELECT * FROM feeds ORDER BY drill, system IN ('drill', 'nhip'), folded(name_$lang)) AS f
"""
FEED = one_of(
    "feed",
    ("kết nối", "connection"),
    f"SELECT value, text FROM ({FEED_SQL}) ORDER BY place",
    "portal-dossiers",
    ("Đồng bộ hồ sơ thủ tục hành chính", "Dossiers of procedures, synchronised"),
)
THE_FEED = one_chosen(FEED)
ANY_FEED = all_or_one_of("feed", ("kết nối", "connection"), FEED_SQL)


def any_of_list(name: str, label: Words, meanings: Mapping[str, Words]) -> Variable:
    """One value of a closed list, or all."""
    rows = (
        f"SELECT '{value}' AS value, '{{{{{vi}|{en}}}}}' AS text, {place} AS place"
        for place, (value, (vi, en)) in enumerate(meanings.items())
    )
    return all_or_one_of(name, label, " UNION ALL ".join(rows))
