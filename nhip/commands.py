"""What each word of `nhip` takes and whom it calls. Imports stand inside: `nhip settings` must not load Faust."""

import argparse
import os
import signal
from pathlib import Path

from contract.settings import Settings


def no_arguments(parser: argparse.ArgumentParser) -> None:
    pass


def factor(text: str) -> float:
    """`600x` or `600`: how many times faster than the wall's a clock runs."""
    value = float(text.removesuffix("x"))
    if not 0.0 < value <= 100_000.0:
        raise argparse.ArgumentTypeError(f"{text}: 1x .. 100000x")
    return value


def produce_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--clock", type=factor, default=1.0, metavar="600x")
    from producers.simulate import DEFAULT_SCALE

    scale = f"dossiers as a share of the country's; {DEFAULT_SCALE}"
    parser.add_argument("--scale", type=float, default=DEFAULT_SCALE, metavar="X", help=scale)
    parser.add_argument("--no-drill", dest="drill", action="store_false")
    parser.add_argument("--no-history", dest="history", action="store_false")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--hold", metavar="FILE", help="go live only when this file is there")


def up_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--for", dest="seconds", type=float, metavar="SECONDS", help="counted from the live board")
    parser.add_argument("--bell", action="store_true")
    parser.add_argument("--plain", action="store_true", help="a line of state every few seconds")
    parser.add_argument("--workers", type=int, choices=range(1, 9), default=1, metavar="N", help="sharing the feeds")
    parser.add_argument("--grafana", action="store_true", help="the one of this machine too, with the boards")
    parser.add_argument("--parent", type=int, metavar="PID", help="ends in order when this process is gone")
    produce_arguments(parser)


def up(settings: Settings, arguments: argparse.Namespace) -> int:
    from nhip.up import run

    return run(settings, arguments)


def setup(settings: Settings, arguments: argparse.Namespace) -> int:
    from nhip import secrets
    from nhip.local import jars
    from nhip.words import say

    if secrets.ensure(settings):
        print(say("Mật khẩu ngẫu nhiên ở", "Random passwords in"), settings.secrets_dir, flush=True)
    if not settings.kafka:
        jars.class_path(settings)
    return 0


def produce(settings: Settings, arguments: argparse.Namespace) -> int:
    from producers.main import run

    a = arguments
    hold = Path(a.hold) if a.hold else None
    return run(settings, clock=a.clock, scale=a.scale, drill=a.drill, history=a.history, seed=a.seed, hold=hold)


def migrate(settings: Settings, arguments: argparse.Namespace) -> int:
    from nhip.prepare import run_tables

    return run_tables(settings)


def topics(settings: Settings, arguments: argparse.Namespace) -> int:
    from nhip.prepare import run_topics

    return run_topics(settings)


def ticks(settings: Settings, arguments: argparse.Namespace) -> int:
    from producers.clock import run

    return run(settings)


def healthy_arguments(parser: argparse.ArgumentParser) -> None:
    from nhip.healthy import add_arguments

    add_arguments(parser)


def healthy(settings: Settings, arguments: argparse.Namespace) -> int:
    from nhip.healthy import run

    return run(settings, arguments)


def analyst_arguments(parser: argparse.ArgumentParser) -> None:
    from nhip.analysts import add_arguments

    add_arguments(parser)


def analyst(settings: Settings, arguments: argparse.Namespace) -> int:
    from nhip.analysts import run

    return run(settings, arguments)


def readmit_arguments(parser: argparse.ArgumentParser) -> None:
    from nhip.readmit import add_arguments

    add_arguments(parser)


def readmit(settings: Settings, arguments: argparse.Namespace) -> int:
    from nhip.readmit import run

    return run(settings, arguments)


def worker(settings: Settings, arguments: argparse.Namespace) -> int:
    for number in (signal.SIGTERM, signal.SIGINT):  # while it loads it has nothing that could be lost
        signal.signal(number, lambda *_: os._exit(0))
    from streams.worker import run

    run(settings)


def audit(settings: Settings, arguments: argparse.Namespace) -> int:
    from nhip.audit import run

    return run(settings)


def check_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--days", type=float, default=1.0, help="how far back records are counted; 0: all that is kept")


def check(settings: Settings, arguments: argparse.Namespace) -> int:
    from nhip.check import run

    return run(settings, arguments)


def sql_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("query", nargs="?", help="a SELECT, or the name of a query of clickhouse/queries")
    parser.add_argument("--format", choices=("table", "csv", "parquet"), default="table")
    parser.add_argument("--out", metavar="FILE")


def sql(settings: Settings, arguments: argparse.Namespace) -> int:
    from nhip.sql import run

    return run(settings, arguments)


def feeds_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("action", nargs="?", choices=("list", "check"), default="list")


def feeds(settings: Settings, arguments: argparse.Namespace) -> int:
    from nhip.feeds import run

    return run(settings, arguments)


def replay_arguments(parser: argparse.ArgumentParser) -> None:
    from nhip.replay import add_arguments

    add_arguments(parser)


def replay(settings: Settings, arguments: argparse.Namespace) -> int:
    from nhip.replay import run

    return run(settings, arguments)


def generation_arguments(parser: argparse.ArgumentParser) -> None:
    from nhip.generation import add_arguments

    add_arguments(parser)


def generation(settings: Settings, arguments: argparse.Namespace) -> int:
    from nhip.generation import run

    return run(settings, arguments)


def settings(settings: Settings, arguments: argparse.Namespace) -> int:
    from nhip.show import lines

    print("\n".join(lines(settings)))
    return 0


def kafka(settings: Settings, arguments: argparse.Namespace) -> int:
    from nhip.local.kafka import command

    return _become(command(settings))


def engine(settings: Settings, arguments: argparse.Namespace) -> int:
    from nhip.local.engine import command

    return _become(command(settings))


def _become(command: list[str]) -> int:
    """The part in this process's place: signals reach it without anybody between."""
    os.execv(command[0], command)
