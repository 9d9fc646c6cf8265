-- title_vi: Chỗ trống trên ổ đĩa đầy nhất của kho
-- title_en: Free room on the fullest disk of the store
-- owner: Trực ban hệ thống · operators
SELECT name, free_space AS free, keep_free_space AS kept_free
FROM system.disks
ORDER BY free_space
LIMIT 1
