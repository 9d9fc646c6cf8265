"""The rules that make findings: what each is called, and its lane.

Lane A is operations (seconds after the point), lane B is editing (a reasoned question to the reporter), lane C is
integrity: evidence of a habit, looked through by day. Lane C never calls anybody.
"""

from typing import Literal

import msgspec

Lane = Literal["A", "B", "C"]


class Family(msgspec.Struct, frozen=True):
    lane: Lane
    vi: str
    en: str


FAMILIES = {
    "hard_bounds": Family("A", "giá trị không thể có", "an impossible value"),
    "soft_bounds": Family("A", "giá trị ngoài khoảng thường gặp", "a value outside what is usual"),
    "jump": Family("A", "giá trị nhảy vọt", "a sudden jump"),
    "stuck": Family("A", "giá trị đứng yên", "a value that does not move"),
    "silent": Family("A", "mất tín hiệu", "silence"),
    "storm": Family("A", "nhiều chuỗi cùng biến động", "many series moving together"),
    "sum_mismatch": Family("B", "tổng không khớp các phần", "parts that do not add up"),
    "impossible_move": Family("B", "bước hồ sơ không thể có", "an impossible step of a case"),
    "finish_before_start": Family("B", "kết thúc trước khi bắt đầu", "an end before the beginning"),
    "finish_equals_due": Family("C", "kết thúc trùng khít hạn trả", "ends at exactly the due time"),
    "due_moved_after": Family("C", "lùi hạn sau khi đã quá hạn", "a due time moved after it had passed"),
}


def of_lanes(*lanes: Lane) -> tuple[str, ...]:
    """The rules of these lanes. One that nobody put into a lane is in none, so it calls nobody."""
    return tuple(rule for rule, family in FAMILIES.items() if family.lane in lanes)
