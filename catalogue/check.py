"""Checks between the parts of a catalogue: whatever one entry says of another must be there."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from catalogue.calendar import parse_hours, parse_period
from catalogue.cases import PHASES, RESULTS, CaseKind
from catalogue.feeds import RECORDS, UNIT_WORDS, Feed, Term
from catalogue.indicators import Indicator
from catalogue.periods import KINDS
from catalogue.units import LEVELS, Unit

if TYPE_CHECKING:
    from catalogue.load import Catalogue

SLOTS = 200
ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
UNIT_ID = re.compile(r"[A-Z][A-Z0-9]*(\.[A-Z0-9]+)*")


def problems_of(catalogue: Catalogue) -> list[str]:
    """Each a line that names file, entry and key and says what to do."""
    checks = (units, indicators, slots, sections, kinds, subjects, feeds, partitions, targets)
    return [problem for check in checks for problem in check(catalogue)]


def units(catalogue: Catalogue) -> Iterator[str]:
    tree = catalogue.units
    for unit in tree.all:
        where = f"units.toml: unit '{unit.id}'"
        if not UNIT_ID.fullmatch(unit.id):
            yield f"{where}: key 'id' must be capitals and digits, parts set off by dots"
        if unit.level not in LEVELS:
            yield f"{where}: key 'level' is '{unit.level}'; use one of {', '.join(LEVELS)}"
        if unit.valid_to is not None and unit.valid_to < unit.valid_from:
            yield f"{where}: key 'valid_to' is before 'valid_from'; correct one of them"
        yield from _family_of(catalogue, unit, where)
    for count, order in ((n, o) for o, n in Counter(u.order for u in tree.all).items() if n > 1):
        yield f"units.toml: key 'order' has the value {order} {count} times; give each unit its own"
    for key, first, second in tree.same_name():
        where = f"units.toml: unit '{second.id}'"
        yield f"{where}: '{key}' means unit '{first.id}' on the same days; change a name or a date"


def _family_of(catalogue: Catalogue, unit: Unit, where: str) -> Iterator[str]:
    known = catalogue.units.by_id
    if unit.parent and unit.parent not in known:
        yield f"{where}: key 'parent' names '{unit.parent}', which is no unit; correct it or add the unit"
    elif unit.parent and not known[unit.parent].valid_on(unit.valid_from):
        yield f"{where}: key 'parent' names '{unit.parent}', which is not valid on {unit.valid_from}; correct a date"
    if not unit.parent and unit.level != "national":
        yield f"{where}: key 'parent' is empty; only the national unit has none"
    for old in unit.predecessors:
        before = known.get(old)
        if before is None:
            yield f"{where}: key 'predecessors' names '{old}', which is no unit; correct it or add the unit"
        elif before.valid_to is None:
            yield f"{where}: key 'predecessors' names '{old}', which has no 'valid_to'; say when it ended"


def indicators(catalogue: Catalogue) -> Iterator[str]:
    for one in catalogue.indicators.values():
        where = f"indicators.toml: indicator '{one.id}'"
        if not ID.fullmatch(one.id):
            yield f"{where}: key 'id' must be small letters, digits and single dashes"
        if one.period and one.period not in KINDS:
            yield f"{where}: key 'period' is '{one.period}'; use one of {', '.join(KINDS)} or leave it empty"
        if one.section and one.section not in catalogue.sections:
            yield f"{where}: key 'section' names '{one.section}', which is no section; correct it"
        if not 0 <= one.decimals <= 9:
            yield f"{where}: key 'decimals' must be 0 to 9"
        if one.measure and one.measure not in catalogue.measures:
            yield f"{where}: key 'measure' is '{one.measure}', which is not in [measures]; add it with its English word"
        yield from _bounds(one, where)


def _bounds(one: Indicator, where: str) -> Iterator[str]:
    for key, bounds in (("hard", one.hard), ("soft", one.soft)):
        if bounds is not None and not bounds[0] < bounds[1]:
            yield f"{where}: key '{key}' must be [low, high] with low below high"
    if one.hard and one.soft and not (one.hard[0] <= one.soft[0] and one.soft[1] <= one.hard[1]):
        yield f"{where}: key 'soft' must lie inside 'hard'"


def slots(catalogue: Catalogue) -> Iterator[str]:
    fields = catalogue.fields
    if [f.number for f in fields] != list(range(1, 10)):
        yield "indicators.toml: the fields must be numbered 1 to 9, in order"
        return
    edges = [0, *(edge for field in fields for edge in field.slots), SLOTS + 1]
    if any(b != a + 1 for a, b in zip(edges[::2], edges[1::2], strict=True)):
        yield f"indicators.toml: key 'slots' of the fields must cover 1 to {SLOTS}, each slot once, in order"
    numbered = [one for one in catalogue.indicators.values() if one.slot or one.field]
    for slot, count in Counter(one.slot for one in numbered).items():
        if count > 1:
            ids = ", ".join(f"'{one.id}'" for one in numbered if one.slot == slot)
            yield f"indicators.toml: key 'slot' is {slot} in {ids}; a slot holds one indicator"
    for one in numbered:
        field = next((f for f in fields if f.number == one.field), None)
        if field is None or not field.slots[0] <= one.slot <= field.slots[1]:
            where = f"indicators.toml: indicator '{one.id}'"
            yield f"{where}: key 'slot' {one.slot} is not one of the slots of field {one.field}; correct one"


def sections(catalogue: Catalogue) -> Iterator[str]:
    if len(catalogue.sections) != 7:
        yield f"indicators.toml: there are {len(catalogue.sections)} sections; the board has seven"


def kinds(catalogue: Catalogue) -> Iterator[str]:
    for kind in catalogue.kinds.values():
        where = f"{catalogue.places['kind', kind.id]}: kind '{kind.id}'"
        ids = [state.id for state in kind.states]
        for key in ("id", "code"):
            values = [getattr(state, key) for state in kind.states]
            for value in (v for v, count in Counter(values).items() if count > 1):
                yield f"{where}: key 'states': two states have the {key} '{value}'; a state has its own"
        for state in kind.states:
            if state.phase not in PHASES:
                yield f"{where}: state '{state.id}': key 'phase' is '{state.phase}'; use one of {', '.join(PHASES)}"
            if state.result not in RESULTS or (state.result != "") != (state.phase == "ended"):
                yield f"{where}: state '{state.id}': key 'result' belongs to an ended state: {', '.join(RESULTS[1:])}"
        yield from _moves(kind, ids, where)


def _moves(kind: CaseKind, ids: list[str], where: str) -> Iterator[str]:
    named = [("starts", kind.starts), *((("supplement", kind.supplement),) if kind.supplement else ())]
    for key, state in named:
        if state not in ids:
            yield f"{where}: key '{key}' names '{state}', which is no state; use one of {', '.join(ids)}"
    if not kind.moves.get(""):
        yield f"{where}: moves: key '' must list the states a case may begin in"
    for source, targets in kind.moves.items():
        for state in (*((source,) if source else ()), *targets):
            if state not in ids:
                yield f"{where}: moves: key '{source}' names '{state}', which is no state; use one of {', '.join(ids)}"
    reached = {target for targets in kind.moves.values() for target in targets}
    for state in (s for s in ids if s not in reached):
        yield f"{where}: moves: no state leads to '{state}'; add it to a key of [moves]"


def subjects(catalogue: Catalogue) -> Iterator[str]:
    for subject in catalogue.subjects.values():
        if subject.family not in catalogue.families:
            where = f"subjects.toml: subject '{subject.id}'"
            yield f"{where}: key 'family' names '{subject.family}', which is no family; add [[family]] or correct it"


def feeds(catalogue: Catalogue) -> Iterator[str]:
    for feed in catalogue.feeds.values():
        where = f"{catalogue.places['feed', feed.id]}: feed '{feed.id}'"
        for check in (_names, _reports, _series, _sums):
            yield from (f"{where}: {problem}" for problem in check(catalogue, feed))


def _names(catalogue: Catalogue, feed: Feed) -> Iterator[str]:
    if not ID.fullmatch(feed.id):
        yield "key 'id' must be small letters, digits and single dashes"
    if feed.system not in catalogue.systems:
        yield f"key 'system' names '{feed.system}', which is not in systems.toml; correct it or add [[system]]"
    if feed.owner not in catalogue.bodies and feed.owner not in catalogue.units.by_id:
        yield f"key 'owner' names '{feed.owner}', which is neither a unit nor a [[body]] of systems.toml; add it"
    if not feed.contact or re.search(r"[0-9]{5}|@", feed.contact):
        yield "key 'contact' must be a role, with no number or address"
    if feed.level not in LEVELS:
        yield f"key 'level' is '{feed.level}'; use one of {', '.join(LEVELS)}"
    if not feed.units:
        yield "key 'units' is empty; name who reports"
    for unit in feed.units:
        if unit not in catalogue.units.by_id and unit not in UNIT_WORDS:
            yield f"key 'units' names '{unit}', which is no unit nor one of {', '.join(UNIT_WORDS)}; correct it"
    if feed.subjects and feed.subjects not in catalogue.families:
        yield f"key 'subjects' names '{feed.subjects}', which is no family of subjects.toml; correct it"


def _reports(catalogue: Catalogue, feed: Feed) -> Iterator[str]:
    if feed.record not in RECORDS:
        yield f"key 'record' is '{feed.record}'; use figures or cases"
    for key in ("cadence_s", "lateness_s", "due_days", "partition"):
        if getattr(feed, key) < 0:
            yield f"key '{key}' is below 0; correct it"
    for window in feed.maintenance:
        if window.start.tzinfo is None or window.end.tzinfo is None or window.end <= window.start:
            yield "key 'maintenance' needs start and end with a zone, like 2026-11-22T01:00:00+07:00, in order"
    if feed.hours:
        try:
            parse_hours(feed.hours)
        except ValueError as error:
            yield f"key 'hours': {error}"


def _series(catalogue: Catalogue, feed: Feed) -> Iterator[str]:
    wanted, other = ("indicators", "kinds") if feed.record == "figures" else ("kinds", "indicators")
    if not getattr(feed, wanted) or getattr(feed, other):
        yield f"key '{wanted}' must be given and '{other}' left out: the feed sends {feed.record}"
    for key, known in (("indicators", catalogue.indicators), ("kinds", catalogue.kinds)):
        for name in getattr(feed, key):
            if name not in known:
                yield f"key '{key}' names '{name}', which is not in the catalogue; correct it or add it"
    if feed.record == "cases" and feed.periodic:
        yield "key 'cadence_s' is 0; cases have no period, so say how often a record is expected"
    for one in (catalogue.indicators[name] for name in feed.indicators if name in catalogue.indicators):
        if not one.published:
            yield f"key 'indicators' names '{one.id}', which is not published; it takes no figures"
        elif bool(one.period) != feed.periodic:
            want = "periodic: set 'cadence_s' to 0" if one.period else "instantaneous: set 'cadence_s' above 0"
            yield f"key 'indicators' names '{one.id}', which is {want}"
    if feed.headline and feed.headline not in feed.indicators:
        yield f"key 'headline' names '{feed.headline}', which is not among its indicators; correct it"


def _sums(catalogue: Catalogue, feed: Feed) -> Iterator[str]:
    for one in feed.sums:
        if not one.parts or not 0 <= one.tolerance < 1:
            yield "key 'sums' needs parts, and a tolerance that is a share of the total (0.01 is 1 %)"
        for term in (one.total, *one.parts):
            yield from (f"key 'sums' {problem}" for problem in _term(catalogue, feed, term))


def _term(catalogue: Catalogue, feed: Feed, term: Term) -> Iterator[str]:
    if term.indicator not in feed.indicators:
        yield f"names '{term.indicator}', which is not among the feed's indicators; correct it"
    subject = catalogue.subjects.get(term.subject)
    if term.subject and (subject is None or subject.family != feed.subjects):
        yield f"names subject '{term.subject}', which is not of the family '{feed.subjects}'; correct it"
    if term.unit and term.unit not in catalogue.units.by_id:
        yield f"names unit '{term.unit}', which is no unit; correct it"


def partitions(catalogue: Catalogue) -> Iterator[str]:
    for record in RECORDS:
        taken: dict[int, str] = {}
        for feed in (f for f in catalogue.feeds.values() if f.record == record):
            where = f"{catalogue.places['feed', feed.id]}: feed '{feed.id}'"
            if feed.shards < 1:
                yield f"{where}: key 'shards' must be 1 or more"
            for number in feed.partitions:
                if number in taken:
                    yield f"{where}: key 'partition': {number} is taken by feed '{taken[number]}'; choose a free one"
                taken.setdefault(number, feed.id)
                if number >= catalogue.partitions(record):
                    most = catalogue.partitions(record)
                    yield f"{where}: key 'partition': {number} is beyond the {most} of systems.toml; choose a spare one"


def targets(catalogue: Catalogue) -> Iterator[str]:
    for number, target in enumerate(catalogue.targets, 1):
        where = f"targets.toml: target number {number}"
        one = catalogue.indicators.get(target.indicator)
        period = parse_period(target.period)
        if one is None:
            yield f"{where}: key 'indicator' names '{target.indicator}', which is not in the catalogue; correct it"
        if period is None:
            yield f"{where}: key 'period' is '{target.period}', which is no period code; write one like C-Y2026"
        if target.unit not in catalogue.units.by_id:
            yield f"{where}: key 'unit' names '{target.unit}', which is no unit; correct it"
        if target.at_least is None and target.at_most is None:
            yield f"{where}: give 'at_least' or 'at_most'"


def spare(catalogue: Catalogue, record: str) -> Iterable[int]:
    """Partitions of a topic that no feed has yet."""
    return (n for n in range(catalogue.partitions(record)) if catalogue.feed_at(record, n) is None)
