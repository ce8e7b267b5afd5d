"""Signatures by which a receiver knows that a message is this node's, and no old one.

Symmetric scheme of Standard Webhooks 1.0.0, "Signature scheme" and "Webhook headers".
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable, Sequence

PREFIX = "whsec_"
KEY_BYTES = 32  # The specification asks for 24 to 64.


def new_secret(random_bytes: Callable[[int], bytes]) -> str:
    """A secret as its receiver keeps it; random_bytes: a source such as secrets.token_bytes."""
    return PREFIX + base64.b64encode(random_bytes(KEY_BYTES)).decode()


def sign(secret: str, id: str, timestamp: int, body: bytes) -> str:
    """One signature, `v1,` and base64 of HMAC-SHA256 over id, timestamp and body.

    id: without a full stop, or two messages could be signed alike. timestamp: of this try,
    seconds since 1970. Raises ValueError for an id with one.
    """
    if "." in id:
        raise ValueError("a message's id holds no full stop")
    key = base64.b64decode(secret.removeprefix(PREFIX))
    signed = f"{id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def headers(secrets: Sequence[str], id: str, timestamp: int, body: bytes) -> dict[str, str]:
    """The three headers; a signature for each secret that a receiver may know now."""
    return {
        "webhook-id": id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(sign(one, id, timestamp, body) for one in secrets),
    }
