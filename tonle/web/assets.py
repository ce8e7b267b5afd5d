"""Static files: few, small, read once, sent compressed and kept by browsers for ever.

A file's name carries its digest (`web/tonle.3f2a91c04b7d.css`), so that a new build is a new
name, also to caches on the way that do not look behind a question mark. Compressed once, as
small as it goes, in memory: no build writes copies that could be older than their file.
"""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from django.apps import apps
from django.conf import settings

LONGEST_NAME = 200
_TEXT = {"text/css", "text/javascript", "image/svg+xml", "text/plain"}
_DIGESTED = re.compile(r"(.+)\.([0-9a-f]{12})(\.[a-z0-9]+)", re.ASCII)


@dataclass(frozen=True)
class Asset:
    """One static file in memory.

    packed: the body in each content coding worth sending, smallest first. digest: the first
    12 hexadecimal characters of its SHA-256.
    """

    content_type: str
    body: bytes
    digest: str
    packed: Mapping[str, bytes] = field(default_factory=dict)


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
            packed = _packed(body) if kind in _TEXT else {}
            if kind in _TEXT:
                kind = f"{kind}; charset=utf-8" if kind != "image/svg+xml" else kind
            return Asset(kind, body, hashlib.sha256(body).hexdigest()[:12], packed)
    return None


def _packed(body: bytes) -> dict[str, bytes]:
    import brotli  # Where files are sent, and not in every process.

    return {
        "br": brotli.compress(body, mode=brotli.MODE_TEXT, quality=11),
        "gzip": gzip.compress(body, 9, mtime=0),
    }


def plain_name(name: str) -> tuple[str, str]:
    """(name of the file, digest) of a name as `url` writes it; the digest is "" without one."""
    found = _DIGESTED.fullmatch(name)
    return (found[1] + found[3], found[2]) if found else (name, "")


def url(name: str) -> str:
    """The address of a static file, with its digest. Raises LookupError for a misspelt name."""
    if settings.DEBUG:
        find.cache_clear()
    asset = find(name)
    if asset is None:
        raise LookupError(f"There is no static file called {name}.")
    stem, _dot, ending = name.rpartition(".")
    return f"{settings.STATIC_URL}{stem}.{asset.digest}.{ending}"
