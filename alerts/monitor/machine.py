"""The machine and the way of alerts itself. Grafana cannot tell of its own death, so Prometheus does."""

from alerts import links
from alerts.model import Monitor

RULES = (
    Monitor(
        name="NhipDiskLow",
        title=("Ổ đĩa sắp đầy", "A disk is nearly full"),
        severity="critical",
        audience="platform",
        expr="nhip_disk_free_bytes / 1e9 < 2 * nhip_disk_floor_bytes / 1e9",
        decimals=2,
        lasts_s=300,
        summary=("Ổ đĩa {place} chỉ còn {value} GB", "Disk {place} has {value} GB left"),
        description=(
            "Còn {value} GB, dưới hai lần mức mà tại đó việc nhận bản ghi dừng lại (ngưỡng). Bên gửi sẽ giữ bản ghi; "
            "kho không hỏng.",
            "{value} GB are left, less than twice the level at which the intake stops (threshold). Senders will keep "
            "their records; the store is safe.",
        ),
        link=links.STORE,
    ),
    Monitor(
        name="NhipDiskFilling",
        title=("Ổ đĩa sẽ đầy trong sáu giờ", "A disk will be full within six hours"),
        severity="warning",
        audience="platform",
        expr="predict_linear(nhip_disk_free_bytes[6h], 6 * 3600) < nhip_disk_floor_bytes",
        lasts_s=1800,
        summary=("Ổ đĩa {place} sẽ đầy trong sáu giờ", "Disk {place} will be full within six hours"),
        description=(
            "Theo đà sáu giờ qua, chỗ trống của ổ {place} sẽ xuống dưới mức dừng nhận trong sáu giờ tới (ngưỡng).",
            "At the pace of the last six hours the free room of {place} falls below the level where the intake stops "
            "within the next six (threshold).",
        ),
        link=links.STORE,
    ),
    Monitor(
        name="NhipGrafanaDown",
        title=("Grafana không chạy", "Grafana is down"),
        severity="critical",
        audience="platform",
        expr='up{job="grafana"} == 0',
        lasts_s=300,
        summary=(
            "Grafana không chạy: bảng và cảnh báo trên kho đã tắt",
            "Grafana is down: boards and alerts on the store are off",
        ),
        description=(
            "Các quy tắc trên kho không còn được đánh giá. Trong lúc chờ, dùng `nhip watch` và `nhip alerts`. Ngưỡng: "
            "5 phút.",
            "The rules on the store are no longer evaluated. Meanwhile use `nhip watch` and `nhip alerts`. Threshold: "
            "5 minutes.",
        ),
        link=links.PIPELINE,
    ),
    Monitor(
        name="NhipAlertsNotDelivered",
        title=("Cảnh báo không gửi đi được", "Alerts are not delivered"),
        severity="critical",
        audience="platform",
        # One group fails once an interval, five minutes: over less there may be no failure to be seen.
        expr="sum by (integration) (increase(alertmanager_notifications_failed_total[15m])) > 0",
        lasts_s=60,
        summary=("Cảnh báo qua {integration} không gửi đi được", "Alerts by {integration} are not delivered"),
        description=(
            "{value} tin gửi qua {integration} bị lỗi trong 15 phút qua (ngưỡng: 0). Đường còn lại vẫn chạy.",
            "{value} messages by {integration} have failed within 15 minutes (threshold: 0). The other ways still "
            "run.",
        ),
        link=links.PIPELINE,
    ),
    Monitor(
        name="NhipRulesFailing",
        title=("Có quy tắc cảnh báo không chạy được", "Rules cannot be evaluated"),
        severity="warning",
        audience="platform",
        expr="increase(prometheus_rule_evaluation_failures_total[10m]) > 0",
        lasts_s=300,
        summary=("Có quy tắc của Prometheus không chạy được", "Rules of Prometheus cannot be evaluated"),
        description=(
            "{value} lần đánh giá quy tắc bị lỗi trong 10 phút qua (ngưỡng: 0).",
            "{value} evaluations have failed in 10 minutes (threshold: 0).",
        ),
        link=links.PIPELINE,
    ),
    Monitor(
        name="Watchdog",
        title=("Prometheus còn sống", "Prometheus is alive"),
        severity="watch",
        audience="platform",
        # Always fires; the receiver outside alarms when it no longer hears it.
        expr="vector(1)",
        summary=("Prometheus còn gửi cảnh báo", "Prometheus sends alerts"),
        description=(
            "Cảnh báo này luôn bật. Nơi nhận bên ngoài báo động khi không còn nghe thấy nó.",
            "This alert always fires. A receiver outside sounds the alarm when it no longer hears it.",
        ),
        link=links.PIPELINE,
    ),
)
