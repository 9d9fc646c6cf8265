-- title_vi: Trong một khoảng vị trí, sổ cái đã có bao nhiêu
-- title_en: How many of a span of offsets the ledger has
-- owner: Trực ban hệ thống · operators
-- parameter: topic String = 'nhip.figures' | chủ đề Kafka | topic
-- parameter: partition UInt16 = 0 | phân vùng | partition
-- parameter: first UInt64 = 0 | vị trí đầu | first offset
-- parameter: last UInt64 = 0 | vị trí cuối | last offset
SELECT uniqExact(offset) AS there
FROM ledger
WHERE topic = {topic:String} AND partition = {partition:UInt16} AND offset >= {first:UInt64} AND offset <= {last:UInt64}
