"""Lines of counts, whole numbers below a thousand whether they are of a province or of the country."""

from grafana.model import Axis, Words
from grafana.panels import joined


def in_both(text: Words) -> str:
    """A text of SQL in the language of the board."""
    return f"'{{{{{text[0]}|{text[1]}}}}}'"


def stepped(counts: str, lines: tuple[tuple[str, Words], ...]) -> str:
    """Lines of counts that stay below a thousand: divided by a power of ten where they must, which their names say. A
    province has a hundredth of the country's."""
    most = ", ".join(column for column, _ in lines)
    named = ", ".join(f"({in_both(name)}, toFloat64({column}))" for column, name in lines)
    return f"""
        SELECT time, concat(line.1, if(step = 1, '', concat(' × ', number_$lang(step, 0)))) AS series,
            line.2 / step AS value
        FROM
        (
            SELECT *, pow(10, floor(log10(greatest(max(greatest({most})) OVER (), 100))) - 2) AS step
            FROM ({counts})
        )
        ARRAY JOIN [{named}] AS line
        ORDER BY time, series
    """


def counted_in(many: Words) -> Axis:
    return Axis(joined(many, ("; × là phải nhân", "; × is to be multiplied")), least=0)
