-- title_vi: Một điểm bất thường lúc này nói gì
-- title_en: What a finding says now
-- owner: Trực ban hệ thống · operators
-- parameter: id String = | mã điểm bất thường | id of the finding
SELECT sentence_vi, sentence_en FROM findings_in_force WHERE finding_id = {id:String}
