"""What is looked up when an alert is shown and stands in no label: what the finding says now, and whom to call.

The telephone of a duty post is in the table `contacts` alone; a store without that table has none to tell.
"""

from collections.abc import Iterator, Mapping

from contract import text
from nhip.asking import Reader
from nhip.words import say

_SENTENCE = "SELECT sentence_vi AS vi, sentence_en AS en FROM findings_in_force WHERE finding_id = {id:String}"
_HAS_CONTACTS = "SELECT count() AS n FROM system.tables WHERE database = currentDatabase() AND name = 'contacts'"
_CONTACT = """
SELECT post_vi AS vi, post_en AS en, telephone, email, hours FROM contacts
WHERE feed = {feed:String} AND unit IN ('', {unit:String})
ORDER BY unit = ''
LIMIT 1
"""


class Lookup:
    def __init__(self, store: Reader) -> None:
        self._store = store
        self._has_contacts = bool(store.rows(_HAS_CONTACTS)[0]["n"])

    def extras(self, labels: Mapping[str, str], lang: str) -> list[tuple[str, str]]:
        """Lines of a message: heading and text."""
        found = [*self._sentence(labels, lang), *self._contact(labels, lang)]
        return [(heading, said) for heading, said in found if said]

    def _sentence(self, labels: Mapping[str, str], lang: str) -> Iterator[tuple[str, str]]:
        if "finding_id" in labels:
            for row in self._store.rows(_SENTENCE, id=labels["finding_id"]):
                yield say("Điều thấy được", "What was seen"), text.choose(row["vi"], row["en"], lang)

    def _contact(self, labels: Mapping[str, str], lang: str) -> Iterator[tuple[str, str]]:
        if self._has_contacts and "feed" in labels:
            for row in self._store.rows(_CONTACT, feed=labels["feed"], unit=labels.get("unit", "")):
                told = (text.choose(row["vi"], row["en"], lang), row["telephone"], row["email"], row["hours"])
                yield say("Gọi", "Call"), ", ".join(part for part in told if part)
