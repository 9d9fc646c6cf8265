-- title_vi: Các giá trị quanh một thời điểm của một chuỗi số liệu
-- title_en: Values of a series around a moment
-- owner: Trực ban hệ thống · operators
-- parameter: feed String = | mã kết nối | feed
-- parameter: indicator String = | chỉ tiêu | indicator
-- parameter: unit String = | đơn vị | unit
-- parameter: subject String = | đối tượng, hoặc rỗng | subject, or empty
-- parameter: at Int64 = 0 | thời điểm, mili giây từ 1970 | moment, milliseconds since 1970
-- parameter: before UInt32 = 12 | số giá trị trước và tại thời điểm đó | values up to the moment
-- parameter: after UInt32 = 8 | số giá trị sau đó | values after it
WITH fromUnixTimestamp64Milli({at:Int64}) AS moment
SELECT at, period, vintage, value, verdict, versions FROM
(
    SELECT at, period, vintage, value, verdict, versions FROM figures_in_force
    WHERE feed = {feed:String} AND indicator = {indicator:String} AND unit = {unit:String} AND subject = {subject:String}
        AND at <= moment AND at > moment - INTERVAL 800 DAY
    ORDER BY at DESC LIMIT {before:UInt32}
    UNION ALL
    SELECT at, period, vintage, value, verdict, versions FROM figures_in_force
    WHERE feed = {feed:String} AND indicator = {indicator:String} AND unit = {unit:String} AND subject = {subject:String}
        AND at > moment AND at < moment + INTERVAL 400 DAY
    ORDER BY at ASC LIMIT {after:UInt32}
)
ORDER BY at
