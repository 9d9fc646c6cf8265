"""Closed lists whose words SQL prints: `lane_en`, `question_vi` and their like of the store.

They are here so that one place in Python has them, and a test holds the store's functions and the code that makes the
values to it. Which rule is of which lane is said in `contract/lanes.py`.
"""

from grafana.model import Words

LANES: dict[str, Words] = {
    "A": ("vận hành", "operations"),
    "B": ("rà số liệu", "editing"),
    "C": ("toàn vẹn", "integrity"),
}
"""By how fast somebody must look: at once, with the next answer of who reported, once a day."""

VINTAGES: dict[str, Words] = {
    "estimate": ("ước tính", "estimate"),
    "preliminary": ("sơ bộ", "preliminary"),
    "final": ("chính thức", "final"),
    "correction": ("đính chính", "correction"),
    "": ("tức thời", "instant"),
}

LEVELS: dict[str, Words] = {
    "national": ("cả nước", "the country"),
    "group": ("nhóm", "group"),
    "ministry": ("bộ, ngành", "ministry"),
    "agency": ("cơ quan", "agency"),
    "province": ("tỉnh, thành phố", "province or city"),
    "commune": ("đặc khu", "island zone"),
}
"""Of units."""

KINDS: dict[str, Words] = {
    "dossier": ("hồ sơ", "dossiers"),
    "petition": ("phản ánh", "petitions"),
    "document": ("văn bản", "documents"),
    "report": ("báo cáo", "reports"),
    "task": ("nhiệm vụ", "tasks"),
    "meeting": ("phiên họp", "meetings"),
    "opinion": ("phiếu", "forms"),
    "incident": ("sự cố", "incidents"),
    "permit": ("hồ sơ cấp phép", "permits"),
}
"""What cases of a kind are counted in."""

QUESTIONS: dict[str, Words] = {
    "lost": ("sổ cái liên tục", "the ledger has no hole"),
    "late": ("đọc kịp Kafka", "Kafka is read in time"),
    "balance": ("bản tin cộng khớp", "messages add up"),
    "stored": ("bản ghi được nhận có trong kho", "accepted records are stored"),
    "doubled": ("không bản ghi nào trùng", "no record twice"),
    "buckets": ("chỉ số khớp với các bước", "buckets agree with steps"),
    "beat": ("nhịp đều", "the beat is regular"),
    "snapshots": ("bản chụp trạng thái còn mới", "snapshots are fresh"),
    "detached": ("dữ liệu trên đĩa lành", "parts on disk are sound"),
    "disks": ("thấy được chỗ trống của ổ đĩa", "room on the disks is seen"),
    "canary": ("bản ghi thử tới kho", "the canary comes through"),
    "store": ("kho trả lời", "the store answers"),
    "kafka": ("Kafka trả lời", "Kafka answers"),
}
"""What the check that never stops asks, as what is well when it is well."""
