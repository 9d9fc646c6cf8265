"""The mail that Alertmanager writes, as Go templates: the lines of `message.whole`.

A test lets amtool fill them in and compares.
"""

from alerts import message
from alerts.message import Bases
from contract import text

_BLIND = f'(match "^({"|".join(message.BLIND)})$" .Labels.alertname)'
_HOURS_7 = 25_200_000_000_000
"""From UTC to Viet Nam's clock, in nanoseconds."""

_HEAD = """{{{{- define "nhip.head.{lang}" -}}}}
{{{{- if eq .Status "resolved" -}}}}{over}
{{{{- else if {blind} -}}}}{warning}
{severities}{{{{- else -}}}}{info}{{{{- end -}}}}
{{{{- end -}}}}"""
_SUMMARY = """{{{{- define "nhip.summary.{lang}" -}}}}
{blinds}{{{{- else -}}}}{{{{ {summary} }}}}{{{{- end -}}}}
{{{{- end -}}}}"""
_SUBJECT = """{{{{- define "nhip.subject.{lang}" -}}}}
{{{{- $told := .Alerts.Firing }}}}{{{{ if not $told }}}}{{{{ $told = .Alerts.Resolved }}}}{{{{ end -}}}}
{{{{- with index $told 0 }}}}
{{{{- template "nhip.head.{lang}" . }}}} · {{{{ template "nhip.summary.{lang}" . }}}}{{{{ end -}}}}
{{{{- if gt (len $told) 1 }}}} (+{{{{ len (slice $told 1) }}}}){{{{ end -}}}}
{{{{- end -}}}}"""
_ALERT = """{{{{- define "nhip.alert.{lang}" -}}}}
{{{{ template "nhip.head.{lang}" . }}}} · {{{{ template "nhip.summary.{lang}" . }}}}
{{{{ if {blind} }}}}{{{{ with .Annotations.{error} }}}}{{{{ . }}}}
{{{{ end }}}}{{{{ else }}}}{{{{ {description} }}}}
{{{{ end -}}}}
{facts}{{{{- end -}}}}"""
_TEXT = """{{{{- define "nhip.text.{lang}" -}}}}
{{{{- range $at, $alert := .Alerts.Firing }}}}{{{{ if lt $at {most} }}}}{{{{ template "nhip.alert.{lang}" $alert }}}}
{{{{ end }}}}{{{{ end -}}}}
{{{{- range $at, $alert := .Alerts.Resolved }}}}{{{{ if lt $at {most} }}}}{{{{ template "nhip.alert.{lang}" $alert }}}}
{{{{ end }}}}{{{{ end -}}}}
{{{{- if or (gt (len .Alerts.Firing) {most}) (gt (len .Alerts.Resolved) {most}) }}}}{more}{{{{ end -}}}}
{{{{- end -}}}}"""


def templates(bases: Bases) -> str:
    head = "{{/* Made by `make alerts` from alerts/mail.py; edit that. */}}\n"
    return head + "\n".join(_of(lang, bases) for lang in text.LANGUAGES) + "\n"


def _of(lang: str, bases: Bases) -> str:
    words = {
        "lang": lang,
        "over": text.choose(*message.OVER, lang=lang),
        "info": text.choose(*message.SEVERITIES["info"], lang=lang),
        "severities": _severities(lang),
        "blind": _BLIND,
        "blinds": _blinds(lang),
        "warning": text.choose(*message.SEVERITIES["warning"], lang=lang),
        "error": message.ERROR,
        "summary": _word("summary", lang),
        "description": _word("description", lang),
        "facts": _facts(lang, bases),
        "most": message.MOST,
        "more": text.choose(*message.MORE, lang=lang).format(count="{{ len .Alerts }}"),
    }
    return "\n".join(part.format(**words) for part in (_HEAD, _SUMMARY, _SUBJECT, _ALERT, _TEXT))


def _severities(lang: str) -> str:
    return "".join(
        f'{{{{- else if eq .Labels.severity "{severity}" -}}}}{text.choose(*words, lang=lang)}\n'
        for severity, words in message.SEVERITIES.items()
        if severity != "info"
    )


def _blinds(lang: str) -> str:
    cases = (
        f'if eq .Labels.alertname "{name}" -}}}}'
        f"{text.choose(*words, lang=lang).format(rule='{{ .Labels.rule }}')}\n"
        for name, words in message.BLIND.items()
    )
    return "{{- " + "{{- else ".join(cases)


def _word(name: str, lang: str) -> str:
    """As `Message.word`: in the reader's language, or the only one there is."""
    return f"or .Annotations.{name}_en .Annotations.{name}" if lang == "en" else f".Annotations.{name}"


def _facts(lang: str, bases: Bases) -> str:
    board = f"({_word('board', lang)})"
    began = f'(.StartsAt.UTC.Add {_HOURS_7}).Format "02/01/2006 15:04"'
    take = f"and .Annotations.take (not {_BLIND})"
    taken = f"{{{{ {_full('.Annotations.take', bases)} }}}} ({{{{ .Annotations.take_command }}}})"
    lines = (
        (message.SINCE, ".StartsAt", f"{{{{ or .Labels.since ({began}) }}}}"),
        (message.BOARD, f"and {board} (not {_BLIND})", f"{{{{ {_full(board, bases)} }}}}"),
        (message.RUNBOOK, ".Annotations.runbook_url", f"{{{{ {_full('.Annotations.runbook_url', bases)} }}}}"),
        (message.CONTACT, ".Labels.contact", "{{ .Labels.contact }}"),
        (message.TAKE, take, taken),
        (message.RULE, ".Labels.rule", "{{ .Labels.rule }}"),
    )
    return "".join(
        f"{{{{ if {there} }}}}{text.choose(*words, lang=lang)}: {value}\n{{{{ end -}}}}\n"
        for words, there, value in lines
    )


def _full(address: str, bases: Bases) -> str:
    """What `Bases.full` does."""
    grafana, desk = bases.grafana.rstrip("/"), bases.desk.rstrip("/")
    return f'reReplaceAll "^desk:" "{desk}" (reReplaceAll "^/" "{grafana}/" {address})'
