"""Names of files inside an object.

A *logical path* is what a reader sees; it may be in any script. A *content path*
is where the bytes lie; it must be writable on any file system, on a memory stick
and in an archive, so it holds ASCII letters, digits, dot, hyphen, underscore and
percent-encoding only, and no two of one version differ only by case.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterable

from tonle.infra.ocfl.errors import BadPath

# Letters, not bytes: a Khmer name of 255 letters is 765 bytes and is kept.
LONGEST_PART = 255
LONGEST_PATH = 1024
DEEPEST = 32

# Many file systems end a name at 255 bytes, and a whole path at about 1,000.
_LONGEST_CONTENT_PART = 200
_LONGEST_CONTENT_PATH = 600
# Names that Windows gives to devices, whatever the ending.
_DEVICES = frozenset(
    ["con", "prn", "aux", "nul", *(f"{d}{n}" for d in ("com", "lpt") for n in range(10))]
)
_PLAIN = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.")
# They reorder what a reader sees, so that one name can pass for another.
_REORDERING = frozenset(map(chr, [*range(0x202A, 0x202F), *range(0x2066, 0x206A)]))
# An encoded name cannot start with it, so nothing collides with what we put there.
_HASHED = "%"


def check_logical_path(path: str) -> None:
    """Raise BadPath unless the path may be kept, saying which rule it breaks."""
    problem = _problem(path)
    if problem:
        shown = path.encode("unicode_escape").decode()[:200]
        raise BadPath(path=shown, problem=problem)


def _problem(path: str) -> str | None:
    if not path:
        return "it is empty."
    if len(path) > LONGEST_PATH:
        return f"it has {len(path)} letters, more than {LONGEST_PATH}."
    for letter in path:
        if unicodedata.category(letter) in {"Cc", "Cs"} or letter in _REORDERING:
            return f"it holds the control character U+{ord(letter):04X}."
    if unicodedata.normalize("NFC", path) != path:
        return "it is not in Unicode normal form C."
    if path.startswith("/"):
        return "it is an absolute path."
    parts = path.split("/")
    if len(parts) > DEEPEST:
        return f"it is {len(parts)} folders deep, more than {DEEPEST}."
    for part in parts:
        if part == "":
            return "it has an empty part."
        if part in {".", ".."}:
            return "it points outside its folder."
        if len(part) > LONGEST_PART:
            return f"one part has {len(part)} letters, more than {LONGEST_PART}."
    return None


def check_logical_paths(paths: Iterable[str]) -> None:
    """Raise BadPath where a path is bad, or is both a file and the folder of another."""
    known = set(paths)
    for path in sorted(known):
        check_logical_path(path)
        for parent in folders_of(path):
            if parent in known:
                raise BadPath(path=path, problem=f"{parent} is a file, not a folder.")


def folders_of(path: str) -> list[str]:
    """The folders that a path lies in, the nearest first: a/b/c gives a/b and a."""
    found = []
    while "/" in path:
        path = path.rpartition("/")[0]
        found.append(path)
    return found


def is_content_path(path: str) -> bool:
    """Whether a manifest may name this path: relative, clean, below vN/content."""
    parts = path.split("/")
    return (
        len(parts) > 2 and all(part not in {"", ".", ".."} for part in parts) and "\0" not in path
    )


class ContentNames:
    """Gives the files of one new version their places below `content/`.

    Readable where that is safe; where a name is too long, is a device on some
    system, or differs from an earlier one by case only, its SHA-256 stands for it.
    """

    def __init__(self) -> None:
        self._files: set[str] = set()
        self._folders: set[str] = set()

    def place(self, logical_path: str) -> str:
        """A content path, below the content directory, that nothing else has."""
        path = "/".join(_encode(part) for part in logical_path.split("/"))
        if len(path) > _LONGEST_CONTENT_PATH or self._taken(path):
            path = f"{_HASHED}/{hashlib.sha256(logical_path.encode()).hexdigest()}"
        self._files.add(path.lower())
        self._folders.update(folders_of(path.lower()))
        return path

    def _taken(self, path: str) -> bool:
        folded = path.lower()
        return (
            folded in self._files
            or folded in self._folders
            or not self._files.isdisjoint(folders_of(folded))
        )


def _encode(part: str) -> str:
    encoded = "".join(chr(byte) if byte in _PLAIN else f"%{byte:02X}" for byte in part.encode())
    if encoded.endswith("."):
        # Windows drops a dot at the end of a name.
        encoded = f"{encoded[:-1]}%2E"
    if len(encoded) > _LONGEST_CONTENT_PART or encoded.split(".")[0].lower() in _DEVICES:
        return f"{_HASHED}{hashlib.sha256(part.encode()).hexdigest()}{_ending(part)}"
    return encoded


def _ending(part: str) -> str:
    """The file ending where it is short and plain, so that a bare file can still be opened."""
    _, dot, ending = part.rpartition(".")
    plain = ending.isascii() and ending.isalnum() and len(ending) <= 8
    return f".{ending.lower()}" if dot and plain else ""
