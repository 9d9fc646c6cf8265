-- title_vi: Sổ cái theo phút, ba giờ qua
-- title_en: The ledger by minute, last three hours
-- owner: Trực sự cố · on call
-- parameter: from DateTime = now-3h | từ | from
-- parameter: to DateTime = now | đến | to
-- panel: Nền tảng: đường · platform, time series
SELECT toStartOfMinute(arrived_at) AS time, countIf(kind = 'records') AS messages, sum(l.records) AS records,
    sum(l.accepted) AS accepted, sum(l.rejected) AS rejected, sum(l.duplicates) AS duplicates, sum(l.late) AS late
FROM ledger AS l
WHERE arrived_at >= {from:DateTime} AND arrived_at < {to:DateTime}
GROUP BY time
ORDER BY time
