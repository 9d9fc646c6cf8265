-- title_vi: Điểm bất thường đang mở theo kết nối và quy tắc
-- title_en: Open findings by connection and rule
-- owner: Trực sự cố · on call
-- parameter: to DateTime = now | đến | to
-- panel: Trực: bảng · on call, table
SELECT feed, rule, countIf(severity = 'critical') AS critical, countIf(severity = 'warning') AS warning, count() AS findings,
    sum(f.count) AS records, max(f.updated_at) AS last_at
FROM findings_in_force AS f
WHERE f.at >= toDateTime64({to:DateTime}, 3, 'UTC') - INTERVAL 14 DAY AND f.state = 'open' AND NOT f.drill
GROUP BY feed, rule
ORDER BY critical DESC, warning DESC, findings DESC, feed, rule
LIMIT 50
