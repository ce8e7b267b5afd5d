"""The headers of tus 1.0, read and written. Every one is bounded before it is taken apart.

Source: tus resumable upload protocol 1.0.0 (2016), core, creation, expiration, checksum,
termination.
"""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime

VERSION = "1.0.0"
EXTENSIONS = "creation,expiration,checksum,termination"
ALGORITHMS = {"sha1": 20, "sha256": 32, "sha512": 64}
"""Algorithm to the length of its digest in bytes."""
OFFSET_TYPE = "application/offset+octet-stream"
# Names of a thousand letters of three bytes, in base64, and a little more.
LONGEST_METADATA = 8_192
MOST_KEYS = 16
LONGEST_MARK = 200
_LONGEST_CHECKSUM = 200
_NUMBER = re.compile(r"\d{1,18}", re.ASCII)
_KEY = re.compile(r"[!-+\--~]{1,60}", re.ASCII)
_SHA256 = re.compile(r"[0-9a-f]{64}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


class Unreadable(ValueError):
    """A header that has not the form it must have. field: its name."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


class UnknownAlgorithm(ValueError):
    """A checksum of a kind that is not offered."""


@dataclass(frozen=True)
class Announced:
    """What the sender says of a file. Everything but the name may be "".

    sha256: hexadecimal, of the whole. mark: by which the sender knows the same file again.
    """

    name: str
    media_type: str = ""
    sha256: str = ""
    mark: str = ""
    draft_id: str = ""


def number(field: str, value: str | None) -> int:
    """A number of bytes. Raises Unreadable."""
    if value is None or not _NUMBER.fullmatch(value):
        raise Unreadable(field)
    return int(value)


def metadata(value: str) -> dict[str, str]:
    """Key to text. Raises Unreadable: for what is too long, twice there, or no UTF-8, and for
    control characters, which no file's name or type has."""
    found: dict[str, str] = {}
    if len(value) > LONGEST_METADATA:
        raise Unreadable("Upload-Metadata")
    for pair in value.split(",") if value.strip() else ():
        key, _space, encoded = pair.strip().partition(" ")
        if not _KEY.fullmatch(key) or key in found or len(found) == MOST_KEYS:
            raise Unreadable("Upload-Metadata")
        try:
            text = base64.b64decode(encoded.strip(), validate=True).decode()
        except ValueError:
            raise Unreadable("Upload-Metadata") from None
        if _CONTROL.search(text):
            raise Unreadable("Upload-Metadata")
        found[key] = text
    return found


def announced(value: str) -> Announced:
    """What an Upload-Metadata field says. Raises Unreadable, also where no name is given.

    `filename` and `filetype` are what clients of tus send by custom; `name` and `type` are
    what some send instead.
    """
    said = metadata(value)
    name = said.get("filename") or said.get("name") or ""
    sha256 = said.get("sha256", "").lower()
    mark = said.get("mark", "")
    if not name or (sha256 and not _SHA256.fullmatch(sha256)) or len(mark) > LONGEST_MARK:
        raise Unreadable("Upload-Metadata")
    media_type = (said.get("filetype") or said.get("type") or "").partition(";")[0].strip()
    # What clients send for want of knowing is no answer: the name tells more.
    vague = media_type == "application/octet-stream" or len(media_type) > 100
    return Announced(name, "" if vague else media_type, sha256, mark, said.get("draft", ""))


def encoded(said: dict[str, str]) -> str:
    """The field that says this, for a client."""
    return ",".join(
        f"{key} {base64.b64encode(text.encode()).decode()}" for key, text in said.items() if text
    )


def checksum(value: str) -> tuple[str, bytes]:
    """Algorithm and digest. Raises Unreadable, or UnknownAlgorithm."""
    name, _space, encoded = value.strip().partition(" ")
    if len(value) > _LONGEST_CHECKSUM:
        raise Unreadable("Upload-Checksum")
    if name not in ALGORITHMS:
        raise UnknownAlgorithm(name[:20])
    try:
        digest = base64.b64decode(encoded.strip(), validate=True)
    except ValueError:
        raise Unreadable("Upload-Checksum") from None
    if len(digest) != ALGORITHMS[name]:
        raise Unreadable("Upload-Checksum")
    return name, digest


def expires(at: datetime) -> str:
    """An instant as Upload-Expires says it (RFC 9110, section 5.6.7). at: UTC, aware."""
    return format_datetime(at, usegmt=True)
