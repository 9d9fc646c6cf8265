"""`nhip`: one command with many words. A word's own modules are imported when it is used, so that each starts fast."""

import argparse
import os
import sys
from collections.abc import Callable, Sequence

import msgspec

from contract.errors import NhipError
from contract.settings import Settings, load
from contract.text import LANGUAGES
from nhip import commands, commands_duty, words
from nhip.words import say


class Command(msgspec.Struct, frozen=True):
    run: Callable[[Settings, argparse.Namespace], int]
    vi: str
    en: str
    arguments: Callable[[argparse.ArgumentParser], None] = commands.no_arguments


COMMANDS = {
    "up": Command(
        commands.up, "chạy tất cả và xem bảng trực tiếp", "run everything, with the live board", commands.up_arguments
    ),
    "setup": Command(commands.setup, "chuẩn bị mật khẩu và Kafka", "make passwords, fetch Kafka"),
    "watch": Command(commands_duty.watch, "bảng trực tiếp", "the live board", commands_duty.watch_arguments),
    "boards": Command(
        commands_duty.boards,
        "các bảng, vẽ trong cửa sổ lệnh",
        "the boards, in the terminal",
        commands_duty.boards_arguments,
    ),
    "check": Command(
        commands.check, "có gì mất, trùng, chậm?", "is anything lost, doubled, late?", commands.check_arguments
    ),
    "alerts": Command(
        commands_duty.alerts,
        "cảnh báo lúc này, như người trực nhận",
        "alerts now, as people on call get them",
        commands_duty.alerts_arguments,
    ),
    "sql": Command(commands.sql, "hỏi kho số liệu (chỉ đọc)", "ask the store (read-only)", commands.sql_arguments),
    "feeds": Command(commands.feeds, "danh mục kết nối", "the catalogue of feeds", commands.feeds_arguments),
    "replay": Command(commands.replay, "phát lại một tệp", "play a file", commands.replay_arguments),
    "readmit": Command(
        commands.readmit,
        "gửi lại bản ghi bị từ chối vì danh mục",
        "send again what the catalogue refused",
        commands.readmit_arguments,
    ),
    "findings": Command(
        commands_duty.findings,
        "điểm bất thường: xem, nhận, hỏi, đóng",
        "findings: see, take, ask, close",
        commands_duty.findings_arguments,
    ),
    "shift": Command(commands_duty.shift, "bàn giao ca trực", "the handover of a shift", commands_duty.shift_arguments),
    "desk": Command(commands_duty.desk, "trang xử lý điểm bất thường", "the page on which findings are taken"),
    "accounts": Command(
        commands_duty.accounts,
        "ai được xử lý điểm bất thường",
        "who may act on findings",
        commands_duty.accounts_arguments,
    ),
    "contacts": Command(
        commands_duty.contacts, "đầu mối trực để hỏi", "duty posts to ask", commands_duty.contacts_arguments
    ),
    "generation": Command(
        commands.generation,
        "tính lại từ kho, so sánh, đưa vào hiệu lực",
        "derive anew from the store, compare, put in force",
        commands.generation_arguments,
    ),
    "settings": Command(commands.settings, "các thiết lập", "the settings"),
    "produce": Command(
        commands.produce, "riêng các kết nối mô phỏng", "the simulated feeds alone", commands.produce_arguments
    ),
    "ticks": Command(commands.ticks, "riêng đồng hồ, khi kết nối là thật", "time alone, where feeds are real"),
    "worker": Command(commands.worker, "riêng bộ xử lý", "the worker alone"),
    "audit": Command(commands.audit, "riêng phần soát liên tục", "the check that never stops, alone"),
    "migrate": Command(commands.migrate, "dựng và cập nhật các bảng", "make and update the tables"),
    "topics": Command(commands.topics, "dựng và cập nhật các chủ đề Kafka", "make and update Kafka's topics"),
    "healthy": Command(
        commands.healthy, "một phần có làm việc không", "does a part do its job", commands.healthy_arguments
    ),
    "analyst": Command(
        commands.analyst,
        "tài khoản người phân tích trên máy chủ ClickHouse",
        "people's accounts on a ClickHouse server",
        commands.analyst_arguments,
    ),
    "kafka": Command(commands.kafka, "riêng Kafka", "Kafka alone"),
    "engine": Command(commands.engine, "riêng kho ClickHouse", "the ClickHouse engine alone"),
}


def main(argv: Sequence[str] | None = None) -> int:
    typed = list(sys.argv[1:] if argv is None else argv)
    try:
        settings = load()
        words.speak(settings.lang)
        if not typed or typed[0] in ("-h", "--help", "help"):
            print(overview())
            return 0
        command = COMMANDS.get(typed[0])
        if command is None:
            print(say(f"nhip: không có lệnh {typed[0]}", f"nhip: no command {typed[0]}"), file=sys.stderr)
            print(overview(), file=sys.stderr)
            return 2
        return command.run(settings, parsed(typed[0], command, settings, typed[1:]))
    except BrokenPipeError:  # `nhip feeds | head`: who reads has enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # the last flush must not fail again
        return 0
    except (NhipError, ConnectionError) as error:
        print(f"nhip: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def parsed(name: str, command: Command, settings: Settings, typed: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog=f"nhip {name}", description=say(command.vi, command.en))
    parser.add_argument("--lang", choices=LANGUAGES, default=settings.lang)
    command.arguments(parser)
    arguments = parser.parse_args(typed)
    words.speak(arguments.lang)
    return arguments


def overview() -> str:
    lines = [
        say("nhip LỆNH [--lang vi|en] ...; nhip LỆNH --help", "nhip COMMAND [--lang vi|en] ...; nhip COMMAND --help")
    ]
    return "\n".join(lines + [f"  {name:<11}{say(command.vi, command.en)}" for name, command in COMMANDS.items()])
