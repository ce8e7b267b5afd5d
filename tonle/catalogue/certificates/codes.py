"""The code of a certificate: which record and version, and a seal that nobody can guess.

`qg14jb8c073dk1r-2.1-7h2kq9x4m3vbt8` is the record's id, its version and revision, and the
seal: HMAC-SHA256 under a key of the node over these and the digest of the document, in the
letters of record names, 70 bits. Nothing is stored, so nothing is lost when the database is
made anew from files; the key lies with the node's other keys and is in every backup.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import secrets
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tonle.kernel import identifiers
from tonle.kernel.identifiers import BETANUMERICS

KEY_FILE: Final = "certificates"
KEY_BYTES: Final = 32
# 29 letters: fourteen of them are 68 bits.
SEAL_LENGTH: Final = 14
_CODE = re.compile(
    rf"([{BETANUMERICS}]{{15}})-([1-9][0-9]{{0,5}})\.(0|[1-9][0-9]{{0,5}})-"
    rf"([{BETANUMERICS}]{{{SEAL_LENGTH}}})"
)


@dataclass(frozen=True)
class Code:
    """A code taken apart. Whether its seal is right, only the document can tell."""

    record: str
    version: int
    revision: int
    seal: str

    def __str__(self) -> str:
        return f"{self.record}-{self.version}.{self.revision}-{self.seal}"


def code_of(key: bytes, *, record: str, version: int, revision: int, sha256: str) -> Code:
    """The code of a certificate for one revision, whose document has this digest (hex)."""
    said = f"tonle-certificate/1\n{record}\n{version}.{revision}\n{sha256}"
    number = int.from_bytes(hmac.digest(key, said.encode(), hashlib.sha256), "big")
    letters = []
    for _ in range(SEAL_LENGTH):
        number, rest = divmod(number, len(BETANUMERICS))
        letters.append(BETANUMERICS[rest])
    return Code(record, version, revision, "".join(letters))


def read(text: str) -> Code | None:
    """The parts of a code as somebody typed it; None for what can be none."""
    found = _CODE.fullmatch(re.sub(r"\s+", "", text).lower()) if len(text) < 100 else None
    if found is None or not identifiers.is_valid(found[1]):
        return None
    return Code(found[1], int(found[2]), int(found[3]), found[4])


def is_sealed(code: Code, key: bytes, sha256: str) -> bool:
    """Whether the seal is this node's, for a document of that digest. Takes the same time."""
    right = code_of(
        key, record=code.record, version=code.version, revision=code.revision, sha256=sha256
    )
    return hmac.compare_digest(right.seal, code.seal)


def key_of(keys: Path) -> bytes:
    """The node's key for certificates; made when first wanted, never changed.

    keys: the folder of the node's keys. Two processes at once agree on one key.
    """
    path = keys / KEY_FILE
    with suppress(FileNotFoundError):
        return path.read_bytes()
    keys.mkdir(mode=0o700, parents=True, exist_ok=True)
    made = keys / f".{KEY_FILE}-{secrets.token_hex(8)}"
    handle = os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(secrets.token_bytes(KEY_BYTES))
        file.flush()
        os.fsync(file.fileno())
    try:
        # A link is made whole or not at all, and never over one that is there.
        path.hardlink_to(made)
    except FileExistsError:
        pass
    finally:
        made.unlink()
    return path.read_bytes()
