"""The rules that make findings: what each is called, and its lane.

Lane A is operations (seconds after the point), lane B is editing (a reasoned question to the reporter), lane C is
integrity: evidence of a habit, looked through by day. Lane C never calls anybody. Boards list what a rule of lane A
finds in a figure of a period with lane B: nobody acts on it by the minute.
"""

from typing import Literal

import msgspec

Lane = Literal["A", "B", "C"]


class Family(msgspec.Struct, frozen=True):
    lane: Lane
    vi: str
    en: str


FAMILIES = {
    "hard_bounds": Family("A", "ngoài khoảng có thể có", "outside what is possible"),
    "soft_bounds": Family("A", "ngoài khoảng thường gặp", "outside what is usual"),
    "jump": Family("A", "đột biến", "jump"),
    "stuck": Family("A", "đứng yên", "stuck"),
    "silent": Family("A", "mất tín hiệu", "silent"),
    "storm": Family("A", "nhiều chuỗi cùng biến động", "many series move together"),
    "sum_mismatch": Family("B", "tổng không khớp", "sum does not match"),
    "impossible_move": Family("B", "bước không thể có", "impossible step"),
    "finish_before_start": Family("B", "kết thúc trước khi bắt đầu", "finished before it started"),
    "finish_equals_due": Family("C", "kết thúc trùng khít hạn", "finished exactly when due"),
    "due_moved_after": Family("C", "lùi hạn sau khi đã quá", "due time moved once it had passed"),
}


def of_lanes(*lanes: Lane) -> tuple[str, ...]:
    """The rules of these lanes. One that nobody put into a lane is in none, so it calls nobody."""
    return tuple(rule for rule, family in FAMILIES.items() if family.lane in lanes)
