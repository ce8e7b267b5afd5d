"""RIS, in UTF-8, a line to each value.

Source: RIS Format Specifications (Research Information Systems, 2011).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from tonle.catalogue.crosswalks.writers.common import abstract, own_languages, words, work
from tonle.catalogue.crosswalks.writers.here import Here
from tonle.catalogue.rules.citation import Name
from tonle.kernel.text import choose

_TYPES: Final = {
    "article": "JOUR", "book": "BOOK", "chapter": "CHAP", "dataset": "DATA", "report": "RPRT",
    "software": "COMP", "thesis": "THES",
}  # fmt: skip


def write(document: Mapping[str, Any], here: Here) -> str:
    """One reference, from TY to ER."""
    cited = work(document, here)
    _, about = choose(abstract(document), own_languages(document))
    lines = [("TY", _TYPES.get(cited.sort, "GEN")), ("TI", cited.title)]
    lines += [("AU", _name(name)) for name in cited.names]
    lines += [
        ("PY", cited.year),
        ("DA", _day(cited.published_on)),
        ("T2", cited.container),
        ("VL", cited.volume),
        ("IS", cited.issue),
        ("SP", cited.first_page),
        ("EP", cited.last_page),
        ("ET", cited.version),
        ("PB", cited.publisher),
        ("DO", cited.doi),
        ("UR", here.pid_url),
        ("AB", about),
        ("LA", next(iter(document.get("languages", ())), "")),
    ]
    lines += [("KW", word) for word in words(document)[:50]]
    lines.append(("ER", ""))
    # The tag, two blanks, a dash and a blank; a value is one line.
    return "".join(
        f"{tag}  - {' '.join(value.split())}\r\n" for tag, value in lines if value or tag == "ER"
    )


def _name(name: Name) -> str:
    return f"{name.family}, {name.given}" if name.parted else name.whole


def _day(text: str) -> str:
    """2025-03-01 as 2025/03/01/, the format's own way."""
    year, month, day = (*text.split("-"), "", "")[:3]
    return f"{year}/{month}/{day}/" if month else ""
