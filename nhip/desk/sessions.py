"""Who is signed in, and who tried too often. In memory: a desk that starts anew asks everybody to sign in again."""

import hashlib
import hmac
import secrets
import time
from collections import defaultdict, deque
from collections.abc import Callable

import msgspec

LASTS_S, IDLE_S = 12 * 3600.0, 2 * 3600.0
MOST = 500
TRIES, WITHIN_S = 5, 60.0
"""So many wrong tokens from one address in so many seconds; then its wrong ones are not answered as such."""
MOST_ADDRESSES = 10_000

Clock = Callable[[], float]


class Session(msgspec.Struct):
    account: str
    token_sha256: str
    """Of the token it was opened with: with that token, or with the account, it ends."""
    csrf: str
    opened: float
    seen: float

    def fits(self, csrf: str) -> bool:
        """Whether a form came from a page of this session."""
        return hmac.compare_digest(self.csrf.encode(), csrf.encode("utf-8", "surrogatepass"))


class Sessions:
    """By the hash of their cookie: what stands in memory signs nobody in."""

    def __init__(self, clock: Clock = time.monotonic) -> None:
        self._clock = clock
        self._open: dict[str, Session] = {}

    def open(self, account: str, token_sha256: str) -> str:
        """Gives the cookie."""
        now, cookie = self._clock(), secrets.token_urlsafe(32)
        self._forget(now)
        while len(self._open) >= MOST:
            del self._open[next(iter(self._open))]
        self._open[_hash(cookie)] = Session(account, token_sha256, secrets.token_urlsafe(32), now, now)
        return cookie

    def find(self, cookie: str) -> Session | None:
        now = self._clock()
        self._forget(now)
        session = self._open.get(_hash(cookie)) if cookie else None
        if session is not None:
            session.seen = now
        return session

    def end(self, cookie: str) -> None:
        self._open.pop(_hash(cookie), None)

    def _forget(self, now: float) -> None:
        over = [key for key, one in self._open.items() if now - one.opened > LASTS_S or now - one.seen > IDLE_S]
        for key in over:
            del self._open[key]


class Tries:
    """Wrong tokens by address, lately."""

    def __init__(self, clock: Clock = time.monotonic) -> None:
        self._clock = clock
        self._failed: defaultdict[str, deque[float]] = defaultdict(deque)

    def wait_s(self, address: str) -> float:
        """How long until this address may try again; 0: now."""
        failed, now = self._failed.get(address), self._clock()
        while failed and failed[0] <= now - WITHIN_S:
            failed.popleft()
        if not failed:
            self._failed.pop(address, None)
            return 0.0
        return failed[0] + WITHIN_S - now if len(failed) >= TRIES else 0.0

    def failed(self, address: str) -> None:
        if len(self._failed) >= MOST_ADDRESSES:
            self._failed.clear()
        self._failed[address].append(self._clock())


def _hash(cookie: str) -> str:
    return hashlib.sha256(cookie.encode("utf-8", "surrogatepass")).hexdigest()
