"""Why a record is refused: a closed list. A record that is merely strange is accepted with a verdict instead."""

from enum import StrEnum


class Reason(StrEnum):
    # The message as a whole.
    EMPTY = "empty"
    TOO_LARGE = "too_large"
    NOT_JSON = "not_json"
    NOT_ARROW = "not_arrow"
    TOO_DEEP = "too_deep"
    WRONG_SCHEMA = "wrong_schema"
    WRONG_PARTITION = "wrong_partition"
    # One record: cannot be identified or typed.
    UNKNOWN_FIELD = "unknown_field"
    MISSING_FIELD = "missing_field"
    BAD_TYPE = "bad_type"
    NOT_A_NUMBER = "not_a_number"
    NUMBER_TOO_LONG = "number_too_long"
    NAN = "nan"
    INFINITY = "infinity"
    TEXT_TOO_LONG = "text_too_long"
    UNKNOWN_FEED = "unknown_feed"
    UNKNOWN_UNIT = "unknown_unit"
    UNIT_NOT_VALID = "unit_not_valid"
    UNKNOWN_SUBJECT = "unknown_subject"
    UNKNOWN_INDICATOR = "unknown_indicator"
    UNKNOWN_KIND = "unknown_kind"
    UNKNOWN_STATE = "unknown_state"
    UNKNOWN_CHANNEL = "unknown_channel"
    UNKNOWN_ATTRIBUTE = "unknown_attribute"
    UNKNOWN_VINTAGE = "unknown_vintage"
    # A control record: an action on a finding.
    UNKNOWN_STEP = "unknown_step"
    BAD_DUE = "bad_due"
    PERSONAL = "personal"
    # It cannot be placed in time.
    BAD_PERIOD = "bad_period"
    NO_TIME = "no_time"
    FUTURE = "future"
    BEFORE_FIRST_DAY = "before_first_day"
    # It may not be kept, or contradicts what is kept.
    CLASSIFIED = "classified"
    CONFLICT = "conflict"


VI: dict[Reason, str] = {
    Reason.EMPTY: "bản tin rỗng",
    Reason.TOO_LARGE: "bản tin quá lớn",
    Reason.NOT_JSON: "không phải JSON",
    Reason.NOT_ARROW: "không phải Arrow IPC",
    Reason.TOO_DEEP: "JSON lồng quá sâu",
    Reason.WRONG_SCHEMA: "sai cấu trúc cột",
    Reason.WRONG_PARTITION: "gửi nhầm phân vùng; hãy gửi vào nhip.inbox",
    Reason.UNKNOWN_FIELD: "có trường ngoài danh sách",
    Reason.MISSING_FIELD: "thiếu trường bắt buộc",
    Reason.BAD_TYPE: "sai kiểu dữ liệu",
    Reason.NOT_A_NUMBER: "giá trị không phải số",
    Reason.NUMBER_TOO_LONG: "số quá dài",
    Reason.NAN: "giá trị NaN",
    Reason.INFINITY: "giá trị vô cùng",
    Reason.TEXT_TOO_LONG: "chuỗi quá dài",
    Reason.UNKNOWN_FEED: "kết nối không có trong danh mục",
    Reason.UNKNOWN_UNIT: "đơn vị không có trong danh mục",
    Reason.UNIT_NOT_VALID: "đơn vị không còn hoặc chưa có hiệu lực vào ngày đó",
    Reason.UNKNOWN_SUBJECT: "đối tượng không có trong danh mục",
    Reason.UNKNOWN_INDICATOR: "chỉ tiêu không thuộc kết nối này",
    Reason.UNKNOWN_KIND: "loại hồ sơ không thuộc kết nối này",
    Reason.UNKNOWN_STATE: "trạng thái không có trong danh sách của loại",
    Reason.UNKNOWN_CHANNEL: "kênh không có trong danh sách",
    Reason.UNKNOWN_ATTRIBUTE: "dấu không có trong danh sách của loại",
    Reason.UNKNOWN_VINTAGE: "loại công bố không hợp lệ",
    Reason.UNKNOWN_STEP: "bước xử lý không có trong danh sách",
    Reason.BAD_DUE: "hạn trả lời thiếu, thừa, hoặc không sau thời điểm hỏi",
    Reason.PERSONAL: "có dãy số hoặc địa chỉ như của một người",
    Reason.BAD_PERIOD: "mã kỳ không hợp lệ với chỉ tiêu",
    Reason.NO_TIME: "thiếu thời điểm và kỳ, hoặc có cả hai",
    Reason.FUTURE: "thời điểm ở tương lai",
    Reason.BEFORE_FIRST_DAY: "trước ngày đầu tiên của kết nối",
    Reason.CLASSIFIED: "có độ mật, không được lưu",
    Reason.CONFLICT: "cùng mã bản ghi nhưng nội dung khác",
}
