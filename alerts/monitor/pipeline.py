"""The way of a record: who carries it, how far behind they are, and what is refused."""

from alerts import links
from alerts.model import Monitor

RULES = (
    Monitor(
        name="NhipWorkerDown",
        title=("Bộ xử lý không chạy", "The worker is down"),
        severity="critical",
        audience="platform",
        expr='up{job="nhip-worker"} == 0 or absent(up{job="nhip-worker"})',
        lasts_s=60,
        summary=("Bộ xử lý Nhịp không chạy", "The worker of Nhịp is down"),
        description=(
            "Không gì vào kho, bảng đứng yên; bản ghi chờ trong Kafka, chưa mất. Ngưỡng: một phút không trả lời.",
            "Nothing enters the store and boards stand still; records wait in Kafka and are not lost. Threshold: no "
            "answer for a minute.",
        ),
        link=links.PIPELINE,
    ),
    Monitor(
        name="NhipStoreAway",
        title=("Kho số liệu không trả lời", "The store does not answer"),
        severity="critical",
        audience="platform",
        expr='max(nhip_store_waiting_seconds) > 60 or max(nhip_check_level{question="store"}) == 2',
        lasts_s=60,
        summary=("Kho ClickHouse không trả lời", "ClickHouse does not answer"),
        description=(
            "Bộ xử lý đang chờ kho (ngưỡng: 60 giây). Bản ghi chờ trong Kafka; bảng và cảnh báo trên kho không còn "
            "đúng.",
            "The worker waits for the store (threshold: 60 s). Records wait in Kafka; boards and alerts on the store "
            "are no longer true.",
        ),
        link=links.STORE,
    ),
    Monitor(
        name="NhipKafkaAway",
        title=("Kafka không trả lời", "Kafka does not answer"),
        severity="critical",
        audience="platform",
        expr='max(nhip_check_level{question="kafka"}) == 2',
        lasts_s=120,
        summary=("Kafka không trả lời", "Kafka does not answer"),
        description=(
            "Bên gửi giữ bản ghi và gửi lại; không gì mới đi vào. Ngưỡng: hai phút.",
            "Senders keep their records and send them again; nothing new comes in. Threshold: two minutes.",
        ),
        link=links.PIPELINE,
    ),
    Monitor(
        name="NhipTicksStopped",
        title=("Mất nhịp", "The ticks have stopped"),
        severity="critical",
        audience="platform",
        expr="sum(rate(nhip_ticks_total[2m])) == 0",
        lasts_s=60,
        summary=("Mất nhịp: đồng hồ số liệu đứng yên", "The ticks have stopped: the data's clock stands still"),
        description=(
            "Bộ xử lý chạy nhưng không nhận nhịp nào trong hai phút: quá hạn, im lặng và khoảng thời gian không còn "
            "được tính.",
            "The worker runs but has taken no tick for two minutes: lateness, silence and buckets are no longer "
            "judged.",
        ),
        link=links.PIPELINE,
    ),
    Monitor(
        name="NhipLagGrowing",
        title=("Bộ xử lý tụt lại phía sau", "The worker falls behind"),
        severity="warning",
        audience="platform",
        expr="nhip_lag_seconds > 60 or (nhip_unread_messages > 1000 and deriv(nhip_unread_messages[10m]) > 0)",
        lasts_s=300,
        summary=("Bộ xử lý tụt lại phía sau", "The worker falls behind"),
        description=(
            "Phân vùng chậm nhất trễ quá 60 giây, hoặc còn hơn 1.000 bản tin chưa đọc và đang tăng (hiện {value}).",
            "The slowest partition is more than 60 s behind, or over 1,000 messages are unread and rising (now "
            "{value}).",
        ),
        link=links.PIPELINE,
    ),
    Monitor(
        name="NhipPartitionStuck",
        title=("Có phân vùng không tiến", "A partition does not move"),
        severity="warning",
        audience="platform",
        expr="nhip_behind_partitions > 0",
        lasts_s=600,
        summary=("{value} phân vùng có bản tin mà không tiến", "{value} partitions have messages and do not move"),
        description=(
            "{value} phân vùng còn bản tin chưa đọc và hơn mười phút không tiến (ngưỡng: 0). Kết nối khác không bị "
            "ảnh hưởng.",
            "{value} partitions have unread messages and have not moved for ten minutes (threshold: 0). Other "
            "connections are not touched.",
        ),
        link=links.PIPELINE,
    ),
    Monitor(
        name="NhipRejectingRecords",
        title=("Nhiều bản ghi bị từ chối", "Many records are refused"),
        severity="warning",
        audience="platform",
        expr=(
            "100 * sum by (feed) (rate(nhip_records_rejected_total[15m])) / (sum by (feed) "
            "(rate(nhip_records_rejected_total[15m])) + sum by (feed) (rate(nhip_records_accepted_total[15m]))) > 1"
        ),
        feed="",
        decimals=1,
        lasts_s=600,
        summary=("{feed}: {value} % bản ghi bị từ chối", "{feed}: {value} % of its records are refused"),
        description=(
            "Trong 15 phút qua {value} % bản ghi của kết nối {feed} bị từ chối (ngưỡng: 1 %). Bên gửi có thể đã đổi "
            "định dạng, hoặc danh mục thiếu một mã.",
            "Over 15 minutes {value} % of the records of {feed} were refused (threshold: 1 %). The sender may have "
            "changed its format, or the catalogue lacks a code.",
        ),
        link=links.FEED,
    ),
    Monitor(
        name="NhipCanaryMissing",
        title=("Bản ghi thử không tới kho", "The canary does not arrive"),
        severity="critical",
        audience="platform",
        expr="nhip_canary_missing >= 3",
        summary=("{value} bản ghi thử liền nhau không tới kho", "{value} canaries in a row have not arrived"),
        description=(
            "Bản ghi thử gửi mỗi phút đi hết đường như mọi bản ghi; {value} bản liền không tới trong 20 giây (ngưỡng: "
            "3). Đường đi đã đứt ở đâu đó, dù từng phần trông vẫn chạy.",
            "The record sent each minute goes the whole way like any other; {value} in a row did not arrive within 20 "
            "s (threshold: 3). The way is broken somewhere, though each part seems to run.",
        ),
        link=links.PIPELINE,
    ),
    Monitor(
        name="NhipRestarting",
        title=("Một phần khởi động lại liên tục", "A part starts again and again"),
        severity="warning",
        audience="platform",
        expr="changes(nhip_start_timestamp_seconds[10m]) > 3",
        summary=("{job} khởi động lại {value} lần trong 10 phút", "{job} started {value} times in 10 minutes"),
        description=(
            "{job} đã khởi động lại {value} lần trong 10 phút (ngưỡng: 3).",
            "{job} has started again {value} times in 10 minutes (threshold: 3).",
        ),
        link=links.PIPELINE,
    ),
)
