"""Phrases of SQL that many panels say: one wording each. The aliases are those that the panels use."""

from collections.abc import Mapping

from grafana import lists
from grafana.model import Words

MEASURE = "{{i.measure|i.measure_en}}"
"""Of an indicator `i`, in the board's language."""
NONE = "'{{chưa có|none yet}}'"
INSTANTS = "(SELECT indicator FROM indicators WHERE period = '')"
PERIODIC = "(SELECT indicator FROM indicators WHERE period != '')"
"""Indicators that are told at a time, and those that are told for a period."""


def subject_name(alias: str, name: str) -> str:
    """The subject's name of a joined `subjects`; its code where it is in no list; a dash where there is none."""
    return f"if({alias}.subject = '', '–', ifNull(nullIf({name}.name_$lang, ''), {alias}.subject))"


def said(column: str, known: Mapping[str, Words]) -> str:
    """A value of a closed list in words."""
    values = ", ".join(f"'{value}'" for value in known)
    words = ", ".join(f"'{{{{{vi}|{en}}}}}'" for vi, en in known.values())
    return f"transform({column}, [{values}], [{words}], {column})"


COUNTED_IN = f"""(
            SELECT feed, arrayStringConcat(arraySort(groupUniqArray({said("kind", lists.KINDS)})), ', ') AS words
            FROM case_buckets
            WHERE generation = (SELECT generation FROM generation_in_force) AND width = 'day'
                AND bucket > $__toTime - INTERVAL 40 DAY AND bucket <= $__toTime
            GROUP BY feed
        )"""
"""What the cases of each connection are called: of some there are two kinds."""
