-- title_vi: Điểm nghiêm trọng chưa ai nhận, và cấp phải báo lúc này (cấp 2 sau 15 phút, cấp 3 sau 30 phút)
-- title_en: Critical findings that nobody took, and the level they call by now (2 after 15 minutes, 3 after 30)
-- owner: Trực ban hệ thống · operators
-- parameter: now UInt32 = 0 | đồng hồ số liệu, giây từ 1970 | clock of the data, seconds since 1970
SELECT level, waited_s, toString(finding_id) AS id, feed, unit, rule, severity_at, drill, simulated, sentence_vi, sentence_en
FROM findings_untaken(now = toString(toDateTime64({now:UInt32}, 3, 'UTC')))
ORDER BY level DESC, waited_s DESC, id
