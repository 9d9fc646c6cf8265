"""`nhip feeds`: the catalogue as a list; `nhip feeds check`: every mistake in it; `nhip feeds FEED`: one in full."""

import argparse
import sys
from collections.abc import Iterable
from datetime import UTC, date, datetime

from catalogue.calendar import instant_ms, local_date
from catalogue.check import spare
from catalogue.feeds import Feed
from catalogue.load import Catalogue, examine, load
from contract.settings import Settings
from contract.text import choose, duration, number
from nhip.words import language, say

WIDEST_OWNER = 32


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("action", nargs="?", default="list", metavar="list|check|FEED")


def run(settings: Settings, arguments: argparse.Namespace) -> int:
    if arguments.action == "check":
        return check(settings)
    catalogue = load(settings.catalogue_dir)
    if arguments.action == "list":
        print("\n".join(listing(catalogue)))
        return 0
    if arguments.action not in catalogue.feeds:
        print(say(f"không có kết nối '{arguments.action}'", f"there is no feed '{arguments.action}'"), file=sys.stderr)
        return 2
    today = local_date(instant_ms(datetime.now(UTC)))
    print("\n".join(details(catalogue, catalogue.feeds[arguments.action], today)))
    return 0


def check(settings: Settings) -> int:
    """0 when the catalogue is sound; else its mistakes, a line each, and 1."""
    catalogue, problems = examine(settings.catalogue_dir)
    for problem in problems:
        print(problem, file=sys.stderr)
    if catalogue is None or problems:
        return 1
    print(say("danh mục hợp lệ: ", "the catalogue is sound: ") + counts(catalogue))
    return 0


def counts(catalogue: Catalogue) -> str:
    lang = language()
    indicators = catalogue.indicators.values()
    named = sum(1 for i in indicators if i.published and i.slot)
    slots = sum(1 for i in indicators if i.slot)
    parts = (
        (len(catalogue.feeds), "kết nối", "feeds"),
        (sum(i.published for i in indicators), f"chỉ tiêu ({named}/{slots} ô)", f"indicators ({named}/{slots} slots)"),
        (len(catalogue.units.all), "đơn vị", "units"),
        (len(catalogue.subjects), "đối tượng", "subjects"),
        (len(catalogue.kinds), "loại hồ sơ", "case kinds"),
    )
    return ", ".join(f"{number(count, 0, lang)} {choose(vi, en, lang)}" for count, vi, en in parts)


HEADINGS = (
    ("mã", "id"),
    ("tên", "name"),
    ("cơ quan", "owner"),
    ("nhịp", "cadence"),
    ("trễ cho phép", "lateness"),
    ("phân vùng", "partitions"),
)


def listing(catalogue: Catalogue) -> Iterable[str]:
    """A feed a line, under its system."""
    lang = language()
    heads = tuple(choose(vi, en, lang) for vi, en in HEADINGS)
    rows = {feed.id: row(catalogue, feed, lang) for feed in catalogue.feeds.values()}
    widths = [max(len(line[n]) for line in (heads, *rows.values())) for n in range(len(heads))]
    yield aligned(heads, widths)
    for system in catalogue.systems.values():
        feeds = [feed for feed in catalogue.feeds.values() if feed.system == system.id]
        if feeds:
            yield f"\n{choose(system.name_vi, system.name_en, lang)}"
            yield from (aligned(rows[feed.id], widths) for feed in sorted(feeds, key=lambda f: (f.record, f.partition)))
    yield f"\n{counts(catalogue)}"
    for record in ("figures", "cases"):
        free, total = len(list(spare(catalogue, record))), catalogue.partitions(record)
        yield say(f"{record}: {total} phân vùng, {free} để dành", f"{record}: {total} partitions, {free} spare")


def row(catalogue: Catalogue, feed: Feed, lang: str) -> tuple[str, ...]:
    last = f"–{feed.partitions[-1]}" if feed.shards > 1 else ""
    return (
        feed.id,
        choose(feed.name_vi, feed.name_en, lang),
        shortened(catalogue.owner_name(feed, lang), WIDEST_OWNER),
        cadence(catalogue, feed, lang),
        lateness(feed, lang),
        f"{feed.record}/{feed.partition}{last}",
    )


def shortened(name: str, width: int) -> str:
    return name if len(name) <= width else name[: width - 1].rstrip() + "…"


def aligned(cells: Iterable[str], widths: Iterable[int]) -> str:
    return "  ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)).rstrip()


def cadence(catalogue: Catalogue, feed: Feed, lang: str) -> str:
    if not feed.periodic:
        return duration(feed.cadence_s, lang)
    kinds = dict.fromkeys(catalogue.indicators[name].period for name in feed.indicators)
    return choose("kỳ ", "period ", lang) + " ".join(kinds)


def lateness(feed: Feed, lang: str) -> str:
    if not feed.periodic:
        return duration(feed.lateness_s, lang)
    days = feed.due_days + feed.lateness_s / 86_400
    return choose(f"{number(days)} ngày sau kỳ", f"{number(days)} d after it", lang)


def details(catalogue: Catalogue, feed: Feed, on: date) -> Iterable[str]:
    """All that the catalogue says of a feed."""
    lang = language()
    yield f"{feed.id}: {choose(feed.name_vi, feed.name_en, lang)}"
    for vi, en, text in facts(catalogue, feed, on, lang):
        yield f"  {choose(vi, en, lang)}: {text}"
    for name in feed.indicators:
        one = catalogue.indicators[name]
        measure = f" ({catalogue.measure(name, lang)})" if one.measure else ""
        limits = (("cứng", "hard", one.hard), ("mềm", "soft", one.soft))
        shown = "".join(f"; {choose(vi, en, lang)} {bounds(pair, lang)}" for vi, en, pair in limits if pair)
        yield f"  {name}: {choose(one.name_vi, one.name_en, lang)}{measure}{shown}"
    for kind in (catalogue.kinds[name] for name in feed.kinds):
        yield f"  {kind.id}: {choose(kind.name_vi, kind.name_en, lang)}"


def facts(catalogue: Catalogue, feed: Feed, on: date, lang: str) -> tuple[tuple[str, str, str], ...]:
    system = catalogue.systems[feed.system]
    units = [catalogue.units.by_id[id] for id in catalogue.expected_units(feed, on)]
    names = ", ".join(choose(unit.name_vi, unit.name_en, lang) for unit in units)
    return (
        ("hệ thống", "system", choose(system.name_vi, system.name_en, lang)),
        ("cơ quan", "owner", catalogue.owner_name(feed, lang)),
        ("liên hệ", "contact", feed.contact),
        ("nhịp", "cadence", cadence(catalogue, feed, lang)),
        ("trễ cho phép", "lateness", lateness(feed, lang)),
        ("giờ làm việc", "hours", feed.hours or choose("mọi lúc", "always", lang)),
        ("nhận từ ngày", "first day", f"{feed.first_day:%d/%m/%Y}"),
        ("đơn vị báo cáo", "reporters", f"{len(units)}: {names}"),
        ("tệp", "file", catalogue.places["feed", feed.id]),
    )


def bounds(pair: tuple[float, float], lang: str) -> str:
    low, high = ("∞" if abs(end) == float("inf") else number(end, 2 if end % 1 else 0, lang) for end in pair)
    return f"{low} … {high}"
