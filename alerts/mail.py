"""The mail that Alertmanager writes, as Go templates: the lines of `message.whole`.

A test lets amtool fill them in and compares.
"""

from alerts import message
from alerts.message import Bases
from contract import text

_HOURS_7 = 25_200_000_000_000
"""From UTC to Viet Nam's clock, in nanoseconds."""

_HEAD = """{{{{- define "nhip.head.{lang}" -}}}}
{{{{- if eq .Status "resolved" -}}}}{over}
{severities}{{{{- else -}}}}{info}{{{{- end -}}}}
{{{{- end -}}}}"""
_SUBJECT = """{{{{- define "nhip.subject.{lang}" -}}}}
{{{{- $told := .Alerts.Firing }}}}{{{{ if not $told }}}}{{{{ $told = .Alerts.Resolved }}}}{{{{ end -}}}}
{{{{- with index $told 0 }}}}{{{{ template "nhip.head.{lang}" . }}}} · {{{{ {summary} }}}}{{{{ end -}}}}
{{{{- if gt (len $told) 1 }}}} (+{{{{ len (slice $told 1) }}}}){{{{ end -}}}}
{{{{- end -}}}}"""
_ALERT = """{{{{- define "nhip.alert.{lang}" -}}}}
{{{{ template "nhip.head.{lang}" . }}}} · {{{{ {summary} }}}}
{{{{ {description} }}}}
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
        "summary": _word("summary", lang),
        "description": _word("description", lang),
        "facts": _facts(lang, bases),
        "most": message.MOST,
        "more": text.choose(*message.MORE, lang=lang).format(count="{{ len .Alerts }}"),
    }
    return "\n".join(part.format(**words) for part in (_HEAD, _SUBJECT, _ALERT, _TEXT))


def _severities(lang: str) -> str:
    return "".join(
        f'{{{{- else if eq .Labels.severity "{severity}" -}}}}{text.choose(*words, lang=lang)}\n'
        for severity, words in message.SEVERITIES.items()
        if severity != "info"
    )


def _word(name: str, lang: str) -> str:
    """As `Message.word`: in the reader's language, or the only one there is."""
    return f"or .Annotations.{name}_en .Annotations.{name}" if lang == "en" else f".Annotations.{name}"


def _facts(lang: str, bases: Bases) -> str:
    board = f"({_word('board', lang)})"
    began = f'(.StartsAt.UTC.Add {_HOURS_7}).Format "02/01/2006 15:04"'
    taken = f"{{{{ {_full('.Annotations.take', bases)} }}}} ({{{{ .Annotations.take_command }}}})"
    lines = (
        (message.SINCE, ".StartsAt", f"{{{{ or .Labels.since ({began}) }}}}"),
        (message.BOARD, board, f"{{{{ {_full(board, bases)} }}}}"),
        (message.RUNBOOK, ".Annotations.runbook_url", f"{{{{ {_full('.Annotations.runbook_url', bases)} }}}}"),
        (message.CONTACT, ".Labels.contact", "{{ .Labels.contact }}"),
        (message.TAKE, ".Annotations.take", taken),
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
