"""Digest fields of a request: what the sender says that it has sent.

Source: RFC 9530, Digest Fields (2024): a dictionary of algorithm to byte sequence
(RFC 9651), such as `sha-256=:…:`. Algorithms unknown here are left alone, as section 2 asks;
a field in which no known one remains is refused, since the sender relies on it.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Iterable
from pathlib import Path

from tonle.deposit.interface.errors import DigestDiffers, UnknownDigest

ALGORITHMS = {"sha-256": "sha256", "sha-512": "sha512"}
_CHUNK = 1 << 20
_LONGEST_FIELD = 2_000
_MEMBER = re.compile(r"\s*(?P<name>[a-z0-9*.-]{1,40})=:(?P<value>[A-Za-z0-9+/=]{0,400}):\s*")


def parse(field: str) -> dict[str, bytes]:
    """Algorithm to digest, of those known here. Raises UnknownDigest."""
    found = {}
    if len(field) > _LONGEST_FIELD:
        raise UnknownDigest
    for member in field.split(","):
        match = _MEMBER.fullmatch(member)
        if match is None:
            raise UnknownDigest
        if match["name"] in ALGORITHMS:
            try:
                found[match["name"]] = base64.b64decode(match["value"], validate=True)
            except binascii.Error:
                raise UnknownDigest from None
    if not found:
        raise UnknownDigest
    return found


def expected(fields: Iterable[str | None]) -> list[tuple[str, bytes]]:
    """Everything that the request's fields promise, in their order. Raises UnknownDigest."""
    return [pair for field in fields if field for pair in parse(field).items()]


def verify(path: Path, promised: list[tuple[str, bytes]]) -> None:
    """Read the file once and compare. Raises DigestDiffers with the algorithm that differs."""
    if not promised:
        return
    hashes = {name: hashlib.new(ALGORITHMS[name]) for name, _ in promised}
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            for one in hashes.values():
                one.update(chunk)
    for name, digest in promised:
        if not hmac.compare_digest(hashes[name].digest(), digest):
            raise DigestDiffers(algorithm=name)
