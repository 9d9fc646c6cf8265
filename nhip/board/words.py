"""Every word on the board, Vietnamese and English side by side."""

from contract import text

STATES: dict[str, tuple[str, str, str, str]] = {
    "silent": ("✖", "mất tín hiệu", "silent", "bold red"),
    "late": ("▲", "chậm", "late", "yellow"),
    "receiving": ("●", "đang nhận", "receiving", "green"),
    "maintenance": ("◇", "bảo trì", "maintenance", "cyan"),
    "not_due": ("○", "chưa đến kỳ", "not due", "dim"),
    "off_hours": ("–", "ngoài giờ", "off hours", "dim"),
    "": ("?", text.MISSING, text.MISSING_EN, "dim"),
}
"""State of a connection: sign, words, style; the worst first. Sign and word say it without the colour."""

SEVERITIES: dict[str, tuple[str, str, str, str]] = {
    "critical": ("✖", "NGHIÊM TRỌNG", "CRITICAL", "bold red"),
    "warning": ("▲", "cảnh báo", "warning", "yellow"),
    "info": ("·", "thông tin", "info", "dim"),
}

WORDS: dict[str, tuple[str, str]] = {
    "as_of": ("số liệu tính đến", "data as of"),
    "oldest": ("cũ nhất", "oldest"),
    "queried": ("truy vấn", "queried"),
    "simulated": ("MÔ PHỎNG", "SIMULATED"),
    "drill": ("DIỄN TẬP", "DRILL"),
    "beat_lost": ("MẤT NHỊP", "BEAT LOST"),
    "beat_lost_why": ("không có nhịp từ", "no tick for"),
    "never": ("chưa thấy nhịp nào trong một giờ qua", "no tick in the last hour"),
    "store_away": ("KHO SỐ LIỆU KHÔNG TRẢ LỜI", "THE STORE DOES NOT ANSWER"),
    "trying": ("đang thử lại; số liệu dưới đây đã cũ", "trying again; what stands below is old"),
    "waiting": ("đang chờ kho số liệu", "waiting for the store"),
    "stale": ("SỐ LIỆU CŨ", "OLD DATA"),
    "feeds": ("KẾT NỐI", "CONNECTIONS"),
    "provinces": ("HỒ SƠ THEO TỈNH HÔM NAY", "DOSSIERS BY PROVINCE TODAY"),
    "most_moved": ("biến động nhiều nhất", "moved most"),
    "official_order": ("thứ tự chính thức", "official order"),
    "findings": ("ĐIỂM BẤT THƯỜNG", "FINDINGS"),
    "pipeline": ("ĐƯỜNG ỐNG 5 PHÚT QUA", "PIPELINE, LAST 5 MINUTES"),
    "feed": ("kết nối", "connection"),
    "state": ("trạng thái", "state"),
    "age": ("tuổi", "age"),
    "last_value": ("giá trị mới nhất", "last value"),
    "units": ("đơn vị", "units"),
    "province": ("tỉnh, thành phố", "province"),
    "country": ("Cả nước", "Whole country"),
    "received": ("tiếp nhận", "received"),
    "week_ago": ("so tuần trước", "on last week"),
    "on_time": ("đúng hạn/giải quyết", "on time/finished"),
    "overdue": ("đang quá hạn", "overdue, open"),
    "today": ("hôm nay", "today"),
    "just_now": ("vừa xong", "just now"),
    "none_open": ("không có điểm bất thường nào đang mở", "no finding is open"),
    "more": ("điểm cùng loại", "more of the kind"),
    "closed": ("đã đóng", "closed"),
    "lag": ("trễ", "lag"),
    "tick": ("nhịp", "tick"),
    "ago": ("trước", "ago"),
    "records": ("bản ghi", "records"),
    "rejected": ("từ chối", "rejected"),
    "duplicates": ("trùng", "duplicates"),
    "late": ("muộn", "late"),
    "fresh": ("tươi p99", "fresh p99"),
    "seconds": ("giây", "s"),
    "not_in_catalogue": ("ngoài danh mục", "not in the catalogue"),
    "open": ("đang mở", "open"),
    "in_ledger": ("trong sổ cái", "in the ledger"),
    "accepted": ("được nhận", "accepted"),
}


def word(key: str, lang: str = "vi") -> str:
    return text.choose(*WORDS[key], lang=lang)


def state_word(state: str, lang: str = "vi") -> str:
    _, vi, en, _ = STATES.get(state, STATES[""])
    return text.choose(vi, en, lang)


def severity_word(severity: str, lang: str = "vi") -> str:
    _, vi, en, _ = SEVERITIES.get(severity, SEVERITIES["info"])
    return text.choose(vi, en, lang)
