"""The store: its tables, its machine, what statements cost, snapshots, generations. Of the moment of the query."""

from grafana.model import Axis, Panel

IN_RANGE = "q.minute >= $__fromTime AND q.minute <= $__toTime"

TABLES = Panel(
    key="tables",
    kind="table",
    title=("Các bảng trong kho", "The tables of the store"),
    shows=(
        "Lúc truy vấn: số dòng, dung lượng, số phần, lần ghi cuối; và số dòng đã ghi theo sổ cái trong khoảng đang "
        "xem.",
        "At the time of the query: rows, size, parts, last write; and rows written by the ledger over the time range.",
    ),
    todo=(
        "Số phần tăng mãi của một bảng: gộp không theo kịp, xem đĩa và bộ nhớ.",
        "Parts of a table that only grow: merges do not keep up, see disk and memory.",
    ),
    sql="""
        SELECT t.name AS table_name, splitByString(' · ', t.comment)[{{1|2}}] AS explanation,
            number_$lang(p.rows, 0) AS rows,
            figure_$lang(p.bytes / 1048576, 1, 'MB') AS size, number_$lang(p.parts, 0) AS parts,
            if(w.rows = 0, '–', number_$lang(w.rows, 0)) AS written,
            instant_$lang(p.written_at) AS newest, p.bytes AS bytes_raw
        FROM system.tables AS t
        INNER JOIN
        (
            SELECT table, sum(rows) AS rows, sum(bytes_on_disk) AS bytes, count() AS parts,
                max(modification_time) AS written_at
            FROM system.parts
            WHERE active AND database = currentDatabase()
            GROUP BY table
        ) AS p ON p.table = t.name
        LEFT JOIN
        (
            SELECT pair.1 AS table, sum(pair.2) AS rows
            FROM (SELECT arrayJoin(CAST(l.written, 'Array(Tuple(String, UInt32))')) AS pair FROM ledger AS l
                WHERE l.arrived_at >= $__fromTime AND l.arrived_at <= $__toTime)
            GROUP BY table
        ) AS w ON w.table = t.name
        WHERE t.database = currentDatabase()
        ORDER BY bytes_raw DESC
    """,
    columns=("table_name", "explanation", "rows", "size", "parts", "written", "newest"),
    hidden=("bytes_raw",),
    width=14,
)
ENGINE = Panel(
    key="engine",
    kind="table",
    title=("Máy của kho", "The store's machine"),
    shows=(
        "Lúc truy vấn: đĩa, bộ nhớ, gộp phần đang chạy, phần bị gạt ra vì hỏng, thời gian chạy.",
        "At the time of the query: disk, memory, merges that run, parts put aside as broken, how long it has run.",
    ),
    todo=(
        "Đĩa dưới một phần mười: giảm ngày lưu hoặc thêm đĩa. Phần hỏng: đừng xóa, gọi người giữ hệ thống.",
        "Disk below a tenth: keep fewer days or add disk. Broken parts: delete nothing, call who keeps the system.",
    ),
    sql="""
        SELECT line.1 AS fact, line.2 AS last_value
        FROM
        (
            WITH
                (SELECT (sum(free_space), sum(total_space)) FROM system.disks) AS disk,
                (SELECT anyIf(value, metric = 'MemoryTracking') FROM system.metrics) AS memory,
                (SELECT (count(), ifNull(max(elapsed), 0)) FROM system.merges) AS merging,
                (SELECT count() FROM system.detached_parts WHERE database = currentDatabase()) AS broken,
                (SELECT countIf(NOT is_done) FROM system.mutations WHERE database = currentDatabase()) AS mutations,
                (SELECT max(parts) FROM (SELECT count() AS parts FROM system.parts WHERE active
                    AND database = currentDatabase()
                    GROUP BY table, partition)) AS most
            SELECT arrayJoin([
                ('{{đĩa còn trống / tất cả|disk free / all}}', concat(if(disk.1 < 0.1 * disk.2, '✖ ', '● '),
                    figure_$lang(disk.1 / 1073741824, 1, 'GB'), ' / ', figure_$lang(disk.2 / 1073741824, 1, 'GB'))),
                ('{{bộ nhớ của kho|memory of the store}}', concat('● ', figure_$lang(memory / 1048576, 0, 'MB'))),
                ('{{đang gộp phần|merges running}}', concat('● ', number_$lang(merging.1, 0), if(merging.1 = 0, '',
                    concat(' · {{lâu nhất|longest}} ', duration_$lang(merging.2))))),
                ('{{phần nhiều nhất trong một phân đoạn|most parts of a partition}}',
                    concat(if(most > 100, '▲ ', '● '), number_$lang(most, 0))),
                ('{{phần bị gạt ra vì hỏng|parts put aside as broken}}',
                    concat(if(broken > 0, '✖ ', '● '), number_$lang(broken, 0))),
                ('{{lệnh sửa chưa xong|mutations not done}}',
                    concat(if(mutations > 0, '▲ ', '● '), number_$lang(mutations, 0))),
                ('{{đã chạy|has run for}}', concat('● ', duration_$lang(uptime()))),
                ('{{phiên bản|version}}', version())]) AS line
        )
    """,
    columns=("fact", "last_value"),
    width=10,
)
COSTS = Panel(
    key="costs",
    kind="table",
    title=("Truy vấn tốn bao nhiêu", "What queries cost"),
    shows=(
        "Trong khoảng đang xem, tốn nhiều thời gian trước, theo bảng và ô đã hỏi nếu Grafana nói. Chỉ kho nhúng ghi "
        "điều này; "
        "máy chủ ClickHouse riêng có `system.query_log`.",
        "Over the time range, the most time first, by board and panel where Grafana says which. Only the embedded "
        "engine keeps "
        "this; a server of your own has `system.query_log`.",
    ),
    todo=(
        "Một ô trên một giây: thu hẹp khoảng, hoặc báo người giữ bảng.",
        "A panel above a second: narrow the range, or tell who keeps the board.",
    ),
    sql=f"""
        SELECT multiIf(q.board != '', concat(q.board, ' / ', q.panel), q.kind = 'insert', '{{{{ghi vào kho|writes}}}}',
                q.role = 'writer', '{{{{việc nội bộ của Nhịp|Nhịp itself}}}}',
                '{{{{người và công cụ khác|people and other tools}}}}') AS asker,
            number_$lang(sum(q.statements), 0) AS statements, number_$lang(sum(q.refused), 0) AS refused,
            figure_$lang(sum(q.total_ms) / nullIf(sum(q.statements), 0), 0, 'ms') AS mean_time,
            figure_$lang(max(q.longest_ms), 0, 'ms') AS longest,
            number_$lang(sum(q.slow), 0) AS slow, number_$lang(sum(q.rows), 0) AS rows, sum(q.total_ms) AS total_raw
        FROM query_costs AS q
        WHERE {IN_RANGE}
        GROUP BY asker
        ORDER BY total_raw DESC
        LIMIT 40
    """,
    columns=("asker", "statements", "refused", "mean_time", "longest", "slow", "rows"),
    hidden=("total_raw",),
    empty=("chưa ghi được câu lệnh nào", "no statement was kept"),
    width=14,
)
BUSY = Panel(
    key="busy",
    kind="series",
    title=("Thời gian kho chạy câu lệnh / thời gian trôi qua", "Time that statements ran / time that went by"),
    shows=(
        "Thời gian chạy câu lệnh trên thời gian trôi qua; nhiều câu chạy cùng lúc thì trên 100.",
        "Time that statements ran of the time that went by; several at once make more than 100.",
    ),
    todo=(
        "Đọc gần mức của máy: giảm màn hình hoặc kéo dài nhịp làm mới.",
        "Reads near what the machine has: fewer screens, or refresh less often.",
    ),
    sql=f"""
        SELECT toStartOfInterval(q.minute, INTERVAL greatest($__interval_s, 60) second) AS time,
            100 * sumIf(q.total_ms, q.role = 'reader') / (1000 * greatest($__interval_s, 60)) AS reads,
            100 * sumIf(q.total_ms, q.role = 'writer') / (1000 * greatest($__interval_s, 60)) AS writes
        FROM query_costs AS q
        WHERE {IN_RANGE}
        GROUP BY time
        ORDER BY time
    """,
    axis=Axis(("% của một nhân", "% of a core"), least=0),
    lines=(("reads", ("đọc", "reads")), ("writes", ("ghi", "writes"))),
    empty=("chưa ghi được câu lệnh nào", "no statement was kept"),
    width=10,
)
SNAPSHOTS = Panel(
    key="snapshots",
    kind="table",
    title=("Bản chụp trạng thái, cũ trước", "Snapshots, the oldest first"),
    shows=(
        "Bản chụp mới nhất của mỗi phần của kết nối trước cuối khoảng, của thế hệ đang có hiệu lực; cũ thì khởi động "
        "lại phải đọc lại nhiều hơn từ Kafka.",
        "The newest of each connection's shard before the end of the range, of the generation in force; an old one "
        "makes a restart read more of Kafka.",
    ),
    todo=(
        "Trên năm phút khi đang nhận: bộ xử lý đứng hoặc kho từ chối.",
        "Over five minutes while records come: the worker stands, or the store refuses.",
    ),
    sql="""
        SELECT d.name_$lang AS feed_name, toString(s.shard) AS shard,
            concat(if(dateDiff('second', s.newest_at, $__toTime) > 300, '▲ ', '● '),
                duration_$lang(dateDiff('second', s.newest_at, $__toTime))) AS snapshot_age,
                    number_$lang(s.pieces, 0) AS parts,
            figure_$lang(s.bytes / 1024, 0, 'kB') AS size, toString(s.generation) AS generation, s.feed AS feed
        FROM
        (
            SELECT topic, feed, shard, generation, max(stored_at) AS newest_at, count() AS pieces, sum(size) AS bytes
            FROM snapshots
            WHERE stored_at <= $__toTime AND generation = (SELECT generation FROM generation_in_force)
            GROUP BY topic, feed, shard, generation
        ) AS s
        INNER JOIN feeds AS d ON d.feed = s.feed
        ORDER BY s.newest_at, feed_name
        LIMIT 20
    """,
    columns=("feed_name", "shard", "snapshot_age", "parts", "size", "generation"),
    hidden=("feed",),
    links=(("feed_name", "nhip-feed"),),
    width=12,
)
GENERATIONS = Panel(
    key="generations",
    kind="table",
    title=("Thế hệ tính toán", "Generations"),
    shows=(
        "Khi quy tắc đổi, lịch sử được tính lại thành thế hệ mới; mỗi dòng là một lần một thế hệ bắt đầu có hiệu lực.",
        "When rules change, history is derived anew as a generation; a row each time one came into force.",
    ),
    todo=(
        "So sánh trước khi đưa vào hiệu lực: nhip generation compare.",
        "Compare before one comes into force: nhip generation compare.",
    ),
    sql="""
        SELECT toString(g.generation) AS generation, if(g.in_force_from < toDateTime('2000-01-01 00:00:00'),
            '{{từ đầu|from the beginning}}', instant_$lang(g.in_force_from)) AS since,
            if(g.reason = '', '–', g.reason) AS reason, if(g.version = '', '–', g.version) AS version,
            if(r.begun = 0, '–', instant_$lang(r.begun)) AS replayed,
            if(g.generation = (SELECT generation FROM generation_in_force), '● {{đang có hiệu lực|in force}}',
                '–') AS in_force
        FROM generations AS g
        LEFT JOIN (SELECT generation, max(toDateTime(begun_at)) AS begun FROM replays GROUP BY generation) AS r
            ON r.generation = g.generation
        WHERE g.in_force_from <= $__toTime
        ORDER BY g.in_force_from DESC
        LIMIT 20
    """,
    columns=("generation", "since", "reason", "version", "replayed", "in_force"),
    width=24,
)
