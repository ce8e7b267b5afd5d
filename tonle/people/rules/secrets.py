"""Random names and secrets: how they are made and what is kept of them.

Only a digest of a secret is stored. A plain SHA-256 is enough, and a slow hash would
only slow every call: the secret has 256 random bits, so there is nothing to guess.
Source: OWASP ASVS 5.0, V6.5 (lookup secrets with at least 112 bits of entropy).
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass

PREFIX = "tonle"  # Lets a leaked token be recognised by scanners, and by people.
PREFIX_CHARS = 10
SECRET_BYTES = 32


@dataclass(frozen=True)
class Token:
    """One API token as it is shown, once: `tonle_<lookup>_<secret>`."""

    lookup: str
    secret: str

    def __str__(self) -> str:
        return f"{PREFIX}_{self.lookup}_{self.secret}"


def new_actor_id() -> str:
    """24 hexadecimal characters (96 random bits) that say nothing about the person."""
    return secrets.token_hex(12)


def new_token() -> Token:
    return Token(secrets.token_hex(PREFIX_CHARS // 2), secrets.token_hex(SECRET_BYTES))


def parse_token(text: str) -> Token | None:
    """The parts of a token as sent, or None when it cannot be one."""
    parts = text.strip().split("_")
    if len(parts) != 3 or parts[0] != PREFIX or len(parts[1]) != PREFIX_CHARS:
        return None
    return Token(parts[1], parts[2])


def new_link_secret() -> str:
    """256 random bits for a sign-in link, 64 hexadecimal characters."""
    return secrets.token_hex(SECRET_BYTES)


def digest(secret: str) -> str:
    """SHA-256 of a secret, 64 hexadecimal characters: what is stored of it."""
    return hashlib.sha256(secret.encode()).hexdigest()


def same(stored_digest: str, secret: str) -> bool:
    """Whether the secret belongs to the digest, compared in constant time."""
    return hmac.compare_digest(stored_digest, digest(secret))
