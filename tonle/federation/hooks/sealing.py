"""Secrets of hooks at rest: unreadable to who has only the database.

The node must sign with them, so no digest will do; they are sealed with the node's own key,
as the second factors of accounts are.
"""

from __future__ import annotations

import base64
import hashlib
from typing import Any

from django.conf import settings

from tonle.kernel.errors import N_, TonleError


class Unreadable(TonleError):
    """Sealed with another key: the node's own was changed."""

    code = "hook_secret_unreadable"
    http_status = 409
    message = N_(
        "The secret cannot be read any more, since the node’s own key was changed. Make a new "
        "secret, and give it to the receiver."
    )


def seal(secret: str) -> str:
    return str(_cipher().encrypt(secret.encode()).decode())


def unseal(sealed: str) -> str:
    """Raises Unreadable."""
    from cryptography.fernet import InvalidToken

    try:
        return str(_cipher().decrypt(sealed.encode()).decode())
    except InvalidToken:
        raise Unreadable from None


def _cipher() -> Any:
    # Loaded when first needed: most processes sign nothing.
    from cryptography.fernet import Fernet

    key = hashlib.sha256(b"tonle.federation.hook" + settings.SECRET_KEY.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(key))
