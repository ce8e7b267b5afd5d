"""A bag: files with a manifest of their digests, so that who gets them can tell they are whole.

Source: RFC 8493, The BagIt File Packaging Format 1.0 (2018), sections 2 and 6.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

VERSION = "1.0"
_DECLARATION = f"BagIt-Version: {VERSION}\nTag-File-Character-Encoding: UTF-8\n"
PAYLOAD = "data/"


@dataclass(frozen=True)
class Payload:
    """One file of a bag as its manifest needs it. name: below `data/`, with slashes."""

    name: str
    size_bytes: int
    sha512: str


def tag_files(
    payload: Sequence[Payload], info: Sequence[tuple[str, str]], others: Mapping[str, bytes]
) -> dict[str, bytes]:
    """All files of a bag beside its payload, by name.

    info: labels and values for `bag-info.txt`, in order; Payload-Oxum is added. others: more
    tag files, by name.
    """
    oxum = f"{sum(file.size_bytes for file in payload)}.{len(payload)}"
    tags = {
        "bagit.txt": _DECLARATION.encode(),
        "bag-info.txt": _info([*info, ("Payload-Oxum", oxum)]),
        "manifest-sha512.txt": _manifest(
            [(f"{PAYLOAD}{file.name}", file.sha512) for file in payload]
        ),
        **others,
    }
    digests = [(name, hashlib.sha512(body).hexdigest()) for name, body in sorted(tags.items())]
    return {**tags, "tagmanifest-sha512.txt": _manifest(digests)}


def _manifest(rows: Sequence[tuple[str, str]]) -> bytes:
    return "".join(f"{digest}  {_written(name)}\n" for name, digest in sorted(rows)).encode()


def _written(name: str) -> str:
    """A name as a manifest writes it: what would end its line is encoded (section 2.1.3)."""
    return name.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def read_name(written: str) -> str:
    """A name as it was before it was written into a manifest."""
    return written.replace("%0A", "\n").replace("%0D", "\r").replace("%25", "%")


def _info(rows: Sequence[tuple[str, str]]) -> bytes:
    """Labels and values; line ends in a value become spaces, as a new line begins a label."""
    return "".join(f"{label}: {' '.join(value.split())}\n" for label, value in rows).encode()


def faults(files: Mapping[str, bytes]) -> list[str]:
    """What keeps these files, by name in the bag, from being a complete and valid bag.

    For tests and for whoever was given one: every rule of section 3 that concerns files
    as they lie (no fetch file, one algorithm).
    """
    found = []
    if files.get("bagit.txt") != _DECLARATION.encode():
        found.append("bagit.txt does not declare a bag of version 1.0 in UTF-8")
    for manifest, payload in (("manifest-sha512.txt", True), ("tagmanifest-sha512.txt", False)):
        if manifest not in files:
            found.append(f"{manifest} is missing")
            continue
        listed: dict[str, str] = {}
        for line in files[manifest].decode().split("\n")[:-1]:
            digest, _, name = line.partition("  ")
            listed[read_name(name)] = digest
        present = {name for name in files if name.startswith(PAYLOAD) == payload}
        if not payload:
            present -= {"tagmanifest-sha512.txt"}
        found += [f"{name} is not in {manifest}" for name in sorted(present - set(listed))]
        for name, digest in sorted(listed.items()):
            if name not in files:
                found.append(f"{name} is listed and missing")
            elif hashlib.sha512(files[name]).hexdigest() != digest:
                found.append(f"{name} has another digest")
    return found
