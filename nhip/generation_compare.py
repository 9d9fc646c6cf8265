"""`nhip generation compare N`: what a generation says otherwise than the one in force, in words."""

from clickhouse import generations
from clickhouse.client import Store
from clickhouse.compare import Group, compare, pair
from contract.settings import Settings
from contract.text import number
from nhip.words import language, say

SHOWN = 40
"""Groups told one by one."""
MEASURES = 6


def differences(store: Store, settings: Settings, old: int, new: int) -> list[Group]:
    feeds = generations.begun(store, new).feeds
    asked = pair(store, old, new, _not_forgotten(store, settings, old), feeds or None)
    return compare(store, asked)


def _not_forgotten(store: Store, settings: Settings, old: int) -> dict[str, str]:
    """What the old generation may have forgotten by its age, the new one has derived again: it is left out."""
    kept = {"case_buckets": settings.retain_case_buckets_5m_days, "feed_states": settings.retain_feed_states_days}
    ((age,),) = store.query(
        "SELECT dateDiff('day', min(stored_at), now()) FROM ledger WHERE generation = {g:UInt32}", g=old
    )
    column = {"case_buckets": "width = 'day' OR bucket", "feed_states": "clock"}
    return {
        table: f"({column[table]} >= now() - INTERVAL {days} DAY)" for table, days in kept.items() if 0 < days <= age
    }


def told(found: list[Group], old: int, new: int) -> list[str]:
    lang = language()
    rows, different = sum(group.rows for group in found), [group for group in found if group.differences]
    total = sum(group.differences for group in different)
    lines = [
        say(
            f"Thế hệ {new} so với {old}: {number(rows)} dòng, khác {number(total)}.",
            f"Generation {new} against {old}: {number(rows, lang='en')} rows, {number(total, lang='en')} differ.",
        )
    ]
    for group in sorted(different, key=lambda group: -group.differences)[:SHOWN]:
        counts = [(group.only_old, "chỉ ở cũ", "only old"), (group.only_new, "chỉ ở mới", "only new")]
        counts.append((group.other, "khác", "other"))
        named = ", ".join(f"{number(n, lang=lang)} {say(vi, en)}" for n, vi, en in counts if n)
        of = say(f"trong {number(group.rows)}", f"of {number(group.rows, lang='en')}")
        lines.append(f"  {group.table} {' · '.join(name for name in group.about if name)}: {named} ({of})")
        lines += [f"    {line}" for line in _columns(group)]
        lines += [f"    {example}" for example in group.examples]
    if len(different) > SHOWN:
        lines.append(say(f"  … và {len(different) - SHOWN} nhóm nữa", f"  … and {len(different) - SHOWN} more groups"))
    return lines


def _columns(group: Group) -> list[str]:
    lang = language()
    most = sorted(group.columns.items(), key=lambda item: -item[1].rows)[:MEASURES]
    parts = []
    for name, column in most:
        parts.append(f"{name} {number(column.rows, lang=lang)}{_change(column.change)}")
    return ["; ".join(parts)] if parts else []


def _change(change: float | None) -> str:
    return "" if change is None else f", Σ {'+' if change > 0 else ''}{number(change, lang=language())}"


