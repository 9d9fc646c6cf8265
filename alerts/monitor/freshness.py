"""The promise of freshness: 99 of 100 batches can be asked for within five seconds of being sent.

Told by how fast the allowance of 30 days is used up, each over a long window, so that it is no spike, and a short one,
so that it ends when the trouble does: 14.4 times as fast uses 2 % in an hour, 6 times 5 % in six hours, once 10 % in
three days.
"""

from alerts import links
from alerts.model import Monitor, Recorded, Severity
from contract import text
from grafana.model import Words

PROMISE_S = 5.0
ALLOWED = 0.01
WINDOWS = ("5m", "30m", "1h", "6h", "3d")
LONG = {"1h": ("một giờ", "hour"), "6h": ("sáu giờ", "six hours"), "3d": ("ba ngày", "three days")}


def _ratio(window: str) -> str:
    return f"nhip:freshness_slow:ratio_rate{window}"


RECORDED = tuple(
    Recorded(
        _ratio(window),
        f'1 - sum(rate(nhip_freshness_seconds_bucket{{le="{PROMISE_S}"}}[{window}])) '
        f"/ sum(rate(nhip_freshness_seconds_count[{window}]))",
    )
    for window in WINDOWS
)


def _burning(
    name: str, title: Words, severity: Severity, times: float, windows: tuple[str, str], lasts_s: int
) -> Monitor:
    long, short = windows
    share = f"{times * ALLOWED:g}"
    percent = 100 * times * ALLOWED
    vi, en = LONG[long]
    return Monitor(
        name=name,
        title=title,
        severity=severity,
        audience="platform",
        expr=f"100 * {_ratio(long)} > 100 * {share} and {_ratio(short)} > {share}",
        decimals=1,
        lasts_s=lasts_s,
        summary=(
            f"{{value}} % lô số liệu chậm quá {PROMISE_S:g} giây trong {vi} qua",
            f"{{value}} % of batches slower than {PROMISE_S:g} s over the last {en}",
        ),
        description=(
            f"Trong {vi} qua {{value}} % lô số liệu cần hơn {PROMISE_S:g} giây từ lúc gửi đến lúc hỏi được (ngưỡng: "
            f"{text.number(percent, 1)} %; cả 30 ngày được phép 1 %).",
            f"Over the last {en} {{value}} % of batches took more than {PROMISE_S:g} s from being sent to being there "
            f"(threshold: {text.number(percent, 1, 'en')} %; 1 % is allowed over 30 days).",
        ),
        link=links.FRESHNESS,
    )


RULES = (
    _burning(
        "NhipFreshnessBurningFast",
        ("Độ tươi tụt rất nhanh", "Freshness falls fast"),
        "critical",
        14.4,
        ("1h", "5m"),
        120,
    ),
    _burning("NhipFreshnessBurning", ("Độ tươi tụt nhanh", "Freshness falls"), "critical", 6.0, ("6h", "30m"), 900),
    _burning(
        "NhipFreshnessBurningSlowly",
        ("Độ tươi tụt dần", "Freshness falls slowly"),
        "warning",
        1.0,
        ("3d", "6h"),
        3600,
    ),
)
