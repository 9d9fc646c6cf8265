-- title_vi: Công suất hệ thống điện 24 giờ, so với tuần trước
-- title_en: Power load over 24 hours against the week before
-- owner: Trực ban trung tâm điều hành · operations centre
-- parameter: from DateTime = now-24h | từ | from
-- parameter: to DateTime = now | đến | to
-- panel: Năng lượng: đường · energy, time series
SELECT if(at >= {from:DateTime}, at, at + INTERVAL 7 DAY) AS time, indicator AS series, anyIf(c.value, at >= {from:DateTime}) AS value,
    anyIf(c.value, at < {from:DateTime}) AS week_before
FROM figures_in_force AS c
WHERE feed = 'power-load' AND verdict != 'impossible' AND ((at >= {from:DateTime} AND at < {to:DateTime})
    OR (at >= {from:DateTime} - INTERVAL 7 DAY AND at < {to:DateTime} - INTERVAL 7 DAY))
GROUP BY time, series
ORDER BY time, series
