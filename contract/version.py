"""What rows are derived by, in a word: a hash of the rules' source and of the catalogue."""

import hashlib

from contract.settings import CHECKOUT, Settings

SOURCES = ("contract", "streams", "catalogue")
CONTACTS = "contacts."
"""Files with whom to call, which no row is derived by: a new telephone number is no new rule."""


def version(settings: Settings) -> str:
    """As the files are now; a process that runs may have been started with others."""
    digest = hashlib.sha256()
    files = [path for folder in SOURCES for path in (CHECKOUT / folder).rglob("*.py")]
    data = [path for path in settings.catalogue_dir.rglob("*.toml") if not path.name.startswith(CONTACTS)]
    for path in sorted(files) + sorted(data):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:12]
