-- title_vi: Một điểm bất thường, việc xử lý và đầu mối để hỏi
-- title_en: One finding, its handling, and whom to ask
-- owner: Trực ban hệ thống · operators
-- parameter: id String = 00000000000000000000000000000000 | mã, hoặc phần đầu của mã | id, or how it begins
-- Two rows: the beginning of an id fits more than one.
SELECT
    toString(f.finding_id) AS id, f.feed AS feed, rule, severity, state, handling, holder, taken_at, asked_at, asked_until, label,
    labelled_by, labelled_at, ended_by, ended_at, indicator, f.unit AS unit, subject, case_id, at, opened_at, severity_at, updated_at,
    closed_at, f.count AS count, value, low, high, score, evidence, sentence_vi, sentence_en, drill, simulated, partition, again,
    c.post_vi AS post_vi, c.post_en AS post_en, c.telephone AS telephone, c.email AS email, c.hours AS hours
FROM findings_handled AS f
LEFT JOIN contacts AS c ON c.feed = f.feed AND c.unit = f.unit
WHERE startsWith(toString(f.finding_id), {id:String})
ORDER BY id
LIMIT 2
