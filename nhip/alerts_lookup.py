"""What is looked up when an alert is shown and stands in no label: what the finding says now, and whom to call."""

from collections.abc import Iterator, Mapping

from contract import text
from nhip.asking import Reader, ask
from nhip.words import say


def extras(store: Reader, labels: Mapping[str, str], lang: str) -> list[tuple[str, str]]:
    """Lines of a message: heading and text."""
    found = [*_sentence(store, labels, lang), *_contact(store, labels, lang)]
    return [(heading, said) for heading, said in found if said]


def _sentence(store: Reader, labels: Mapping[str, str], lang: str) -> Iterator[tuple[str, str]]:
    if "finding_id" in labels:
        for row in ask(store, "alert_finding", id=labels["finding_id"]):
            yield say("Điều thấy được", "What was seen"), text.choose(row["sentence_vi"], row["sentence_en"], lang)


def _contact(store: Reader, labels: Mapping[str, str], lang: str) -> Iterator[tuple[str, str]]:
    if "feed" in labels:
        for row in ask(store, "alert_contact", feed=labels["feed"], unit=labels.get("unit", "")):
            post = text.choose(row["post_vi"], row["post_en"], lang)
            yield say("Gọi", "Call"), ", ".join(filter(None, (post, row["telephone"], row["email"], row["hours"])))
