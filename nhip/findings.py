"""`nhip findings`: what there is to be dealt with, one of it with all that is known, and the steps to deal with it."""

import argparse
from datetime import UTC, datetime

from catalogue.load import Catalogue, load
from clickhouse.client import connect
from contract.errors import SettingError
from contract.handling import ASKED, CLOSED, LABELS, NEW, REOPENED, TAKEN, TAKEN_OVER
from contract.settings import Settings
from nhip import findings_print
from nhip.accounts import Accounts
from nhip.due import due
from nhip.findings_act import UNREAD, Acting, Wish
from nhip.findings_read import Books, Wanted, said_plainly
from nhip.findings_words import Names
from nhip.words import language, say

ACTIONS = ("list", "show", "take", "take-over", "ask", "label", "close", "reopen")
STEP_OF = {"take": TAKEN, "take-over": TAKEN_OVER, "ask": ASKED, "close": CLOSED, "reopen": REOPENED}
LABEL_WORDS = {label.replace("_", "-"): label for label in LABELS}
HELP = """list (default); show ID; take ID; take-over ID; ask ID --until TIME; label ID with how it turned out;
close ID; reopen ID. Exit code 0: done; 1: not possible; 3: sent, and the worker has not recorded it yet"""
SENT = 3


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("action", nargs="?", choices=ACTIONS, default="list", help=HELP)
    parser.add_argument("id", nargs="?", default="", metavar="ID", help="a finding, or how its id begins")
    parser.add_argument("label", nargs="?", choices=sorted(LABEL_WORDS), help="label: how it turned out")
    parser.add_argument("--as", dest="account", default="", metavar="ACCOUNT", help="who acts; else NHIP_ACCOUNT")
    parser.add_argument("--until", default="", metavar="TIME", help="ask: 2h, 3d, 15:00, '21/11/2026 15:00'")
    parser.add_argument("--note", default="", metavar="TEXT", help="a short note; nothing personal")
    parser.add_argument("--severity", choices=("critical", "warning", "info"), default="", help="list")
    parser.add_argument("--unit", default="", help="list: a unit, in any of its spellings")
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--mine", action="store_true", help="list: those that I have")
    which.add_argument("--waiting", action="store_true", help="list: those that a unit is to answer")
    which.add_argument("--untaken", action="store_true", help="list: those that nobody has")
    parser.add_argument("--all", action="store_true", help="list: those that are over as well")
    parser.add_argument("--rows", type=int, default=30, metavar="N")


def run(settings: Settings, args: argparse.Namespace) -> int:
    args.account = args.account or settings.account
    if args.action != "list" and not args.id:
        raise SettingError(say(f"nhip findings {args.action}: thiếu mã", f"nhip findings {args.action}: which one?"))
    catalogue, books = load(settings.catalogue_dir), Books(connect(settings, "reader"))
    with said_plainly(settings):
        if args.action == "list":
            return _list(settings, catalogue, books, args)
        if args.action == "show":
            return _show(settings, catalogue, books, args)
        return _act(settings, catalogue, books, args)


def _list(settings: Settings, catalogue: Catalogue, books: Books, args: argparse.Namespace) -> int:
    found, total = books.listed(wanted_of(settings, catalogue, args))
    for line in findings_print.listed(found, total, books.as_of(), language()):
        print(line)
    return 0


def wanted_of(settings: Settings, catalogue: Catalogue, args: argparse.Namespace) -> Wanted:
    holder = Accounts(settings).needed(args.account).id if args.mine else ""
    handling = ASKED if args.waiting else NEW if args.untaken else ""
    return Wanted(args.all, args.severity, Names(catalogue).unit_meant(args.unit), holder, handling, args.rows)


def _show(settings: Settings, catalogue: Catalogue, books: Books, args: argparse.Namespace) -> int:
    account = Accounts(settings).find(args.account)
    lines = findings_print.one(books.sheet(args.id), Names(catalogue), account, language())
    print("\n".join([findings_print.as_of_line(books.as_of(), language()), *lines]))
    return 0


def _act(settings: Settings, catalogue: Catalogue, books: Books, args: argparse.Namespace) -> int:
    account = Accounts(settings).needed(args.account)
    step = step_of(args)
    until = due(args.until, datetime.now(UTC)) if args.until else None
    if step == ASKED and until is None:
        raise SettingError(say("hỏi đơn vị thì cần --until: hạn trả lời", "to ask takes --until: when to answer"))
    if step != ASKED and until is not None:
        raise SettingError(say("--until chỉ đi với ask", "--until goes with ask alone"))
    finding = books.one(args.id)
    told = Acting(settings, catalogue, books).act(finding, Wish(step, account, until, args.note))
    print(findings_print.told_line(finding, step, told, language()))
    return 0 if told.done else SENT if told.outcome == UNREAD else 1


def step_of(args: argparse.Namespace) -> str:
    if args.action != "label":
        return STEP_OF[args.action]
    if args.label is None:
        known = ", ".join(sorted(LABEL_WORDS))
        raise SettingError(say(f"kết luận nào? {known}", f"how did it turn out? {known}"))
    return LABEL_WORDS[args.label]
