-- title_vi: Chỉ số phục vụ theo tỉnh, sáu nhóm, ngày mới nhất
-- title_en: Service index by province, six groups, newest day
-- owner: Trực ban trung tâm điều hành · operations centre
-- parameter: to DateTime = now | đến | to
-- panel: Chỉ số 766: bảng · service index, table
SELECT u.name_vi AS name, i.total AS total, i.publicity AS publicity, i.timeliness AS timeliness, i.online AS online, i.payment AS payment,
    i.digitisation AS digitisation, i.satisfaction AS satisfaction, i.at AS at
FROM
(
    SELECT unit, max(f.at) AS at, argMaxIf(f.value, f.at, f.indicator = 'index-766') AS total, argMaxIf(f.value, f.at, f.indicator = 'index-publicity') AS publicity,
        argMaxIf(f.value, f.at, f.indicator = 'index-timeliness') AS timeliness, argMaxIf(f.value, f.at, f.indicator = 'index-online') AS online,
        argMaxIf(f.value, f.at, f.indicator = 'index-payment') AS payment, argMaxIf(f.value, f.at, f.indicator = 'index-digitisation') AS digitisation,
        argMaxIf(f.value, f.at, f.indicator = 'index-satisfaction') AS satisfaction
    FROM figures_in_force AS f
    WHERE f.feed = 'service-index' AND f.indicator IN (['index-766', 'index-publicity', 'index-timeliness', 'index-online', 'index-payment', 'index-digitisation', 'index-satisfaction']) AND f.verdict != 'impossible'
        AND f.at >= toDateTime64({to:DateTime}, 3, 'UTC') - INTERVAL 3 DAY AND f.at < {to:DateTime}
    GROUP BY unit
) AS i
INNER JOIN units AS u ON u.unit = i.unit
ORDER BY total DESC, u.position
