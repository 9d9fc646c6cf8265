-- title_vi: Phần dữ liệu mà kho đã gạt ra vì hỏng
-- title_en: Parts that the store has put aside as broken
-- owner: Trực ban hệ thống · operators
SELECT table, count() AS parts, min(reason) AS reason
FROM system.detached_parts
WHERE database = currentDatabase()
GROUP BY table
ORDER BY table
