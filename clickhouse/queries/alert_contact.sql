-- title_vi: Gọi ai về một kết nối ở một đơn vị; đầu mối gần nhất
-- title_en: Whom to call about a connection in a unit; the nearest post
-- owner: Trực ban hệ thống · operators
-- parameter: feed String = | mã kết nối | feed
-- parameter: unit String = | đơn vị; rỗng là cả kết nối | unit; empty: the whole feed
SELECT post_vi, post_en, telephone, email, hours
FROM contacts
WHERE feed = {feed:String} AND unit IN ('', {unit:String})
ORDER BY unit = ''
LIMIT 1
