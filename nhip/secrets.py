"""Passwords of the store's two accounts, and the token of the alerts' gateway: made once, at random, readable by
their owner only."""

import os
import secrets
from pathlib import Path

from contract.settings import SECRET, Settings


def ensure(settings: Settings) -> bool:
    """Those of the store's two accounts; true where one had to be made."""
    missing = [name for name in sorted(SECRET) if not (settings.secrets_dir / name).exists()]
    for name in missing:
        named(settings, name)
    return bool(missing)


def named(settings: Settings, name: str) -> Path:
    """The file of one, made if need be."""
    file = settings.secrets_dir / name
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not file.exists():
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as opened:
            opened.write(secrets.token_urlsafe(24))
    return file
