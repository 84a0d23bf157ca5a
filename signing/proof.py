"""How long a sealed file proves itself, in words that need no PDF library: for those who order the work and keep it."""

from dataclasses import dataclass
from datetime import datetime

DIGESTS = ("sha256", "sha384", "sha512")
"""From the oldest to the newest: a stamp is never renewed with an older one than it has."""


class NothingGained(Exception):
    """A renewed stamp would not hold longer than the one that is there: the authority must change its certificate."""


class OwnSealDoubtful(Exception):
    """We sealed, and our own verification does not find it good: it is not used, and tried again."""


@dataclass(frozen=True)
class Proof:
    """A sealed file proves itself until its newest archive stamp's certificate ends; and with which digest."""

    ends_at: datetime
    digest: str
