-- title_vi: Hồ sơ quá hạn chưa trả theo lĩnh vực của một tỉnh, 24 giờ
-- title_en: A province's steps of the last 24 hours by field
-- owner: Trực sự cố · on call
-- parameter: from DateTime = now-24h | từ | from
-- parameter: to DateTime = now | đến | to
-- parameter: unit String = H26 | đơn vị | unit
-- panel: Hồ sơ của tỉnh: bảng · province, table
SELECT subject, uniqExact(case_id) AS dossiers, countIf(state = 'finished') AS finished, countIf(state = 'finished' AND event_at > due_at) AS late,
    countIf(verdict != 'ok') AS questionable, max(event_at) AS last_at
FROM case_steps
WHERE feed = 'portal-dossiers' AND kind = 'dossier' AND unit = {unit:String} AND event_at >= {from:DateTime} AND event_at < {to:DateTime}
GROUP BY subject
ORDER BY dossiers DESC, subject
