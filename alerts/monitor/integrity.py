"""Nothing lost, nothing doubled: the check that never stops, whether it runs, and how far back a restart would
begin."""

from alerts import links
from alerts.model import Monitor

RULES = (
    Monitor(
        name="NhipLedgerRed",
        title=("Sổ cái báo đỏ", "The ledger's check is red"),
        severity="critical",
        audience="platform",
        expr='nhip_check_level{question=~"lost|balance|stored|doubled|buckets|detached"} == 2',
        lasts_s=60,
        summary=("Sổ cái báo đỏ: câu hỏi {question}", "The ledger's check is red: {question}"),
        description=(
            "Phần soát liên tục thấy số liệu mất, trùng hoặc không khớp, hoặc kho từ chối câu hỏi (câu hỏi {question}; "
            "ngưỡng: mức 2). Không công bố số tổng cho tới khi rõ nguyên nhân.",
            "The check that never stops sees records lost, doubled or not adding up, or the store refuses to be asked "
            "(question {question}; threshold: level 2). Publish no sums until the cause is known.",
        ),
        link=links.LEDGER,
    ),
    Monitor(
        name="NhipAuditDown",
        title=("Phần soát liên tục không chạy", "The check that never stops is down"),
        severity="critical",
        audience="platform",
        expr='up{job="nhip-audit"} == 0 or absent(up{job="nhip-audit"})',
        lasts_s=300,
        summary=("Phần soát liên tục không chạy", "The check that never stops is down"),
        description=(
            "Không ai soát mất, trùng, chậm và bản ghi thử. Ngưỡng: 5 phút không trả lời.",
            "Nobody looks for what is lost, doubled or late, nor for the canary. Threshold: no answer for 5 minutes.",
        ),
        link=links.LEDGER,
    ),
    Monitor(
        name="NhipChecksStale",
        title=("Kết quả soát đã cũ", "The check's answers are old"),
        severity="warning",
        audience="platform",
        expr='(time() - nhip_check_timestamp_seconds{question="lost"}) / 60 > 10',
        lasts_s=120,
        summary=("Kết quả soát đã cũ {value} phút", "The check's answers are {value} min old"),
        description=(
            "Lần soát sổ cái gần nhất cách đây {value} phút (ngưỡng: 10 phút); các mức đang hiện có thể không còn "
            "đúng.",
            "The ledger was last looked at {value} min ago (threshold: 10 min); the levels shown may no longer be "
            "true.",
        ),
        link=links.LEDGER,
    ),
    Monitor(
        name="NhipChecksRefused",
        title=("Kho từ chối câu hỏi của phần soát", "The store refuses to be checked"),
        severity="warning",
        audience="platform",
        expr="nhip_checks_refused > 0",
        lasts_s=180,
        summary=(
            "Kho từ chối {value} câu hỏi của phần soát",
            "The store refuses {value} questions of the check",
        ),
        description=(
            "Kho trả lời nhưng từ chối {value} câu hỏi trong mỗi lần soát (ngưỡng: 0): điều mà các câu ấy canh giữ lúc "
            "này không ai thấy. Những câu khác vẫn được hỏi.",
            "The store answers but refuses {value} questions at each round (threshold: 0): what they watch over is "
            "seen by nobody. The others are asked all the same.",
        ),
        link=links.LEDGER,
    ),
    Monitor(
        name="NhipSnapshotOld",
        title=("Bản chụp trạng thái đã cũ", "The snapshot is old"),
        severity="warning",
        audience="platform",
        expr="((time() - nhip_snapshot_timestamp_seconds) / 60 > 10 and nhip_snapshot_timestamp_seconds > 0) "
        'or nhip_check_level{question="snapshots"} > 0',
        lasts_s=300,
        summary=("Bản chụp trạng thái đã cũ", "The snapshot is old"),
        description=(
            "Không mất gì, nhưng nếu khởi động lại lúc này bộ xử lý phải đọc lại từ xa và Kafka giữ bản tin lâu hơn. "
            "Ngưỡng: 10 phút.",
            "Nothing is lost, but a restart now would read from far back, and Kafka keeps messages longer. Threshold: "
            "10 minutes.",
        ),
        link=links.PIPELINE,
    ),
)
