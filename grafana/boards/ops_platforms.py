"""Central authentication, digital signing and the national data platform: how much is called, what fails, how fast."""

from grafana.head import HEAD
from grafana.model import Axis, Board, Panel, Row, Words
from grafana.panels import LEFT_OUT, Figure, against_last_week, connections, findings, joined, newest

FEEDS = "feed IN ('authentication', 'signing', 'ndxp')"


def failures(key: str, title: Words, feed: str, part: str, whole: str, todo: Words) -> Panel:
    """Of a minute's calls those that failed, in thousandths: a per cent would be a flat line."""
    return Panel(
        key=key,
        kind="series",
        title=title,
        shows=joined(
            ("Cộng trong mỗi bước của trục, chia cho tổng. ", "Summed within each step of the axis, of the total. "),
            LEFT_OUT,
        ),
        todo=todo,
        sql=f"""
            SELECT toStartOfInterval(toDateTime(c.at), INTERVAL greatest($__interval_s, 300) second) AS time,
                1000 * sumIf(c.value, c.indicator = '{part}')
                    / nullIf(sumIf(c.value, c.indicator = '{whole}'), 0) AS failed
            FROM figures_in_force AS c
            WHERE c.feed = '{feed}' AND c.indicator IN ('{part}', '{whole}') AND c.verdict != 'impossible'
                AND c.at > $__fromTime AND c.at <= $__toTime
            GROUP BY time
            ORDER BY time
        """,
        axis=Axis(("phần nghìn", "per thousand"), least=0),
        lines=(("failed", ("lỗi / tổng", "failed / all")),),
        width=8,
    )


def calls(key: str, title: Words, feed: str, indicator: str, axis: Words, scale: float = 10) -> Panel:
    return against_last_week(key, title, Figure(feed, indicator), Axis(axis, least=0), scale, every_s=300, width=8)


BOARD = Board(
    uid="nhip-ops-platforms",
    folder="operations",
    title=("Xác thực, ký số, nền tảng dữ liệu", "Authentication, signing, data platform"),
    about=(
        "Dành cho trực ban các nền tảng dùng chung: đăng nhập, ký số, NDXP.",
        "For duty officers of the shared platforms: sign-in, signing, NDXP.",
    ),
    rows=(
        HEAD,
        Row(4, (newest("live", ("Lúc này", "Now"), FEEDS),)),
        Row(
            9,
            (
                calls(
                    "signins",
                    ("Đăng nhập", "Sign-ins"),
                    "authentication",
                    "signins",
                    ("chục lượt một phút", "tens a minute"),
                ),
                failures(
                    "signin-failures",
                    ("Đăng nhập thất bại / đăng nhập", "Failed sign-ins / sign-ins"),
                    "authentication",
                    "signin-failures",
                    "signins",
                    (
                        "Tăng vọt: dò mật khẩu hoặc xác thực hỏng; gọi trực ban xác thực.",
                        "A jump: guessing, or a fault; call their duty officer.",
                    ),
                ),
                calls(
                    "signatures",
                    ("Ký số", "Signatures"),
                    "signing",
                    "signatures",
                    ("chục lượt một phút", "tens a minute"),
                ),
            ),
        ),
        Row(
            9,
            (
                calls(
                    "ndxp-calls",
                    ("Giao dịch NDXP", "NDXP calls"),
                    "ndxp",
                    "ndxp-calls",
                    ("chục giao dịch một phút", "tens a minute"),
                ),
                failures(
                    "ndxp-errors",
                    ("Giao dịch NDXP lỗi / giao dịch", "NDXP errors / calls"),
                    "ndxp",
                    "ndxp-errors",
                    "ndxp-calls",
                    (
                        "Tăng: một nhà cung cấp dữ liệu hỏng; gọi trực ban NDXP.",
                        "Rising: a provider is down; call NDXP's duty officer.",
                    ),
                ),
                calls(
                    "ndxp-latency",
                    ("Thời gian đáp ứng NDXP", "NDXP response time"),
                    "ndxp",
                    "ndxp-latency",
                    ("chục mili giây", "tens of ms"),
                ),
            ),
        ),
        Row(8, (connections(FEEDS), findings(FEEDS))),
    ),
    since="now-24h",
)
