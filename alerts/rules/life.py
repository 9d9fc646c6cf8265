"""Signs of life: whether the data's clock moves, and whether Grafana evaluates at all."""

from alerts import links
from alerts.model import Rule
from alerts.sql import ALL, NOW

RULES = (
    Rule(
        name="DataStandsStill",
        title=("Số liệu đứng yên", "The data stands still"),
        severity="critical",
        audience="platform",
        # Each connection has a state once a minute of its clock. No GROUP BY: nothing at all is a 0, not an empty
        # answer.
        sql=f"""
WITH {NOW}
SELECT {ALL}, 'VN' AS unit, toFloat64(count()) AS value
FROM feed_states WHERE clock > t - INTERVAL 5 MINUTE AND clock <= t
""",
        below=1.0,
        lasts_s=60,
        no_data="Alerting",
        error="Alerting",
        summary=(
            "Số liệu đứng yên: 5 phút qua không có nhịp nào vào kho",
            "The data stands still: no beat for 5 minutes",
        ),
        description=(
            "Bảng và cảnh báo đang đứng yên, dù trông vẫn bình thường: bộ xử lý, Kafka hoặc kho số liệu không chạy, "
            "hoặc Grafana không hỏi được kho. Ngưỡng: 5 phút không có nhịp.",
            "Boards and alerts stand still though they look calm: the worker, Kafka or the store is down, or Grafana "
            "cannot ask the store. Threshold: 5 minutes without a beat.",
        ),
        link=links.PIPELINE,
    ),
    Rule(
        name="AlertsAlive",
        title=("Đường cảnh báo còn sống", "The way of alerts is alive"),
        severity="watch",
        audience="platform",
        # Always fires: whoever no longer hears of it knows that nothing else will be heard of either.
        sql=f"SELECT {ALL}, 'VN' AS unit, toFloat64(1) AS value",
        above=0.0,
        summary=("Grafana còn gửi cảnh báo", "Grafana sends alerts"),
        description=(
            "Cảnh báo này luôn bật. Nơi nhận bên ngoài báo động khi không còn nghe thấy nó.",
            "This alert always fires. A receiver outside sounds the alarm when it no longer hears it.",
        ),
        link=links.PIPELINE,
    ),
)
