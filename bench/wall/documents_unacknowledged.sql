-- title_vi: Văn bản đến đơn vị chưa xử lý xong lúc này
-- title_en: Documents not yet done with, now, by body
-- owner: Trực sự cố · on call
-- panel: Trục liên thông: thanh · document axis, bar gauge
SELECT u.name_vi AS name, o.open_now AS open, o.overdue_open_now AS overdue_open
FROM case_open_now AS o
INNER JOIN units AS u ON u.unit = o.unit
WHERE o.kind = 'document'
ORDER BY overdue_open DESC, open DESC, u.position
LIMIT 20
