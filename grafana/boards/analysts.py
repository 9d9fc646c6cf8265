"""Where analysts begin: tables and columns in words, parameterised views with an example each, ten questions."""

from clickhouse.queries import Parameter, load
from grafana.boards.analysts_views import EXAMPLES
from grafana.choices import one_of
from grafana.explore import link
from grafana.head import HEAD
from grafana.model import Board, Panel, Row, Words

QUESTIONS = (
    "corrected_after_deadline",
    "on_time_by_province",
    "known_at_a_moment",
    "late_reporters",
    "sums_against_parent",
    "durations_against_limit",
    "online_share",
    "large_corrections",
    "ledger_of_a_day",
    "findings_outcomes",
    "reported_against_counted",
    "revisions_of_a_unit",
)
"""Queries of `clickhouse/queries/`, the first ten of whom everybody asks."""


def _questions() -> Words:
    """A line a question: what it answers, the command, the link to Explore."""
    vi, en = ["| | | | |", "|---|---|---|---|"], ["| | | | |", "|---|---|---|---|"]
    for number, name in enumerate(QUESTIONS, 1):
        query = load(name)
        command = f"`nhip sql '{' '.join((name, *(_given(p) for p in query.parameters if p.default)))}'`"
        vi.append(f"| {number} | {query.title_vi} | {command} | [mở trong Explore]({link(query)}) |")
        en.append(f"| {number} | {query.title_en} | {command} | [open in Explore]({link(query)}) |")
    return "\n".join(vi), "\n".join(en)


def _given(parameter: Parameter) -> str:
    given = f"{parameter.name}={parameter.default}"
    return f'"{given}"' if " " in given else given


