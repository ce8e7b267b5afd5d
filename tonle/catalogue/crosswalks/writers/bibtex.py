"""BibTeX, in UTF-8, with the entry types that BibLaTeX adds for data and software."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from tonle.catalogue.crosswalks.writers.common import abstract, own_languages, words, work
from tonle.catalogue.crosswalks.writers.here import Here
from tonle.catalogue.rules.citation import Name
from tonle.kernel.text import choose

_TYPES: Final = {
    "article": "article", "book": "book", "chapter": "incollection", "dataset": "dataset",
    "report": "techreport", "software": "software", "thesis": "phdthesis",
}  # fmt: skip
_SPECIAL: Final = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "&": r"\&", "%": r"\%", "$": r"\$",
    "#": r"\#", "_": r"\_", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
}  # fmt: skip
_BRACES: Final = re.compile(r"[{}]")
_PARTING: Final = re.compile(r",|\band\b", re.IGNORECASE)


def write(document: Mapping[str, Any], here: Here) -> str:
    """One entry; its key is the record's id."""
    cited = work(document, here)
    _, about = choose(abstract(document), own_languages(document))
    container = {"article": "journal", "chapter": "booktitle"}.get(cited.sort, "series")
    publisher = {"thesis": "school", "report": "institution"}.get(cited.sort, "publisher")
    month = cited.published_on[5:7] if cited.published_on.startswith(cited.year or "-") else ""
    fields = {
        # The second pair keeps capitals, which most styles would take away.
        "title": f"{{{_plain(cited.title)}}}",
        "author": " and ".join(_name(name) for name in cited.names),
        "year": _plain(cited.year),
        "month": str(int(month)) if month.isdigit() else "",
        "version": _plain(cited.version),
        container: _plain(cited.container),
        "volume": _plain(cited.volume),
        "number": _plain(cited.issue),
        "pages": _plain(cited.pages).replace("–", "--"),
        publisher: _plain(cited.publisher),
        # An address is taken as it stands, but for what would end it.
        "doi": _BRACES.sub(r"\\\g<0>", cited.doi),
        "url": here.pid_url,
        "keywords": _plain(", ".join(words(document)[:20])),
        "langid": next(iter(document.get("languages", ())), ""),
        "abstract": _plain(" ".join(about.split())),
    }
    lines = [f"  {name} = {{{value}}}," for name, value in fields.items() if value]
    kind = _TYPES.get(cited.sort, "misc")
    return "\n".join([f"@{kind}{{{document['id']},", *lines, "}"]) + "\n"


def _plain(text: str) -> str:
    return re.sub(r"[\\{}&%$#_~^]", lambda found: _SPECIAL[found[0]], text)


def _name(name: Name) -> str:
    if name.parted:
        parts = (_plain(name.family), _plain(name.given))
        # Braces, where a part holds what would part the names once more.
        return ", ".join(f"{{{one}}}" if _PARTING.search(one) else one for one in parts)
    # Braces keep BibTeX from taking the last word for a family name.
    return f"{{{_plain(name.whole)}}}"
