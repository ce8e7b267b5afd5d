"""Static files: few, small, read once, sent compressed and kept by browsers for ever.

A file's address carries its digest (`?v=`), so that a new build is a new address.
"""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.apps import apps
from django.conf import settings

LONGEST_NAME = 200
_TEXT = {"text/css", "text/javascript", "image/svg+xml", "text/plain"}


@dataclass(frozen=True)
class Asset:
    """One static file in memory. digest: the first 12 hexadecimal characters of its SHA-256."""

    content_type: str
    body: bytes
    gzipped: bytes | None
    digest: str


# Bounded, since names that lead nowhere are kept as well, and anybody may ask for any.
@lru_cache(maxsize=512)
def find(name: str) -> Asset | None:
    """The static file of that name from any context's `static` folder, or None."""
    if len(name) > LONGEST_NAME or not name.isprintable():
        return None  # No file of ours; the file system would not even take the question.
    for config in apps.get_app_configs():
        root = (Path(config.path) / "static").resolve()
        path = (root / name).resolve()
        # Resolved first: a name with dots must not climb out of the folder.
        if path.is_relative_to(root) and path.is_file():
            body = path.read_bytes()
            kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
            small = gzip.compress(body, 9, mtime=0) if kind in _TEXT else None
            if kind in _TEXT:
                kind = f"{kind}; charset=utf-8" if kind != "image/svg+xml" else kind
            return Asset(kind, body, small, hashlib.sha256(body).hexdigest()[:12])
    return None


def url(name: str) -> str:
    """The address of a static file, with its digest. Raises LookupError for a misspelt name."""
    if settings.DEBUG:
        find.cache_clear()
    asset = find(name)
    if asset is None:
        raise LookupError(f"There is no static file called {name}.")
    return f"{settings.STATIC_URL}{name}?v={asset.digest}"
