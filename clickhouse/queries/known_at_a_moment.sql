-- title_vi: Chín giờ sáng hôm đó ta đã biết gì, và nay biết gì (theo lúc hệ thống nhận)
-- title_en: What was known at a moment, and what is known now (by when it was received)
-- owner: Trực ban trung tâm điều hành · operations centre
-- parameter: as_of String = 2026-11-21 09:00:00 | thời điểm, giờ Việt Nam | moment, Vietnamese time
-- parameter: feed String = customs | mã kết nối | feed
-- parameter: unit String = | mã đơn vị; rỗng là tất cả | unit, or empty for all
-- parameter: days UInt32 = 100 | số liệu của bao nhiêu ngày trước đó | figures of so many days before
SELECT
    indicator, unit, subject, at, period, value_then, vintage_then, value_now, vintage_now,
    multiIf(value_then IS NULL, 'chưa biết lúc đó · not known then', value_then != value_now, 'đã đổi · changed', '') AS since_then, arrived_now, reason_now
FROM figures_then_and_now(as_of = {as_of:String})
WHERE feed = {feed:String} AND ({unit:String} = '' OR unit = {unit:String})
    AND at <= parseDateTimeBestEffort({as_of:String}, 'Asia/Ho_Chi_Minh')
    AND at > parseDateTimeBestEffort({as_of:String}, 'Asia/Ho_Chi_Minh') - toIntervalDay({days:UInt32})
ORDER BY indicator, unit, subject, at DESC
LIMIT 5000
