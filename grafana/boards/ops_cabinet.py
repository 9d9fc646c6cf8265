"""e-Cabinet: opinion forms open and overdue, answers in, meetings and votes. Numbers of forms, no names of people."""

from grafana import case_panels
from grafana.case_panels import Cases
from grafana.head import HEAD
from grafana.model import Axis, Board, Panel, Row
from grafana.panels import connections, findings

FORMS = Cases(
    kind="opinion",
    many=("phiếu", "forms"),
    received=("phiếu gửi", "forms sent"),
    finished=("phiếu đã đóng", "forms closed"),
    by_unit=False,
)
STEPS = """
    SELECT c.case_id AS case_id, minIf(c.event_at, c.state = 'sent') AS sent_at,
        countIf(c.state = 'sent') > 0 AS was_sent,
        max(c.due_at) AS due_at, countIf(c.state = 'answered') AS answers,
        countIf(c.state = 'answered' AND has(c.attributes, 'agree')) AS agreed,
        countIf(c.state = 'answered' AND has(c.attributes, 'disagree')) AS disagreed,
        countIf(c.state = 'reminded') AS reminded, maxIf(c.event_at, c.state = 'closed') AS closed_at,
        countIf(c.state = 'closed') > 0 AS over, argMax(c.state, c.event_at) AS state_now
    FROM case_steps AS c
    WHERE c.feed = 'e-cabinet' AND c.kind = 'opinion' AND c.verdict != 'impossible'
        AND c.event_at > $__toTime - INTERVAL 90 DAY AND c.event_at <= $__toTime
    GROUP BY c.case_id
"""
OPEN = Panel(
    key="forms-open",
    kind="table",
    title=("Phiếu đang lấy ý kiến, gần hạn nhất trước", "Forms open, the nearest due first"),
    shows=(
        "Ý kiến đã nhận, trong đó tán thành, không tán thành; số lần nhắc. ✖ quá hạn, ▲ còn dưới một ngày.",
        "Answers in, of these for and against; reminders sent. ✖ overdue, ▲ due within a day.",
    ),
    todo=(
        "✖: nhắc thành viên chưa trả lời qua Vụ theo dõi; Nhịp không biết tên.",
        "✖: have the members reminded; Nhịp knows no names.",
    ),
    sql=f"""
        SELECT f.case_id AS case_id, multiIf(f.due_at IS NULL, 'none', f.due_at < $__toTime, 'critical',
                f.due_at < $__toTime + INTERVAL 1 DAY, 'warning', 'ok') AS level,
            instant_$lang(f.sent_at) AS sent_at, instant_$lang(f.due_at) AS due, s.name_$lang AS step,
            number_$lang(f.answers, 0) AS answers, number_$lang(f.agreed, 0) AS agreed,
            number_$lang(f.disagreed, 0) AS disagreed,
            number_$lang(f.reminded, 0) AS reminded, f.due_at AS due_raw
        FROM ({STEPS}) AS f
        LEFT JOIN case_states AS s ON s.kind = 'opinion' AND s.state = f.state_now
        WHERE f.was_sent AND NOT f.over
        ORDER BY f.due_at, f.case_id
        LIMIT 40
    """,
    columns=("case_id", "level", "sent_at", "due", "step", "answers", "agreed", "disagreed", "reminded"),
    hidden=("due_raw",),
    empty=("không có phiếu nào đang lấy ý kiến", "no form is open"),
    width=24,
)
CLOSED = Panel(
    key="forms-closed",
    kind="table",
    title=("Phiếu đóng gần đây", "Forms closed lately"),
    shows=(
        "Mất bao lâu, bao nhiêu ý kiến, tán thành / có ý kiến, đóng đúng hạn hay không.",
        "How long it took, answers, for / answered, closed in time or not.",
    ),
    todo=(
        "Tán thành thấp: dự thảo sẽ trở lại; báo người trình.",
        "Few in favour: the draft comes back; tell who submitted it.",
    ),
    sql=f"""
        SELECT f.case_id AS case_id, if(f.closed_at <= f.due_at, 'ok', 'warning') AS level,
            instant_$lang(f.closed_at) AS closed_at,
            duration_$lang(dateDiff('second', f.sent_at, f.closed_at)) AS took, number_$lang(f.answers, 0) AS answers,
            percent_$lang(f.agreed / nullIf(f.answers, 0), 0) AS agreed_share, f.closed_at AS closed_raw
        FROM ({STEPS}) AS f
        WHERE f.was_sent AND f.over
        ORDER BY f.closed_at DESC, f.case_id
        LIMIT 20
    """,
    columns=("case_id", "level", "closed_at", "took", "answers", "agreed_share"),
    hidden=("closed_raw",),
    width=12,
)
MEETINGS = Panel(
    key="meetings",
    kind="table",
    title=("Phiên họp và biểu quyết", "Meetings and votes"),
    shows=(
        "Phiên họp triệu tập trong 90 ngày: bước hiện tại, số lần có tài liệu, phiếu biểu quyết.",
        "Meetings called within 90 days: where they stand, uploads of documents, votes cast.",
    ),
    todo=(
        "Biểu quyết mở mà không có phiếu: kiểm tra chữ ký số và mạng.",
        "A vote open without votes: check signing and the network.",
    ),
    sql="""
        SELECT m.case_id AS case_id, instant_$lang(m.called_at) AS called_at, s.name_$lang AS step,
            number_$lang(m.documents, 0) AS uploads, number_$lang(m.votes, 0) AS votes, m.called_at AS called_raw
        FROM
        (
            SELECT c.case_id AS case_id, min(c.event_at) AS called_at, argMax(c.state, c.event_at) AS state_now,
                countIf(c.state = 'documents') AS documents, countIf(c.state = 'vote_cast') AS votes
            FROM case_steps AS c
            WHERE c.feed = 'e-cabinet' AND c.kind = 'meeting' AND c.verdict != 'impossible'
                AND c.event_at > $__toTime - INTERVAL 90 DAY AND c.event_at <= $__toTime
            GROUP BY c.case_id
            HAVING countIf(c.state = 'called') > 0
        ) AS m
        LEFT JOIN case_states AS s ON s.kind = 'meeting' AND s.state = m.state_now
        ORDER BY m.called_at DESC, m.case_id
        LIMIT 20
    """,
    columns=("case_id", "called_at", "step", "uploads", "votes"),
    hidden=("called_raw",),
    width=12,
)
FEW = Axis(("phiếu", "forms"), least=0)

BOARD = Board(
    uid="nhip-ops-cabinet",
    folder="operations",
    title=("e-Cabinet: ý kiến và phiên họp", "e-Cabinet: opinions and meetings"),
    about=(
        "Dành cho bộ phận theo dõi phiếu lấy ý kiến và phiên họp Chính phủ.",
        "For those who follow opinion forms and meetings of the Government.",
    ),
    rows=(
        HEAD,
        Row(4, (case_panels.still_open(FORMS, width=6), case_panels.month(FORMS, width=18))),
        Row(11, (OPEN,)),
        Row(10, (CLOSED, MEETINGS)),
        Row(9, (case_panels.by_day(FORMS, since=""), case_panels.open_by_day(FORMS, since=""))),
        Row(6, (connections("system = 'e-cabinet'"), findings("system = 'e-cabinet'"))),
    ),
    since="now-30d",
)
