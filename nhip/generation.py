"""`nhip generation`: what is derived from the log, derived anew; compared; put in force; dropped."""

import argparse
from collections.abc import Callable

import msgspec

from catalogue.load import Catalogue, load
from clickhouse import generations
from clickhouse.client import Store, connect
from contract.errors import NhipError, SettingError
from contract.settings import Settings
from contract.text import instant, number
from contract.version import version
from nhip import generation_compare
from nhip.generation_enforce import Refused, enforce
from nhip.generation_replay import Replay
from nhip.words import language, say


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("action", choices=sorted(ACTIONS), help=WORDS)
    parser.add_argument("number", type=int, nargs="?", metavar="N", help="a generation; `replay` without it: a new one")
    parser.add_argument("--reason", default="", metavar="TEXT", help="replay, enforce: why")
    parser.add_argument("--feeds", default="", metavar="A,B", help="replay: these alone, to compare and not to enforce")
    parser.add_argument("--workers", type=int, default=1, metavar="N", help="replay, enforce: processes that derive; 1")
    parser.add_argument("--with", dest="other", type=int, metavar="M", help="compare: instead of the one in force")
    parser.add_argument("--even-if-different", action="store_true", help="enforce: the differences are meant")


WORDS = """list: which there are; replay: derive everything anew beside the live run; compare: exit 1 where it differs;
enforce: bring it to the live end, compare, put it in force; drop: take its rows out of the store"""


def run(settings: Settings, args: argparse.Namespace) -> int:
    if args.number is None and args.action in ("compare", "enforce", "drop"):
        raise SettingError(say(f"nhip generation {args.action}: thiếu số", f"nhip generation {args.action}: which?"))
    return ACTIONS[args.action](settings, connect(settings, "writer"), args)


def _list(settings: Settings, store: Store, args: argparse.Namespace) -> int:
    lang = language()
    rows, eras = generations.rows_of(store), generations.eras(store)
    in_force = generations.standing(store).in_force
    for one in sorted({*rows, *(era.generation for era in eras)}):
        own = ", ".join(f"{name} {number(count, lang=lang)}" for name, count in sorted(rows.get(one, {}).items()))
        here = say(" · đang có hiệu lực", " · in force") if one == in_force else ""
        print(f"{one}{here}: {own or say('không còn dòng nào', 'no rows')}")
        for era in eras:
            if era.generation == one:
                print(f"  {instant(era.since)}  {era.reason} {era.version}".rstrip())
    return 0


def _replay(settings: Settings, store: Store, args: argparse.Namespace) -> int:
    catalogue = load(settings.catalogue_dir)
    feeds = _feeds(args.feeds, catalogue)
    in_force, last = generations.standing(store).in_force, generations.newest(store)
    number_ = last + 1 if args.number is None else args.number
    if number_ == in_force or not 1 <= number_ <= last + 1:
        raise SettingError(
            say(
                f"thế hệ {number_} đang có hiệu lực hoặc chưa có; tiếp theo là {last + 1}",
                f"generation {number_} is in force, or there is none; the next is {last + 1}",
            )
        )
    known = generations.begun(store, number_)
    if known.version not in ("", version(settings)):
        raise SettingError(
            say(
                f"thế hệ {number_} đã bắt đầu với quy tắc khác ({known.version}); hãy bắt đầu thế hệ mới",
                f"generation {number_} was begun with other rules ({known.version}); begin a new one",
            )
        )
    feeds = feeds or sorted(known.feeds)
    generations.begin(store, number_, feeds, args.reason, version(settings))
    print(say(f"Thế hệ {number_}: phát lại từ kho …", f"Generation {number_}: replaying from the store …"), flush=True)
    for own in _logs(settings, store):
        _come_near(Replay(own, catalogue, store, number_, feeds or catalogue.feeds, _tell, args.workers))
    print(say(f"So sánh: nhip generation compare {number_}", f"Compare: nhip generation compare {number_}"))
    return 0


def _compare(settings: Settings, store: Store, args: argparse.Namespace) -> int:
    old = generations.standing(store).in_force if args.other is None else args.other
    found = generation_compare.differences(store, settings, old, args.number)
    print("\n".join(generation_compare.told(found, old, args.number)))
    if not found:
        raise NhipError(
            say(f"thế hệ {args.number} không có dòng nào", f"there is nothing to compare with generation {args.number}")
        )
    return 1 if any(group.differences for group in found) else 0


def _enforce(settings: Settings, store: Store, args: argparse.Namespace) -> int:
    catalogue = load(settings.catalogue_dir)
    in_force, last = generations.standing(store).in_force, generations.newest(store)
    if args.number == in_force or not 1 <= args.number <= last:
        raise SettingError(
            say(f"thế hệ {args.number} đang có hiệu lực hoặc chưa có", f"{args.number} is in force, or there is none")
        )
    if generations.begun(store, args.number).feeds:
        raise SettingError(
            say(
                f"thế hệ {args.number} chỉ có một số kết nối: so sánh được, không đưa vào hiệu lực được",
                f"generation {args.number} has some of the feeds only: it can be compared, not put in force",
            )
        )
    for own in _logs(settings, store)[:-1]:
        _come_near(Replay(own, catalogue, store, args.number, catalogue.feeds, _tell, args.workers))
    with Replay(settings, catalogue, store, args.number, catalogue.feeds, _tell, args.workers) as replay:
        try:
            seconds = enforce(settings, store, replay, args.reason, version(settings), _tell, args.even_if_different)
        except Refused as refused:
            print(refused)
            return 1
    shown = number(seconds, 1, language())
    print(
        say(
            f"✓ Thế hệ {args.number} có hiệu lực; dừng tính {shown} s.",
            f"✓ Generation {args.number} is in force; nothing was derived for {shown} s.",
        )
    )
    return 0


def _drop(settings: Settings, store: Store, args: argparse.Namespace) -> int:
    if args.number == generations.standing(store).in_force:
        raise SettingError(
            say(f"thế hệ {args.number} đang có hiệu lực", f"generation {args.number} is in force; it stays")
        )
    generations.drop(store, args.number)
    return 0


def _logs(settings: Settings, store: Store) -> list[Settings]:
    """Settings with the topics of each log that the store was filled from: those of files first, the live one last."""
    files = [prefix for prefix in generations.logs(store) if prefix != settings.topic_prefix]
    return [msgspec.structs.replace(settings, topic_prefix=prefix) for prefix in [*files, settings.topic_prefix]]


def _come_near(replay: Replay) -> None:
    if replay.behind:
        with replay:
            replay.near()
            replay.end()


def _feeds(text: str, catalogue: Catalogue) -> list[str]:
    feeds = [name.strip() for name in text.split(",") if name.strip()]
    for name in feeds:
        if name not in catalogue.feeds:
            raise SettingError(say(f"không có kết nối {name}; xem nhip feeds", f"no feed {name}; see nhip feeds"))
    return feeds


def _tell(line: str) -> None:
    print(line, flush=True)


ACTIONS: dict[str, Callable[[Settings, Store, argparse.Namespace], int]] = {
    "list": _list,
    "replay": _replay,
    "compare": _compare,
    "enforce": _enforce,
    "drop": _drop,
}
