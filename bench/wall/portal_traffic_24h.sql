-- title_vi: Truy cập và tài khoản Cổng Dịch vụ công 24 giờ, so với tuần trước
-- title_en: Portal visits and accounts over 24 hours against the week before
-- owner: Trực ban trung tâm điều hành · operations centre
-- parameter: from DateTime = now-24h | từ | from
-- parameter: to DateTime = now | đến | to
-- panel: Cổng: đường · portal, time series
SELECT toStartOfFiveMinutes(if(at >= {from:DateTime}, at, at + INTERVAL 7 DAY)) AS time, indicator AS series,
    avgIf(c.value, at >= {from:DateTime}) AS value, avgIf(c.value, at < {from:DateTime}) AS week_before
FROM figures_in_force AS c
WHERE feed = 'portal-traffic' AND verdict != 'impossible' AND ((at >= {from:DateTime} AND at < {to:DateTime})
    OR (at >= {from:DateTime} - INTERVAL 7 DAY AND at < {to:DateTime} - INTERVAL 7 DAY))
GROUP BY time, series
ORDER BY time, series
