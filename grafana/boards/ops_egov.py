"""The e-Government programme: tasks done of all, committees and plans set up, and who is behind, by body."""

from grafana import case_panels
from grafana.bodies import BODY
from grafana.case_panels import Cases
from grafana.head import HEAD
from grafana.model import Board, Panel, Row
from grafana.panels import TO_UNIT, connections, findings

TASKS = Cases(
    kind="task",
    many=("nhiệm vụ", "tasks"),
    received=("được giao", "assigned"),
    finished=("hoàn thành", "done"),
)
DONE = Panel(
    key="done",
    kind="stat",
    title=("Hoàn thành / được giao, 13 tháng", "Done / assigned, 13 months"),
    shows=(
        "Nhiệm vụ giao trong 13 tháng, là thời hạn giữ từng bước; trừ nhiệm vụ dừng thực hiện.",
        "Tasks assigned within 13 months, as long as single steps are kept; those dropped are left out.",
    ),
    todo=("Xem bảng theo cơ quan: ai còn nhiều.", "See the table by body: who has most left."),
    sql=f"""
        SELECT if(count() = 0, '{{{{chưa có|none yet}}}}', concat(
            number_$lang(sum(c.done), 0), ' / ', number_$lang(sum(c.assigned), 0), ' · ',
            percent_$lang(sum(c.done) / nullIf(sum(c.assigned), 0), 1))) AS text
        FROM tasks_at(at = $__toTime) AS c
        WHERE {TASKS.chosen}
    """,
    width=8,
)
BODIES = Panel(
    key="units",
    kind="table",
    title=("Theo bộ, ngành, địa phương, chậm nhất trước", "By body, the farthest behind first"),
    shows=(
        "Nhiệm vụ giao trong 13 tháng. Ban chỉ đạo và kế hoạch: xong / được giao. Gia hạn đếm nhiệm vụ được lùi hạn.",
        "Tasks assigned within 13 months. Committees and plans: done / assigned. Extended counts those put off.",
    ),
    todo=(
        "Hỏi cơ quan đứng đầu bảng; gia hạn nhiều lần cũng là chậm.",
        "Ask those at the top; being put off again and again is late too.",
    ),
    sql=f"""
        SELECT u.name_$lang AS unit_name, number_$lang(c.assigned, 0) AS assigned, number_$lang(c.done, 0) AS done,
            percent_$lang(c.done / nullIf(c.assigned, 0), 1) AS done_share,
            concat(number_$lang(c.committees_done, 0), ' / ', number_$lang(c.committees, 0)) AS committees,
            concat(number_$lang(c.plans_done, 0), ' / ', number_$lang(c.plans, 0)) AS plans,
            number_$lang(c.extended, 0) AS extended, number_$lang(c.open, 0) AS open,
            number_$lang(c.overdue, 0) AS overdue,
            c.unit AS unit, c.overdue AS overdue_raw
        FROM tasks_at(at = $__toTime) AS c
        INNER JOIN units AS u ON u.unit = c.unit
        WHERE {TASKS.chosen}
        ORDER BY c.overdue DESC, c.done / nullIf(c.assigned, 0), u.position
    """,
    columns=("unit_name", "assigned", "done", "done_share", "committees", "plans", "extended", "open", "overdue"),
    hidden=("unit", "overdue_raw"),
    links=TO_UNIT,
    width=24,
)
LATE = Panel(
    key="late",
    kind="table",
    title=("Nhiệm vụ quá hạn, lâu nhất trước", "Tasks overdue, the longest first"),
    shows=(
        "Nhiệm vụ chưa xong đã quá hạn, bước hiện tại và quá bao lâu.",
        "Tasks not done and past due, where they stand, and for how long.",
    ),
    todo=(
        "Gọi đầu mối của cơ quan; đã báo cáo mà chưa xác nhận là việc của bên giao.",
        "Call the body; reported but not confirmed is the assigner's work.",
    ),
    sql=f"""
        SELECT u.name_$lang AS unit_name, c.case_id AS case_id, s.name_$lang AS step, instant_$lang(c.due_at) AS due,
            duration_$lang(dateDiff('second', c.due_at, $__toTime)) AS longest, c.unit AS unit, c.due_at AS due_raw
        FROM
        (
            SELECT c.case_id AS case_id, any(c.unit) AS unit, argMax(c.state, c.event_at) AS state_now,
                argMax(c.due_at, c.event_at) AS due_at
            FROM case_steps AS c
            WHERE c.feed = 'egov-tasks' AND c.kind = 'task' AND c.verdict != 'impossible' AND {TASKS.chosen}
                AND c.event_at > $__toTime - INTERVAL 395 DAY AND c.event_at <= $__toTime
            GROUP BY c.case_id
            HAVING state_now NOT IN ('done', 'dropped') AND due_at < $__toTime
        ) AS c
        INNER JOIN units AS u ON u.unit = c.unit
        LEFT JOIN case_states AS s ON s.kind = 'task' AND s.state = c.state_now
        ORDER BY c.due_at, c.case_id
        LIMIT 30
    """,
    columns=("unit_name", "case_id", "step", "due", "longest"),
    hidden=("unit", "due_raw"),
    links=TO_UNIT,
    empty=("không có nhiệm vụ quá hạn", "no task is overdue"),
    width=14,
)

BOARD = Board(
    uid="nhip-ops-egov",
    folder="operations",
    title=("Chương trình Chính phủ điện tử", "e-Government programme"),
    about=(
        "Dành cho bộ phận theo dõi chương trình: xong bao nhiêu trên tất cả, ai chậm, ban chỉ đạo và kế hoạch.",
        "For those who follow the programme: how much is done of all, who is behind, committees and plans.",
    ),
    rows=(
        HEAD,
        Row(4, (DONE, case_panels.still_open(TASKS, width=5), case_panels.month(TASKS, width=11))),
        Row(14, (BODIES,)),
        Row(10, (LATE, case_panels.open_by_day(TASKS, width=10, since=""))),
        Row(6, (connections("system = 'egov-programme'"), findings("system = 'egov-programme'", unit=True))),
    ),
    variables=(BODY,),
    since="now-90d",
)
