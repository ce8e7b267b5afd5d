"""Where things lie in a storage root.

The root is an OCFL 1.1 storage root whose layout is extension 0003 (hash and id,
n-tuple): two levels of two hex digits of the SHA-256 of the object's id, then the
id itself, percent-encoded. Source: OCFL 1.1 §4 and
extension 0003-hash-and-id-n-tuple-storage-layout.
"""

from __future__ import annotations

import functools
import hashlib
import json
from pathlib import PurePosixPath
from urllib.parse import unquote

ROOT_DECLARATION = "0=ocfl_1.1"
ROOT_DECLARATION_TEXT = b"ocfl_1.1\n"
OBJECT_DECLARATION = "0=ocfl_object_1.1"
OBJECT_DECLARATION_TEXT = b"ocfl_object_1.1\n"
INVENTORY = "inventory.json"
SIDECAR = "inventory.json.sha512"
CONTENT = "content"

LAYOUT_FILE = "ocfl_layout.json"
EXTENSION = "0003-hash-and-id-n-tuple-storage-layout"
EXTENSION_CONFIG = f"extensions/{EXTENSION}/config.json"
LAYOUT = {
    "extension": EXTENSION,
    "description": "Two levels of two hex digits of the SHA-256 of the object id, then the "
    "percent-encoded id.",
}
CONFIG = {
    "extensionName": EXTENSION,
    "digestAlgorithm": "sha256",
    "tupleSize": 2,
    "numberOfTuples": 2,
}

# Extension 0003 cuts a longer directory name here and appends the digest.
_LONGEST_NAME = 100
_PLAIN = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")


def as_json(value: object) -> bytes:
    """The bytes of a small declaration file."""
    return json.dumps(value, indent=2, sort_keys=True).encode() + b"\n"


@functools.lru_cache(maxsize=4096)
def object_path(object_id: str) -> PurePosixPath:
    """Path of an object below the root. Pure; any non-empty id has one."""
    digest = hashlib.sha256(object_id.encode()).hexdigest()
    name = "".join(
        letter if letter in _PLAIN else "".join(f"%{byte:02x}" for byte in letter.encode())
        for letter in object_id
    )
    if len(name) > _LONGEST_NAME:
        name = f"{name[:_LONGEST_NAME]}-{digest}"
    return PurePosixPath(digest[:2], digest[2:4], name)


def object_id_of(path: PurePosixPath) -> str | None:
    """The id that belongs to an object path, or None where the name was cut short."""
    object_id = unquote(path.name, errors="surrogateescape")
    try:
        return object_id if object_path(object_id) == path else None
    except UnicodeEncodeError:
        return None


def version_name(number: int) -> str:
    """The directory of a version: v1, v2, and so on, without padding."""
    return f"v{number}"


def version_number(name: str) -> int | None:
    """The number of a version directory, or None for any other name."""
    digits = name[1:]
    if name[:1] != "v" or not digits.isascii() or not digits.isdigit() or digits[0] == "0":
        return None
    return int(digits)
