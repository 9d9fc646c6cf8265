"""Alertmanager's configuration: the one place where everything is delivered from, and muted in."""

from collections.abc import Iterator
from typing import Any

from alerts import mail, quiet, routes
from alerts.delivery import Delivery
from catalogue.calendar import Calendar
from grafana.files import as_yaml

RESOLVE_AFTER = "10m"
"""Grafana sends what fires every two minutes (`grafana_files.py`); what it no longer sends is over after this."""
Receiver = dict[str, Any]


def files(delivery: Delivery, calendar: Calendar) -> dict[str, str]:
    return {
        "alertmanager.yml": as_yaml(config(delivery, calendar), "alerts", "alerts/routes.py and a delivery file"),
        "templates/nhip.tmpl": mail.templates(delivery.bases),
    }


def config(delivery: Delivery, calendar: Calendar) -> dict[str, Any]:
    smtp = delivery.smtp
    return {
        "global": {
            "resolve_timeout": RESOLVE_AFTER,
            "smtp_smarthost": smtp.host,
            "smtp_from": smtp.sender,
            "smtp_auth_username": smtp.user,
            "smtp_auth_password_file": smtp.password_file,
            "smtp_require_tls": True,
        },
        "templates": ["templates/*.tmpl"],
        "route": {
            "receiver": routes.CATCH_ALL,
            "group_by": ["rule"],
            "group_wait": "30s",
            "group_interval": "5m",
            "repeat_interval": "4h",
            "routes": [routes.as_route(route) for route in routes.ROUTES],
        },
        "inhibit_rules": [_inhibition(one) for one in routes.INHIBITIONS],
        "time_intervals": quiet.time_intervals(calendar),
        "receivers": list(receivers(delivery)),
    }


def receivers(delivery: Delivery) -> Iterator[Receiver]:
    """By name `audience-form`: `page` is e-mail and a short message, `mail` and `digest` are e-mail."""
    for name in names():
        audience, _, form = name.partition("-")
        if audience == "alive":
            url = delivery.alive_grafana if form == "grafana" else delivery.alive_prometheus
            yield {"name": name, "webhook_configs": [{"url": url, "send_resolved": False}]}
            continue
        read_by = "operations" if audience == "drill" else audience
        found: Receiver = {"name": name, "email_configs": _mails(delivery, read_by)}
        if form == "page":
            found["webhook_configs"] = [_short_message(delivery, audience)]
        yield found


def names() -> list[str]:
    return list(dict.fromkeys((*(route.receiver for route in routes.ROUTES), routes.CATCH_ALL)))


def _mails(delivery: Delivery, audience: str) -> list[dict[str, Any]]:
    reader = delivery.reader(audience)
    return [
        {
            "to": address,
            "send_resolved": True,
            "headers": {"Subject": f'{{{{ template "nhip.subject.{reader.lang}" . }}}}'},
            "html": "",
            "text": f'{{{{ template "nhip.text.{reader.lang}" . }}}}',
        }
        for address in reader.mail
    ]


def _short_message(delivery: Delivery, audience: str) -> dict[str, Any]:
    return {
        "url": f"{delivery.gateway}/sms/{audience}?lang={delivery.reader(audience).lang}",
        "send_resolved": True,
        "http_config": {"authorization": {"credentials_file": delivery.gateway_token_file}},
    }


def _inhibition(found: routes.Inhibition) -> dict[str, Any]:
    return {
        "source_matchers": [routes.matcher(one) for one in found.source],
        "target_matchers": [routes.matcher(one) for one in found.target],
        "equal": list(found.equal),
    }
