-- title_vi: Trạng thái kết nối trong 24 giờ
-- title_en: States of connections over 24 hours
-- owner: Trực sự cố · on call
-- parameter: from DateTime = now-24h | từ | from
-- parameter: to DateTime = now | đến | to
-- panel: Nền tảng: dòng trạng thái · platform, state timeline
SELECT toStartOfInterval(clock, INTERVAL 15 MINUTE) AS time, feed,
    argMax(state, transform(state, ['silent', 'late', 'receiving', 'maintenance', 'not_due', 'off_hours'], [6, 5, 4, 3, 2, 1], 0)) AS worst
FROM feed_states
WHERE generation = (SELECT generation FROM generation_in_force) AND clock >= {from:DateTime} AND clock < {to:DateTime}
GROUP BY time, feed
ORDER BY time, feed
