"""Nhịp itself: is anything lost, late or silent; what comes in, what is refused; the store and what it costs."""

from grafana.boards.platform_intake import FEEDS, FRESHNESS, INTAKE, LEDGER, REJECTED
from grafana.boards.platform_store import BUSY, COSTS, ENGINE, GENERATIONS, SNAPSHOTS, TABLES
from grafana.head import HEAD
from grafana.model import Axis, Board, Panel, Row

CHECKS = Panel(
    key="checks",
    kind="table",
    title=("Soát liên tục (nhip audit)", "The check that never stops (nhip audit)"),
    shows=(
        "Câu trả lời mới nhất của từng câu hỏi trong khoảng đang xem, và bao nhiêu phút trong khoảng nó không tốt.",
        "The newest answer to each question in the time range, and how many minutes of it were not well.",
    ),
    todo=(
        "✖: có thể mất hoặc trùng; chạy nhip check. ▲: chậm, chờ vài phút. Không có dòng mới: nhip audit không chạy.",
        "✖: lost or doubled perhaps; run nhip check. ▲: late, wait some minutes. No new row: nhip audit does not run.",
    ),
    sql="""
        SELECT question_$lang(c.question) AS question, transform(argMax(c.level, c.at), [0, 1, 2],
            ['ok', 'warning', 'critical'], 'none') AS level,
            argMax(c.$lang, c.at) AS explanation, moment_$lang(max(c.at)) AS newest,
            number_$lang(uniqExactIf(toStartOfMinute(c.at), c.level > 0), 0) AS bad_minutes, max(c.level) AS worst_raw
        FROM checks AS c
        WHERE c.at >= $__fromTime AND c.at <= $__toTime
        GROUP BY c.question
        ORDER BY argMax(c.level, c.at) DESC, worst_raw DESC, question
    """,
    columns=("question", "level", "explanation", "newest", "bad_minutes"),
    hidden=("worst_raw",),
    empty=(
        "không có lần soát nào trong khoảng này: nhip audit không chạy",
        "nothing was checked: nhip audit does not run",
    ),
    width=16,
)
CANARY = Panel(
    key="canary",
    kind="series",
    title=(
        "Bản ghi thử mỗi phút: từ lúc gửi đến khi người đọc thấy",
        "The canary of every minute: until a reader sees it",
    ),
    shows=(
        "Mili giây đi hết con đường như mọi bản ghi; khoảng trống là bản ghi thử không tới.",
        "Milliseconds for the whole way, as any record takes it; a gap is a canary that did not come.",
    ),
    todo=(
        "Ba lần liền không tới: đường đi đứt, xem nhịp và sổ cái.",
        "Three missing in a row: the way is broken, see ticks and ledger.",
    ),
    sql="""
        SELECT toDateTime(c.at) AS time, 1000 * nullIf(c.numbers['seconds'], 0) AS took
        FROM checks AS c
        WHERE c.question = 'canary' AND c.at >= $__fromTime AND c.at <= $__toTime
        ORDER BY time
    """,
    axis=Axis(("mili giây", "milliseconds"), least=0),
    lines=(("took", ("bản ghi thử", "canary")),),
    empty=("không có bản ghi thử nào trong khoảng này", "no canary in this time"),
    width=8,
)

BOARD = Board(
    uid="nhip-platform",
    folder="platform",
    title=("Hệ thống Nhịp", "The platform"),
    about=(
        "Cho người vận hành Nhịp: có mất, trùng, chậm không; vào nhanh và nhiều bao nhiêu; kho còn chỗ và còn sức "
        "không.",
        "For the operators of Nhịp: lost, doubled, late? how fresh, how much; has the store room and strength left?",
    ),
    rows=(
        HEAD,
        Row(9, (CHECKS, CANARY)),
        Row(8, (INTAKE, FRESHNESS)),
        Row(4, (LEDGER,)),
        Row(12, (FEEDS,)),
        Row(9, (REJECTED, SNAPSHOTS)),
        Row(10, (TABLES, ENGINE)),
        Row(9, (COSTS, BUSY)),
        Row(5, (GENERATIONS,)),
    ),
    since="now-6h",
)