BEGIN = Panel(
    key="begin",
    kind="note",
    title=("Bắt đầu", "How to begin"),
    body=(
        "Kho số liệu đọc bằng SQL của ClickHouse, chỉ đọc. Ba đường: [Explore](/explore) của Grafana; `nhip sql` "
        "trên máy chạy Nhịp "
        "(`\\h` liệt kê bảng và thư viện, `\\d tên` là các cột, `--format csv --out tệp` để lưu); công cụ riêng qua "
        "HTTP của ClickHouse với "
        "tài khoản đọc. Đọc `docs/analysts.md` trước: ở đó có các bẫy.\n\n"
        "**Bẫy thường gặp.** Đang mở (`open_end`) không cộng theo thời gian, chỉ lấy cuối kỳ. Bỏ số không thể có "
        "(`verdict != "
        "'impossible'`) khi cộng. Mỗi số liệu có nhiều bản: đọc `figures_in_force`, không đọc `figures`. Giờ trong "
        "bảng là UTC; "
        "`as_of` là giờ Việt Nam. Kỳ `A-…` là kỳ hành chính (tháng từ ngày 15), kỳ `C-…` là tháng dương lịch. Tỉnh "
        "trước và sau 01/07/2025 là "
        "hai đơn vị. `simulated` là mô phỏng, không dùng để báo cáo.",
        "The store is read with ClickHouse's SQL, read only. Three ways: Grafana's [Explore](/explore); `nhip sql` "
        "where Nhịp runs "
        "(`\\h` lists tables and the library, `\\d name` the columns, `--format csv --out file` saves); tools of "
        "your own over ClickHouse's "
        "HTTP with the reader's account. Read `docs/analysts.md` first: the traps are there.\n\n"
        "**Traps.** What is open (`open_end`) is never added over time, only taken at the end. Leave out the "
        "impossible (`verdict != "
        "'impossible'`) when you add. A figure has many versions: read `figures_in_force`, not `figures`. Times in "
        "tables are UTC; "
        "`as_of` is Vietnamese time. Periods `A-…` are administrative (the month begins on the 15th), `C-…` calendar "
        "ones. A province "
        "before and since 1 July 2025 is two units. What is `simulated` is not for reports.",
    ),
    width=24,
)
TEN = Panel(
    key="questions",
    kind="note",
    title=("Câu hỏi thật, câu lệnh đã thử", "Real questions, tested queries"),
    body=_questions(),
    width=24,
)
TABLES = Panel(
    key="tables",
    kind="table",
    title=("Bảng và khung nhìn", "Tables and views"),
    shows=(
        "Mọi bảng và khung nhìn với ý nghĩa; khung nhìn trước. Nên đọc khung nhìn: chúng cho bản đang có hiệu lực.",
        "Every table and view with its meaning, views first. Read views: they give the version in force.",
    ),
    todo=("Chọn tên ở ô Bảng bên trên để xem các cột.", "Choose a name in the box above to see its columns."),
    sql="""
        SELECT t.name AS table_name, if(t.engine = 'View',
            if(position(t.create_table_query, '{as_of:') + position(t.create_table_query, '{at:')
                + position(t.create_table_query, '{unit:') + position(t.create_table_query,
                    '{minutes:') + position(t.create_table_query, '{id:') > 0,
                '{{khung nhìn có tham số|view with parameters}}', '{{khung nhìn|view}}'),
                    '{{bảng|table}}') AS table_kind,
            splitByString(' · ', t.comment)[{{1|2}}] AS explanation,
            if(t.total_rows IS NULL, '–', number_$lang(t.total_rows, 0)) AS rows
        FROM system.tables AS t
        WHERE t.database = currentDatabase() AND t.name NOT IN ('migrations') AND NOT startsWith(t.name, '.')
        ORDER BY t.engine = 'View' DESC, t.name
    """,
    columns=("table_name", "table_kind", "explanation", "rows"),
    width=12,
)
COLUMNS = Panel(
    key="columns",
    kind="table",
    title=("Các cột của bảng đã chọn", "Columns of the table chosen"),
    shows=(
        "Tên, kiểu và ý nghĩa của từng cột. Cột trong khóa sắp xếp lọc được nhanh: lọc theo chúng trước.",
        "Name, type and meaning of each column. Filter by columns of the sorting key first: these are fast.",
    ),
    todo=(
        "Cột không có ý nghĩa ghi ở đây: hỏi người giữ Nhịp.",
        "A column without a meaning here: ask who keeps Nhịp.",
    ),
    sql="""
        SELECT c.name AS column_name, c.type AS column_type,
            if(c.comment = '', '–', splitByString(' · ', c.comment)[{{1|2}}]) AS explanation,
            if(c.is_in_sorting_key, '{{khóa|key}}', if(c.is_in_partition_key, '{{phân đoạn|partition}}',
                '–')) AS sorting
        FROM system.columns AS c
        WHERE c.database = currentDatabase() AND c.table = ${table:sqlstring}
        ORDER BY c.position
    """,
    columns=("column_name", "column_type", "explanation", "sorting"),
    width=12,
)
VIEWS = Panel(
    key="views",
    kind="note",
    title=("Khung nhìn có tham số, mỗi cái một ví dụ", "Views with parameters, an example each"),
    body=(
        "\n".join(["| | |", "|---|---|", *(f"| {one.vi} | `{one.sql}` |" for one in EXAMPLES)]),
        "\n".join(["| | |", "|---|---|", *(f"| {one.en} | `{one.sql}` |" for one in EXAMPLES)]),
    ),
    width=24,
)

BOARD = Board(
    uid="nhip-analysts",
    folder="analysts",
    title=("Bắt đầu phân tích", "Where analysts begin"),
    about=(
        "Cho người phân tích bằng SQL: hỏi gì được, bảng nào, cột nào, câu lệnh mẫu đã thử, và các bẫy.",
        "For analysts with SQL: what can be asked, which tables and columns, tested queries, and the traps.",
    ),
    variables=(
        one_of(
            "table",
            ("bảng", "table"),
            """
            SELECT name AS value, concat(name, ' · ', splitByString(' · ', comment)[{{1|2}}]) AS text
            FROM system.tables WHERE database = currentDatabase()
                AND NOT startsWith(name, '.') ORDER BY engine = 'View' DESC, name
            """,
            "figures_in_force",
            ("figures_in_force", "figures_in_force"),
        ),
    ),
    rows=(
        HEAD,
        Row(8, (BEGIN,)),
        Row(14, (TEN,)),
        Row(14, (TABLES, COLUMNS)),
        Row(14, (VIEWS,)),
    ),
    refresh="",
)
