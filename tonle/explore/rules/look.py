"""One file in, one preview out: which reader fits, by name and by what the bytes say."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

from tonle.explore.rules import dialect
from tonle.explore.rules.limits import Limits
from tonle.explore.rules.preview import Preview
from tonle.kernel import encodings

Reader = Callable[[Path, Limits], Preview]

TABLES = frozenset({"csv", "tsv", "tab", "psv"})
_TREES = frozenset({"json", "geojson", "topojson"})
_LINES = frozenset({"jsonl", "ndjson", "geojsonl"})
_WORKBOOKS = frozenset({"xlsx", "xlsm", "xlsb", "xls", "ods"})
_DOCUMENTS = frozenset({"docx", "docm", "dotx", "pptx", "pptm", "ppsx", "odt", "ott", "odp"})
_WEBPAGES = frozenset({"html", "htm", "xhtml"})
# Text that people write to be read; programs and markup are not looked for by their words.
_WRITINGS = frozenset({"", "txt", "text", "md", "markdown", "rst", "adoc", "tex", "srt", "vtt"})
_PICTURES = frozenset(
    {"jpg", "jpeg", "png", "gif", "webp", "bmp", "tif", "tiff", "heic", "heif", "jp2", "avif"}
)
_PROGRAMS = frozenset({"py", "r"})
# Binary files whose names are no promise: what no reader here knows.
_FIRST_BYTES = 1 << 16


def suffix_of(name: str) -> str:
    """The ending of a file's name, small; "" without one."""
    last = name.rpartition("/")[2]
    return last.rpartition(".")[2].lower() if "." in last.lstrip(".") else ""


def reader_of(head: bytes, name: str) -> str:
    """The module that reads such a file, as `module`; "" where none does.

    head: its first bytes. What bytes say for certain goes before what the name says.
    """
    suffix = suffix_of(name)
    if not head:
        return "nothing"
    if head.startswith(b"PAR1"):
        return "parquet"
    if head.startswith(b"%PDF-"):
        return "papers"
    if head.startswith((b"\x89HDF\r\n\x1a\n", b"CDF\x01", b"CDF\x02", b"CDF\x05")):
        return "grids"
    if _is_picture(head):
        return "pictures"
    if suffix in _WORKBOOKS and head.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        return "workbooks"
    if suffix in _DOCUMENTS and head.startswith(b"PK\x03\x04"):
        return "documents"
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return "archives"
    if head.startswith(b"{\\rtf"):
        return "rtf"
    if suffix in {"tar", "tgz", "tbz2", "txz"} or (
        suffix in {"gz", "bz2", "xz"} and ".tar." in name.lower()
    ):
        return "tars"
    if encodings.detect(head) is None:
        return ""
    return _of_text(head, suffix)


def _of_text(head: bytes, suffix: str) -> str:
    if _binary(head):
        return ""
    if suffix in _TREES:
        return "trees"
    if suffix in _LINES:
        return "lines"
    if suffix in _WEBPAGES:
        return "webpages"
    if suffix == "ipynb":
        return "notebooks"
    if suffix in TABLES or (suffix in {"txt", "dat", ""} and dialect.is_table(head)):
        return "delimited"
    return "prose"


_PICTURE_MARKS = (
    *(b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF8", b"BM", b"\0\0\0\x0cjP  "),
    # TIFF and BigTIFF, of either order of bytes.
    *(b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"),
)
_HEIF_BRANDS = frozenset({b"hei", b"hev", b"mif", b"avi", b"msf"})


def _is_picture(head: bytes) -> bool:
    if head.startswith(_PICTURE_MARKS) or (head[:4] == b"RIFF" and head[8:12] == b"WEBP"):
        return True
    return head[4:8] == b"ftyp" and head[8:11] in _HEIF_BRANDS


def _binary(head: bytes) -> bool:
    """Whether what may be read as letters is none: many control characters. An encoding of one
    byte a letter reads anything."""
    controls = sum(byte < 32 and byte not in b"\t\n\r\x0c\x1b" for byte in head[:4096])
    if head.startswith((b"\xff\xfe", b"\xfe\xff")) or encodings.detect(head) in {
        "utf-16-le",
        "utf-16-be",
    }:
        return False
    return controls * 20 > min(len(head), 4096)


def look(path: Path, name: str, limits: Limits) -> Preview:
    """Look into a file. Never raises for what a file holds, but for memory and for recursion
    that readers do not expect; the process around it is ended then.

    name: the file's own, whose ending helps where bytes say little.
    """
    with path.open("rb") as file:
        head = file.read(_FIRST_BYTES)
    module = reader_of(head, name)
    if module == "nothing":
        empty = Preview("")
        empty.note("empty")
        return empty
    if not module:
        unknown = Preview("")
        unknown.note("unknown_kind")
        return unknown
    reader: Reader = import_module(f"tonle.explore.rules.{module}").look
    with warnings.catch_warnings():
        # What libraries remark about a file is told by notes, or is of no use to its readers.
        warnings.simplefilter("ignore")
        found = reader(path, limits)
    suffix = suffix_of(name)
    if module == "prose" and suffix in _PROGRAMS and found.reader:
        found.program = _program(path, suffix)
    if module == "prose" and suffix not in _WRITINGS:
        found.contents = ""
    return found


def _program(path: Path, suffix: str) -> dict[str, Any]:
    """What a script in Python or R loads, defines and names; nothing of one far too long."""
    from tonle.explore.rules import programs

    with path.open("rb") as file:
        text = file.read(programs.MOST_CHARS + 1).decode("utf-8", "replace")
    if len(text) > programs.MOST_CHARS:
        return {}
    read = programs.r if suffix == "r" else programs.python
    return read([text.lstrip("\ufeff").replace("\r\n", "\n")]).to_json()
