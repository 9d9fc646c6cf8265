-- title_vi: Phiếu lấy ý kiến gần đây: số ý kiến, tán thành, quá hạn
-- title_en: Recent opinion forms: answers, agreed, overdue
-- owner: Trực ban trung tâm điều hành · operations centre
-- parameter: from DateTime = now-30d | từ | from
-- parameter: to DateTime = now | đến | to
-- panel: e-Cabinet: bảng · e-Cabinet, table
SELECT case_id, min(event_at) AS sent_at, max(due_at) AS due_at, countIf(state = 'answered') AS answers,
    countIf(state = 'answered' AND has(attributes, 'agree')) AS agreed, countIf(state = 'reminded') AS reminders,
    maxIf(event_at, state = 'closed') AS closed_at, argMax(state, event_at) AS state_now
FROM case_steps
WHERE feed = 'e-cabinet' AND kind = 'opinion' AND event_at >= {from:DateTime} AND event_at < {to:DateTime} AND verdict != 'impossible'
GROUP BY case_id
ORDER BY sent_at DESC, case_id
LIMIT 30
