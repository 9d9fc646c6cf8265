"""The tables that hold the catalogue, so that boards and analysts join names, targets and bounds to codes; and the duty
posts, which come from a file of their own."""

import pyarrow as pa

from clickhouse.columns import DAY, FLAG, REAL, TEXT, TEXTS, Table, columns

DIMENSIONS: dict[str, Table] = {
    "units": Table(
        columns(
            *((name, TEXT) for name in ("unit", "name_vi", "name_en", "name_ascii", "level", "parent")),
            ("position", pa.uint16()),
            ("valid_from", DAY),
            ("valid_to", DAY),
            ("latitude", REAL),
            ("longitude", REAL),
            ("predecessors", TEXTS),
            nullable="valid_to",
        ),
        key=("unit",),
    ),
    "systems": Table(columns(*((name, TEXT) for name in ("system", "name_vi", "name_en"))), key=("system",)),
    "feeds": Table(
        columns(
            *((name, TEXT) for name in ("feed", "name_vi", "name_en", "system", "owner", "record")),
            ("partition", pa.uint16()),
            ("shards", pa.uint8()),
            ("contact", TEXT),
            ("cadence_s", pa.uint32()),
            ("headline", TEXT),
            ("headline_days", pa.uint16()),
            ("drill", FLAG),
            ("lateness_s", pa.uint32()),
            ("due_days", pa.uint16()),
        ),
        key=("feed",),
    ),
    "expected_units": Table(columns(("feed", TEXT), ("unit", TEXT)), key=("feed", "unit")),
    "indicators": Table(
        columns(
            *((name, TEXT) for name in ("indicator", "name_vi", "name_en", "measure")),
            ("decimals", pa.uint8()),
            *((name, TEXT) for name in ("measure_en", "section", "period")),
            ("slot", pa.uint16()),
            *((name, REAL) for name in ("hard_low", "hard_high", "soft_low", "soft_high")),
            ("published", FLAG),
            nullable="hard_low hard_high soft_low soft_high",
        ),
        key=("indicator",),
    ),
    "targets": Table(
        columns(
            *((name, TEXT) for name in ("indicator", "period", "unit")),
            ("at_least", REAL),
            ("at_most", REAL),
            ("set_by", TEXT),
            ("source", TEXT),
            nullable="at_least at_most",
        ),
        key=("indicator", "period", "unit"),
    ),
    "subjects": Table(
        columns(*((name, TEXT) for name in ("subject", "family", "name_vi", "name_en"))),
        key=("subject",),
    ),
    "contacts": Table(
        columns(*((name, TEXT) for name in ("feed", "unit", "post_vi", "post_en", "telephone", "email", "hours"))),
        key=("feed", "unit"),
    ),
    "sections": Table(
        columns(("section", TEXT), ("position", pa.uint8()), ("name_vi", TEXT), ("name_en", TEXT)), key=("section",)
    ),
    "fields": Table(
        columns(
            ("field", pa.uint8()),
            ("first_slot", pa.uint16()),
            ("last_slot", pa.uint16()),
            ("name_vi", TEXT),
            ("name_en", TEXT),
        ),
        key=("field",),
    ),
    "case_kinds": Table(columns(*((name, TEXT) for name in ("kind", "name_vi", "name_en"))), key=("kind",)),
    "case_states": Table(
        columns(
            ("kind", TEXT),
            ("state", TEXT),
            ("position", pa.uint8()),
            *((name, TEXT) for name in ("phase", "name_vi", "name_en", "result")),
        ),
        key=("kind", "state"),
    ),
    "ceilings": Table(
        columns(
            ("subject", TEXT),
            ("first_day", pa.uint16()),
            ("last_day", pa.uint16()),
            *((name, REAL) for name in ("ceiling", "dead", "normal")),
            ("flood_season", FLAG),
        ),
        key=("subject", "first_day"),
    ),
}
