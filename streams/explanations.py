"""The innocent explanations of each rule: what to ask about first. Vietnamese, then English."""

INNOCENT: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "hard_bounds": (
        ("nhầm đơn vị đo hoặc dấu thập phân khi nhập", "thiết bị đo hỏng", "khoảng trong danh mục đã cũ"),
        ("a wrong unit of measure or decimal mark on entry", "a faulty instrument", "outdated bounds in the catalogue"),
    ),
    "soft_bounds": (
        ("sự việc hiếm nhưng có thật: thời tiết, lễ hội, sự cố", "khoảng thường gặp trong danh mục quá hẹp"),
        ("a rare but true event: weather, festival, incident", "usual bounds in the catalogue that are too narrow"),
    ),
    "jump": (
        ("sự kiện thật: thời tiết, lễ Tết, sự cố, chính sách mới", "đính chính hoặc dồn số liệu", "thay đổi cách đo"),
        ("a true event: weather, holiday, incident, new policy", "a correction or catching up", "a change of method"),
    ),
    "stuck": (
        ("giá trị thật sự không đổi", "nơi gửi lặp lại số gần nhất khi mất kết nối với thiết bị"),
        ("the value truly does not change", "the sender repeats its last figure when its instrument is away"),
    ),
    "sum_mismatch": (
        ("các phần và tổng chốt ở thời điểm khác nhau", "một phần đính chính sau", "làm tròn", "thiếu một thành phần"),
        ("parts and total taken at different times", "a part corrected later", "rounding", "a component left out"),
    ),
    "impossible_move": (
        ("thông báo đến sai thứ tự", "cán bộ sửa một bước nhập nhầm", "quy trình tại chỗ có bước chưa khai báo"),
        ("messages that overtook one another", "a mistaken step set right", "a local step that is not declared"),
    ),
    "finish_before_start": (
        ("nhập bù sau khi đã giải quyết trên giấy", "đồng hồ máy chủ sai", "lấy ngày từ trường khác"),
        ("entered afterwards for work done on paper", "a wrong server clock", "a date taken from another field"),
    ),
    "finish_equals_due": (
        ("phần mềm tự ghi hạn trả khi đóng hàng loạt", "trả kết quả đúng giờ hẹn theo lịch"),
        ("software that writes the due time on a bulk close", "results handed over at the appointed minute"),
    ),
    "due_moved_after": (
        ("hồ sơ chờ bổ sung được tính lại hạn", "gia hạn có văn bản nhưng nhập muộn"),
        ("the term counted anew after papers were added", "an extension in writing, entered late"),
    ),
    "silent": (
        ("bảo trì chưa khai báo", "mất đường truyền", "không phát sinh số liệu trong thời gian này"),
        ("maintenance not announced", "a line that is down", "nothing to report in this time"),
    ),
    "storm": (
        ("thời tiết, lễ Tết hoặc sự kiện lớn", "sự cố tại nguồn ảnh hưởng mọi chuỗi", "thay đổi cách tính từ nguồn"),
        ("weather, a holiday or a great event", "an incident at the source", "a change of method at the source"),
    ),
}
