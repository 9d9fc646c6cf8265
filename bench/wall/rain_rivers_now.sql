-- title_vi: Mưa 24 giờ, mực nước sông, cấp báo động theo tỉnh
-- title_en: Rain of 24 hours, river level, alarm by province
-- owner: Trực ban trung tâm điều hành · operations centre
-- parameter: to DateTime = now | đến | to
-- panel: Thiên tai: bản đồ · disasters, map
SELECT r.name_vi AS name, u.latitude AS latitude, u.longitude AS longitude, r.rain_day AS rain_24h, r.river AS river_level, r.alarm AS alarm, r.at AS last_at
FROM rivers_at(at = {to:DateTime}) AS r
INNER JOIN units AS u ON u.unit = r.unit
WHERE r.at IS NOT NULL
ORDER BY alarm DESC, rain_24h DESC, u.position
