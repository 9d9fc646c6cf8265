-- title_vi: Một bước vừa gửi: đã ghi chưa, kết quả ra sao
-- title_en: A step just sent: is it recorded, and what became of it
-- owner: Trực ban hệ thống · operators
-- parameter: id String = 00000000000000000000000000000000 | mã điểm bất thường | finding
-- parameter: action String = 00000000000000000000000000000000 | mã bước | action
-- parameter: topic String = | chủ đề Kafka | topic
-- parameter: partition UInt16 = 0 | phân vùng | partition
-- parameter: offset Int64 = 0 | vị trí bản tin | offset of the message
-- Sent twice, the first counts. No row: it has not been read yet.
SELECT outcome, state, holder, '' AS reason, number
FROM finding_history
WHERE finding_id = toFixedString({id:String}, 32) AND action_id = {action:String}
UNION ALL
SELECT '' AS outcome, '' AS state, '' AS holder, toString(reason) AS reason, toUInt32(0) AS number
FROM rejected
WHERE topic = {topic:String} AND partition = {partition:UInt16} AND offset = {offset:Int64}
ORDER BY number
LIMIT 1
