"""The inventory of an object: which bytes make up which version.

Read with bounds, because a root may come from a backup, a memory stick or a
stranger; written in one form, so that the same object always has the same bytes.
Source: OCFL 1.1 §3.5.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from tonle.infra.ocfl.errors import Damaged, ObjectTooLarge
from tonle.infra.ocfl.layout import version_name, version_number
from tonle.infra.ocfl.paths import is_content_path

TYPE = "https://ocfl.io/1.1/spec/#inventory"
# About 200,000 files: two SHA-512, a SHA-256 and three paths each.
MOST_BYTES = 128 * 1024 * 1024
MOST_FILES = 200_000
MOST_VERSIONS = 100_000

_SHA512 = re.compile(r"[0-9a-f]{128}")
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class User:
    """Who made a version: a name, and an address that is a URI."""

    name: str
    address: str = ""


@dataclass(frozen=True)
class Version:
    """One version: when, why, by whom, and which file has which bytes.

    state: logical path to SHA-512 (lower-case hex).
    """

    number: int
    created: datetime
    message: str
    user: User | None
    state: Mapping[str, str]


@dataclass(frozen=True)
class Inventory:
    """A whole inventory.

    manifest: SHA-512 to the content paths, relative to the object, that hold the bytes.
    versions: the versions 1 to head, in order.
    sha256: content path to SHA-256, as kept in the fixity block; may be incomplete in
    objects that others wrote.
    """

    object_id: str
    manifest: Mapping[str, tuple[str, ...]]
    versions: tuple[Version, ...]
    sha256: Mapping[str, str] = field(default_factory=dict)

    @property
    def head(self) -> int:
        return len(self.versions)

    @property
    def latest(self) -> Version:
        return self.versions[-1]

    def content_paths(self) -> list[str]:
        """Every content path the object must have, in order."""
        return sorted(path for paths in self.manifest.values() for path in paths)

    def dumps(self) -> bytes:
        """The bytes of `inventory.json`: sorted, UTF-8, always the same for the same content."""
        document: dict[str, Any] = {
            "id": self.object_id,
            "type": TYPE,
            "digestAlgorithm": "sha512",
            "head": version_name(self.head),
            "manifest": {digest: sorted(paths) for digest, paths in self.manifest.items()},
            "versions": {version_name(v.number): _version_json(v) for v in self.versions},
        }
        if self.sha256:
            document["fixity"] = {"sha256": _by_digest(self.sha256)}
        data = json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return data.encode() + b"\n"


def past_of(inventory: Inventory, number: int) -> Inventory:
    """The inventory as it was when that version was the newest. Pure."""
    manifest = {}
    for sha512, paths in inventory.manifest.items():
        then = tuple(p for p in paths if (version_number(p.split("/")[0]) or 0) <= number)
        if then:
            manifest[sha512] = then
    kept = {path for paths in manifest.values() for path in paths}
    sha256 = {path: digest for path, digest in inventory.sha256.items() if path in kept}
    return Inventory(inventory.object_id, manifest, inventory.versions[:number], sha256)


def goes_on_from(inventory: Inventory, earlier: Inventory) -> bool:
    """Whether an inventory is a later state of the very same object. Pure.

    Dates and messages of versions tell: a purge takes their files, and leaves those.
    """
    before = [(version.created, version.message) for version in earlier.versions]
    now = [(version.created, version.message) for version in inventory.versions]
    return (
        inventory.object_id == earlier.object_id
        and len(now) > len(before)
        and now[: len(before)] == before
    )


def _by_digest(paths: Mapping[str, str]) -> dict[str, list[str]]:
    turned: dict[str, list[str]] = {}
    for path in sorted(paths):
        turned.setdefault(paths[path], []).append(path)
    return turned


def _version_json(version: Version) -> dict[str, Any]:
    document: dict[str, Any] = {
        "created": instant(version.created),
        "message": version.message,
        "state": _by_digest(version.state),
    }
    if version.user is not None:
        document["user"] = {"name": version.user.name}
        if version.user.address:
            document["user"]["address"] = version.user.address
    return document


def instant(at: datetime) -> str:
    """An aware instant as OCFL writes it: RFC 3339, UTC, `Z`."""
    if at.tzinfo is None:
        raise ValueError("an instant needs its time zone")
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def sidecar(inventory: bytes) -> bytes:
    """The bytes of `inventory.json.sha512` for these bytes of an inventory."""
    return f"{hashlib.sha512(inventory).hexdigest()} inventory.json\n".encode()


def loads(data: bytes, where: str) -> Inventory:
    """Parse and check an inventory.

    where: the object's id or path, for the message. Raises Damaged when it is not an
    OCFL 1.x inventory with SHA-512, the default content directory and unpadded
    versions, or contradicts itself, and ObjectTooLarge when it is beyond the bounds.
    """
    if len(data) > MOST_BYTES:
        raise ObjectTooLarge(object_id=where, found=len(data), unit="bytes", limit=MOST_BYTES)
    try:
        document = json.loads(data, object_pairs_hook=_no_twins)
        return _Reader(where).inventory(document)
    except (ValueError, RecursionError) as error:
        raise Damaged(object_id=where, problem=f"its inventory cannot be read ({error}).") from None


def _no_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    document = dict(pairs)
    if len(document) != len(pairs):
        raise ValueError("a key is given twice")
    return document


class _Reader:
    """Turns checked JSON into an Inventory; every complaint is a ValueError."""

    def __init__(self, where: str) -> None:
        self.where = where

    def inventory(self, document: Any) -> Inventory:
        document = _mapping(document, "inventory")
        object_id = _text(document.get("id"), "id")
        kind = _text(document.get("type"), "type")
        if not re.fullmatch(r"https://ocfl\.io/1\.[01]/spec/#inventory", kind):
            raise ValueError(f"type is {kind[:100]!r}")
        if document.get("digestAlgorithm") != "sha512":
            raise ValueError("digestAlgorithm is not sha512")
        if document.get("contentDirectory", "content") != "content":
            raise ValueError("contentDirectory is not content")
        manifest = self._manifest(document.get("manifest"))
        versions = self._versions(document.get("versions"))
        if document.get("head") != version_name(len(versions)):
            raise ValueError("head is not the last version")
        used = {digest for version in versions for digest in version.state.values()}
        if used != set(manifest):
            raise ValueError("manifest and states do not name the same digests")
        paths = {path for held in manifest.values() for path in held}
        if any((version_number(path.split("/")[0]) or 0) > len(versions) for path in paths):
            raise ValueError("the manifest names a version that is not there")
        return Inventory(object_id, manifest, versions, self._sha256(document.get("fixity"), paths))

    def _manifest(self, value: Any) -> dict[str, tuple[str, ...]]:
        manifest: dict[str, tuple[str, ...]] = {}
        seen: set[str] = set()
        for digest, paths in _mapping(value, "manifest").items():
            names = tuple(_texts(paths, "manifest"))
            for path in names:
                folder, content, *_rest = [*path.split("/"), "", ""]
                if not is_content_path(path) or content != "content" or not version_number(folder):
                    raise ValueError(f"content path {path[:200]!r}")
                if path in seen:
                    raise ValueError(f"content path {path[:200]!r} is given twice")
                seen.add(path)
            if not names or manifest.setdefault(_digest(digest, _SHA512), names) is not names:
                raise ValueError("a digest without paths, or given twice")
        if len(seen) > MOST_FILES:
            raise ObjectTooLarge(
                object_id=self.where, found=len(seen), unit="files", limit=MOST_FILES
            )
        return manifest

    def _versions(self, value: Any) -> tuple[Version, ...]:
        blocks = _mapping(value, "versions")
        if not blocks or len(blocks) > MOST_VERSIONS:
            raise ValueError(f"{len(blocks)} versions")
        numbers = range(1, len(blocks) + 1)
        if set(blocks) != {version_name(number) for number in numbers}:
            raise ValueError("the versions are not v1, v2 and so on")
        return tuple(self._version(n, blocks[version_name(n)]) for n in numbers)

    def _version(self, number: int, value: Any) -> Version:
        block = _mapping(value, "version")
        created = datetime.fromisoformat(_text(block.get("created"), "created"))
        if created.tzinfo is None:
            raise ValueError("created has no time zone")
        user = None
        if "user" in block:
            person = _mapping(block["user"], "user")
            user = User(
                _text(person.get("name"), "user name"), _text(person.get("address", ""), "")
            )
        state: dict[str, str] = {}
        for digest, paths in _mapping(block.get("state"), "state").items():
            for path in _texts(paths, "state"):
                if path in state or any(part in {"", ".", ".."} for part in path.split("/")):
                    raise ValueError(f"logical path {path[:200]!r}")
                state[path] = _digest(digest, _SHA512)
        message = _text(block.get("message", ""), "message")
        return Version(number, created, message, user, state)

    def _sha256(self, fixity: Any, paths: set[str]) -> dict[str, str]:
        if fixity is None:
            return {}
        block = _mapping(fixity, "fixity").get("sha256", {})
        found: dict[str, str] = {}
        for digest, names in _mapping(block, "fixity").items():
            for path in _texts(names, "fixity"):
                if path not in paths or path in found:
                    raise ValueError(f"fixity of {path[:200]!r}")
                found[path] = _digest(digest, _SHA256)
        return found


def _mapping(value: Any, what: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ValueError(f"{what} is not an object")
    return value


def _text(value: Any, what: str) -> str:
    if not isinstance(value, str):
        raise ValueError(f"{what} is not text")
    return value


def _texts(value: Any, what: str) -> list[str]:
    if not isinstance(value, list):
        raise ValueError(f"{what} is not a list")
    return [_text(item, what) for item in value]


def _digest(value: str, form: re.Pattern[str]) -> str:
    # OCFL compares digests without regard to case; we hold them in lower case.
    digest = value.lower()
    if not form.fullmatch(digest):
        raise ValueError(f"digest {value[:140]!r}")
    return digest
