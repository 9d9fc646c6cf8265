-- title_vi: Những gì đã biết đến hết một ngày (theo lúc các bên gửi)
-- title_en: What was known at the end of a day (by the senders' clocks)
-- owner: Nhóm phân tích · analysts
-- parameter: day Date = 2026-06-30 | ngày, giờ Việt Nam | local day
-- parameter: feed String = | mã kết nối; rỗng là mọi số liệu theo kỳ | feed, or empty for every periodic figure
-- parameter: unit String = | mã đơn vị; rỗng là tất cả | unit, or empty for all
SELECT feed, indicator, unit, subject, period, vintage, value, verdict, sent_at, versions, simulated
FROM figures_as_of(as_of = concat(toString({day:Date}), ' 23:59:59.999'))
WHERE period != '' AND ({feed:String} = '' OR feed = {feed:String}) AND ({unit:String} = '' OR unit = {unit:String})
ORDER BY feed, indicator, unit, subject, at
