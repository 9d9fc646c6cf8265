"""The words of `nhip` for people on duty: boards, alerts, findings, the desk. Imports stand inside here too."""

import argparse

from contract.settings import Settings


def watch_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--bell", action="store_true")
    parser.add_argument("--plain", action="store_true", help="a line of state every few seconds")


def watch(settings: Settings, arguments: argparse.Namespace) -> int:
    from nhip.watch import run

    run(settings, lang=arguments.lang, bell=arguments.bell, plain=arguments.plain)
    return 0


def boards_arguments(parser: argparse.ArgumentParser) -> None:
    from nhip.boards.command import add_arguments

    add_arguments(parser)


def boards(settings: Settings, arguments: argparse.Namespace) -> int:
    from nhip.boards.command import run

    return run(settings, arguments)


def alerts_arguments(parser: argparse.ArgumentParser) -> None:
    actions = "now: evaluate the rules; gateway: send short messages; config: write Alertmanager's files"
    parser.add_argument("action", nargs="?", choices=("now", "gateway", "config"), default="now", help=actions)
    parser.add_argument("--at", metavar="TIME", help="2026-11-21 09:30, local time")
    parser.add_argument("--short", action="store_true", help="160 letters without diacritics")
    parser.add_argument("--webhook", metavar="URL", help="post instead of printing")
    parser.add_argument("--delivery", metavar="FILE", help="addresses; NHIP_ALERTS_DELIVERY")
    parser.add_argument("--out", metavar="FOLDER", help="config: where the files go")
    parser.add_argument("--host", default="127.0.0.1", help="gateway: where it listens")


def alerts(settings: Settings, arguments: argparse.Namespace) -> int:
    if arguments.action == "gateway":
        from nhip.alerts_gateway import run
    elif arguments.action == "config":
        from nhip.alerts_delivery import run
    else:
        from nhip.alerts_now import run
    return run(settings, arguments)


def findings_arguments(parser: argparse.ArgumentParser) -> None:
    from nhip.findings import add_arguments

    add_arguments(parser)


def findings(settings: Settings, arguments: argparse.Namespace) -> int:
    from nhip.findings import run

    return run(settings, arguments)


def accounts_arguments(parser: argparse.ArgumentParser) -> None:
    from nhip.accounts import add_arguments

    add_arguments(parser)


def accounts(settings: Settings, arguments: argparse.Namespace) -> int:
    from nhip.accounts import run

    return run(settings, arguments)


def contacts_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("action", choices=("load", "check"), help="into the store, or only looked at")


def contacts(settings: Settings, arguments: argparse.Namespace) -> int:
    from nhip.contacts import run

    return run(settings, arguments)


def shift_arguments(parser: argparse.ArgumentParser) -> None:
    from nhip.shift import add_arguments

    add_arguments(parser)


def shift(settings: Settings, arguments: argparse.Namespace) -> int:
    from nhip.shift import run

    return run(settings, arguments)


def desk(settings: Settings, arguments: argparse.Namespace) -> int:
    from nhip.desk.server import run

    return run(settings)
