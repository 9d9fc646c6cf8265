-- title_vi: Các bước của một hồ sơ
-- title_en: The steps of a case
-- owner: Trực ban hệ thống · operators
-- parameter: feed String = | mã kết nối | feed
-- parameter: kind String = | loại hồ sơ | case kind
-- parameter: unit String = | đơn vị | unit
-- parameter: case_id String = | mã hồ sơ | case
SELECT event_at, state, due_at, verdict, late
FROM case_steps FINAL
WHERE feed = {feed:String} AND kind = {kind:String} AND unit = {unit:String} AND case_id = {case_id:String}
ORDER BY event_at, offset, row
LIMIT 40
