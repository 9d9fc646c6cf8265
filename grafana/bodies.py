"""The units to choose from on boards of systems: those of today, in official order, found without diacritics."""

from grafana.choices import FOUND_BY, all_or_one_of


def _units(levels: str) -> str:
    return f"""
        SELECT unit AS value, concat(name_$lang, {FOUND_BY}) AS text,
            position AS place
        FROM units
        WHERE level IN ({levels}) AND valid_to IS NULL
    """


PROVINCE = all_or_one_of("unit", ("tỉnh, thành phố", "province"), _units("'province'"))
BODY = all_or_one_of("unit", ("bộ, ngành, địa phương", "body"), _units("'ministry', 'agency', 'province'"))
