"""Passwords of the store's two accounts: made once, at random, readable by their owner only."""

import os
import secrets

from contract.settings import SECRET, Settings


def ensure(settings: Settings) -> bool:
    """True where one had to be made."""
    folder = settings.var_dir / "secrets"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    missing = [name for name in sorted(SECRET) if not (folder / name).exists()]
    for name in missing:
        handle = os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_urlsafe(24))
    return bool(missing)
