"""Secrets in addresses that let somebody in: made of a link's name, kept as a digest alone.

Who sends one request twice, since the answer was lost on the way, is told the same address twice.
"""

from __future__ import annotations

import hashlib

from django.utils.crypto import salted_hmac


def secret_of(purpose: str, link_id: str) -> str:
    """256 bits that only this node can make of a link's name. purpose: dotted, of one sort of
    links alone."""
    return salted_hmac(purpose, link_id, algorithm="sha256").hexdigest()


def digest_of(secret: str) -> str:
    """256 bits that nobody can guess need no salt and no slow hash."""
    return hashlib.sha256(secret.encode()).hexdigest()
