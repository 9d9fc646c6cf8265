"""What rows are derived by, in a word: a hash of the rules' source and of the catalogue."""

import hashlib

from contract.settings import CHECKOUT, Settings

SOURCES = ("contract", "streams", "catalogue")


def version(settings: Settings) -> str:
    """As the files are now; a process that runs may have been started with others."""
    digest = hashlib.sha256()
    files = [path for folder in SOURCES for path in (CHECKOUT / folder).rglob("*.py")]
    for path in sorted(files) + sorted(settings.catalogue_dir.rglob("*.toml")):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:12]
