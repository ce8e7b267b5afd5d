"""Where previews lie: `previews/` in the node's directory, by the file's digest.

All of it can be made anew from the files, so it is no part of a backup. A preview is for
whoever may read the file it was made of; whoever takes one from here has asked that first.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from pathlib import Path
from typing import Any

from django.conf import settings

from tonle.explore.rules.look import suffix_of
from tonle.explore.rules.preview import CONTENTS_CHARS, EDITION, MOST_BYTES, checked

_DIGEST = re.compile(r"[0-9a-f]{64}")
MOST_PICTURE_BYTES = 64 << 10
MOST_COPY_BYTES = 1 << 20


def _root() -> Path:
    root: Path = settings.TONLE_DATA / "previews"
    return root


def _place(sha256: str, name: str) -> Path:
    """The same bytes under another ending may be read in another way."""
    if not _DIGEST.fullmatch(sha256):
        raise ValueError("no digest")
    ending = re.sub(r"[^a-z0-9]", "", suffix_of(name))[:10]
    return _root() / str(EDITION) / sha256[:2] / f"{sha256}-{ending}"


def put(
    sha256: str,
    name: str,
    preview: dict[str, Any],
    picture: bytes,
    *,
    contents: str = "",
    copy: bytes = b"",
) -> None:
    """Keep a preview; one that is there already is replaced whole. contents: how the file's text
    begins, for the index; copy: a smaller one of a photograph."""
    place = _place(sha256, name)
    data = json.dumps(preview, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    if len(data) > MOST_BYTES or not checked(preview):
        raise ValueError("no preview")
    fresh = place.with_name(f"{place.name}.{os.getpid()}-{os.urandom(4).hex()}")
    fresh.mkdir(parents=True)
    (fresh / "preview.json").write_bytes(data)
    if picture and len(picture) <= MOST_PICTURE_BYTES and _is_webp(picture):
        (fresh / "picture.webp").write_bytes(picture)
    if copy and is_copy(copy):
        (fresh / "copy.jpg").write_bytes(copy)
    if contents:
        text = contents[:CONTENTS_CHARS].encode("utf-8", "replace")
        (fresh / "contents.txt").write_bytes(text)
    _discard(place)
    try:
        fresh.rename(place)
    except OSError:
        # Somebody else was as quick, with the same.
        shutil.rmtree(fresh, ignore_errors=True)


def is_copy(data: bytes) -> bool:
    """Whether these bytes may be given out as a smaller copy: a JPEG, and no large one."""
    return len(data) <= MOST_COPY_BYTES and data[:3] == b"\xff\xd8\xff"


def _is_webp(picture: bytes) -> bool:
    return picture[:4] == b"RIFF" and picture[8:12] == b"WEBP"


def get(sha256: str, name: str) -> dict[str, Any] | None:
    """The preview of a file, None where there is none yet."""
    try:
        found = json.loads((_place(sha256, name) / "preview.json").read_bytes())
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) and checked(found) else None


def picture(sha256: str, name: str) -> Path | None:
    """The small picture of a file, None where there is none."""
    found = _place(sha256, name) / "picture.webp"
    return found if found.is_file() else None


def contents(sha256: str, name: str) -> str:
    """How the text of a file begins; "" where it has none, or nobody has looked into it yet."""
    try:
        return (_place(sha256, name) / "contents.txt").read_text("utf-8", "replace")
    except (OSError, ValueError):
        return ""


def copy(sha256: str, name: str) -> Path | None:
    """The smaller copy of a photograph, None where there is none."""
    found = _place(sha256, name) / "copy.jpg"
    return found if found.is_file() else None


def drop(sha256: str) -> None:
    """Forget every preview of these bytes."""
    if _DIGEST.fullmatch(sha256):
        for edition in _root().glob("*"):
            for place in (edition / sha256[:2]).glob(f"{sha256}-*"):
                _discard(place)


def _discard(place: Path) -> None:
    """In two steps, so that nobody reads half of one."""
    gone = place.with_name(f".gone-{os.urandom(6).hex()}")
    try:
        place.rename(gone)
    except FileNotFoundError:
        return
    shutil.rmtree(gone, ignore_errors=True)
