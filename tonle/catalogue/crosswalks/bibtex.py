"""BibTeX and BibLaTeX: entries of fields, with strings, concatenation and LaTeX in values.

A reader of our own: a hundred lines that are linear in their input and cannot fail, where the
libraries at hand follow macros without bound or drop an entry with its first fault.
Source: "BibTeXing" (O. Patashnik, 1988); the biblatex manual 3.20, section 2.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from tonle.catalogue.crosswalks import datacite, latex
from tonle.catalogue.crosswalks.clean import Cleaner, as_text
from tonle.catalogue.crosswalks.common import (
    Notes,
    Parsed,
    ParsedRecord,
    Remark,
    digest,
    refused_file,
)
from tonle.catalogue.crosswalks.keys import finish
from tonle.catalogue.crosswalks.works import container, day_of_parts, iso_issn, pages, quiet
from tonle.kernel.errors import N_

FORMAT: Final = "bibtex"
MAX_RECORDS: Final = 5_000
# A value put together from strings must not grow without bound: "a # a # a".
MAX_VALUE: Final = 200_000

_GENERAL: Final = {
    "article": "JournalArticle", "book": "Book", "booklet": "Text", "collection": "Book",
    "conference": "ConferencePaper", "data": "Dataset", "dataset": "Dataset",
    "electronic": "Text", "inbook": "BookChapter", "incollection": "BookChapter",
    "inproceedings": "ConferencePaper", "manual": "Text", "mastersthesis": "Dissertation",
    "misc": "Text", "mvbook": "Book", "online": "Text", "patent": "Text",
    "periodical": "Journal", "phdthesis": "Dissertation", "proceedings": "ConferenceProceeding",
    "report": "Report", "software": "Software", "suppbook": "BookChapter",
    "techreport": "Report", "thesis": "Dissertation", "unpublished": "Preprint",
    "video": "Audiovisual", "www": "Text",
}  # fmt: skip
# What says something of the work and has no place in a record; all else is the shelf's own.
_LOST: Final = frozenset(
    ["address", "location", "chapter", "edition", "eventtitle", "organization", "series",
     "crossref", "xref", "pubstate"]
)  # fmt: skip
# White space is never given back (`*+`): a page of blanks would be tried in every way.
_ENTRY = re.compile(r"@\s*+([A-Za-z]{1,40})\s*+([{(])")
_KEY = re.compile(r"\s*+([^\s,{}()=\"]{0,200}+)\s*+(?=[,})]|\Z)")
_NAME = re.compile(r"\s*+,?+\s*+([^\s=,{}()\"#%]{1,100}+)\s*+=\s*+")
_END = re.compile(r"\s*+,?+\s*+[})]")
_BARE = re.compile(r"[^\s,#{}()\"]{1,400}")
_SPACE = re.compile(r"\s*")
_AND = re.compile(r"(?<!\s)\s++and\s++", re.IGNORECASE)
_MONTHS: Final = {
    name: str(number) for number, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), 1
    )
}  # fmt: skip


@dataclass
class Entry:
    """One entry. type and field names in lower case; values as written, outer braces gone."""

    type: str
    key: str
    fields: dict[str, str] = field(default_factory=dict)
    faulty: bool = False


def parse(data: bytes, name: str) -> Parsed:
    """One bibliography: each of its entries is a record."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("latin-1")
    found: list[Entry] = []
    for entry in entries(text):
        if len(found) >= MAX_RECORDS:
            return refused_file(
                FORMAT,
                data,
                name,
                Remark(
                    "",
                    N_("The file holds more than %(limit)s records; split it."),
                    {"limit": MAX_RECORDS},
                ),
            )
        found.append(entry)
    if not found:
        return refused_file(FORMAT, data, name, Remark("", N_("The file holds no citation.")))
    alone = len(found) == 1
    return Parsed(
        FORMAT,
        tuple(
            _record(entry, f"file:{name}" if alone else f"file:{name}#{number}:{entry.key}"[:300])
            for number, entry in enumerate(found, start=1)
        ),
    )


# --- reading the text ------------------------------------------------------------------------


def entries(text: str) -> Iterator[Entry]:
    """The entries of a bibliography; `@string` is followed, comments are passed over."""
    strings = dict(_MONTHS)
    at = 0
    while found := _ENTRY.search(text, at):
        kind, at = found[1].lower(), found.end()
        if kind == "comment":
            continue
        if kind == "preamble":
            _, at = _value(text, at, strings)
            continue
        entry = Entry(kind, "")
        if kind != "string" and (key := _KEY.match(text, at)):
            entry.key, at = key[1], key.end()
        at = _fields(text, at, strings, entry)
        if kind == "string":
            strings.update(entry.fields)
        else:
            yield entry


def _fields(text: str, at: int, strings: dict[str, str], entry: Entry) -> int:
    """Read fields up to the entry's end, or to where it stops making sense."""
    while found := _NAME.match(text, at):
        value, after = _value(text, found.end(), strings)
        if after == found.end():
            entry.faulty = True
            return after
        entry.fields.setdefault(found[1].lower(), value)
        at = after
    end = _END.match(text, at)
    entry.faulty = entry.faulty or end is None
    return end.end() if end else at


def _value(text: str, at: int, strings: dict[str, str]) -> tuple[str, int]:
    """A value at a place and where it ends: pieces in braces or quotes, numbers and names."""
    pieces: list[str] = []
    size = 0
    while True:
        start = _space(text, at)
        sign = text[start : start + 1]
        if sign == "{":
            end = _closing(text, start)
            piece, after = text[start + 1 : end - 1], end
        elif sign == '"':
            end = _quote(text, start)
            piece, after = text[start + 1 : end - 1], end
        elif bare := _BARE.match(text, start):
            piece, after = strings.get(bare[0].lower(), bare[0]), bare.end()
        else:
            return "".join(pieces), at
        size += len(piece)
        if size <= MAX_VALUE:
            pieces.append(piece)
        at = after
        joined = _space(text, at)
        if text[joined : joined + 1] != "#":
            return "".join(pieces), at
        at = joined + 1


def _space(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found else at


_BRACE = re.compile(r"\\.|[{}]", re.DOTALL)
_QUOTE_OR_BRACE = re.compile(r"\\.|[{}\"]", re.DOTALL)


def _closing(text: str, start: int) -> int:
    """The place after the brace that closes the one at `start`; the text's end without one."""
    depth = 0
    for found in _BRACE.finditer(text, start):
        if found[0] == "{":
            depth += 1
        elif found[0] == "}":
            depth -= 1
            if depth == 0:
                return found.end()
    return len(text) + 1


def _quote(text: str, start: int) -> int:
    depth = 0
    for found in _QUOTE_OR_BRACE.finditer(text, start + 1):
        if found[0] == "{":
            depth += 1
        elif found[0] == "}":
            depth = max(0, depth - 1)
        elif found[0] == '"' and depth == 0:
            return found.end()
    return len(text) + 1


# --- what an entry says ----------------------------------------------------------------------


def _record(entry: Entry, key: str) -> ParsedRecord:
    notes = Notes()
    clean = Cleaner(notes)
    if entry.faulty:
        notes.warn(entry.key, N_("The entry is faulty; what could be read was kept."))
    made = datacite.document(_properties(entry, clean), notes, format_name=FORMAT)
    quiet(notes)
    _profile(entry, clean, made)
    return finish(
        made, notes, key, digest(repr((entry.type, sorted(entry.fields.items()))).encode())
    )


def _properties(entry: Entry, clean: Cleaner) -> dict[str, Any]:
    def one(*names: str) -> str:
        return next((latex.plain(v).strip() for n in names if (v := entry.fields.get(n))), "")

    general = _GENERAL.get(entry.type)
    if general is None:
        clean.notes.warn(
            f"@{entry.type}", N_("%(value)s is not a known type; it became Other."),
            value=entry.type,
        )  # fmt: skip
        general = "Other"
    issued = one("date") or day_of_parts([one("year"), one("month"), one("day")])
    title = one("title")
    if one("subtitle"):
        title = f"{title}: {one('subtitle')}"
    creators = _people(entry.fields.get("author", ""))
    editors = _people(entry.fields.get("editor", ""))
    found: dict[str, Any] = {
        "titles": [
            {"title": title},
            {"title": one("origtitle"), "titleType": "AlternativeTitle"},
            {"title": one("shorttitle"), "titleType": "AlternativeTitle"},
        ],
        "types": {"resourceTypeGeneral": general, "resourceType": one("type", "howpublished")},
        # A book without an author is its editors'.
        "creators": creators or editors,
        "contributors": [{**p, "contributorType": "Editor"} for p in editors if creators],
        "publisher": one("publisher", "school", "institution") or one("organization"),
        "publicationYear": issued[:4],
        "dates": [{"date": issued, "dateType": "Issued"}] if issued else [],
        "descriptions": [
            {"description": one("abstract"), "descriptionType": "Abstract"},
            {"description": one("note"), "descriptionType": "Other"},
        ],
        "subjects": [
            {"subject": word.strip()} for word in re.split(r"[,;]", one("keywords", "keyword"))
        ],
        "language": one("langid", "language"),
        "version": one("version"),
        "doi": _address(entry, "doi"),
        "identifiers": [
            {"identifier": _address(entry, "url"), "identifierType": "URL"},
            {"identifier": one("isbn"), "identifierType": "ISBN"},
        ],
        "rightsList": [{"rights": one("copyright", "license", "rights")}],
    }
    if eprint := _address(entry, "eprint"):
        source = one("eprinttype", "archiveprefix") or "eprint"
        found["identifiers"].append({"identifier": eprint, "identifierType": source})
    start, end = pages(one("pages"))
    journal = entry.type == "article"
    found["relatedItems"] = container(
        title=one("journal", "journaltitle") or one("booktitle"),
        volume=one("volume"),
        issue=one("number", "issue"),
        first_page=start,
        last_page=end,
        issn=iso_issn(one("issn")),
        general="Journal" if journal else "Book",
    )
    lost = sorted(_LOST & entry.fields.keys())
    if lost:
        clean.notes.warn(", ".join(lost), N_("There is no place for this; it was left out."))
    return found


def _profile(entry: Entry, clean: Cleaner, made: dict[str, Any]) -> None:
    """Pages of a text that stands in no journal or book."""
    extent = clean.line(latex.plain(entry.fields.get("pages", "")), "pages", 200)
    if made.get("kind") == "publication" and extent and "related_items" not in made:
        made["profile"] = {"schema": "tonle-publication/1", "pages": extent}


def _address(entry: Entry, name: str) -> str:
    """An address or number: only the escapes of LaTeX go, for `~` and `--` are its own."""
    text = re.sub(r"\\url\s*\{([^{}]*)\}", r"\1", as_text(entry.fields.get(name)))
    return re.sub(r"\\([&%$#_{}~])", r"\1", text).strip("{} \n\t")


def _people(value: str) -> list[dict[str, Any]]:
    """Names as BibTeX parts them: `von Last, Jr, First`, `First von Last`, `{One Body}`."""
    made = []
    for name in (piece.strip() for piece in _split_and(value)):
        if name.lower() in ("", "others", ","):
            continue
        if name.startswith("{") and _closing(name, 0) == len(name):
            # Braces around a whole name say: do not part it. Mostly a body's, not always.
            made.append({"name": latex.plain(name)})
            continue
        parts = [latex.plain(part).strip() for part in _split_comma(name)]
        if len(parts) > 1 and parts[0]:
            family = " ".join(part for part in (parts[0], *parts[1:-1]) if part)
            given = parts[-1]
            made.append({"name": ", ".join(p for p in (family, given) if p),
                         "familyName": family, "givenName": given})  # fmt: skip
        else:
            # Without a comma BibTeX takes the last word for the family's. That is right for
            # some of the region's names and wrong for more, so the name stays whole.
            made.append({"name": latex.plain(name).strip(" ,")})
    return made


def _split_and(value: str) -> list[str]:
    """The names between the `and`s that stand outside braces."""
    cuts, at, seen, depth = [], 0, 0, 0
    for found in _AND.finditer(value):
        since = value[seen : found.start()]
        depth += since.count("{") - since.count("}")
        seen = found.end()
        if depth == 0:
            cuts.append(value[at : found.start()])
            at = seen
    return [*cuts, value[at:]]


def _split_comma(name: str) -> list[str]:
    pieces, depth, start = [], 0, 0
    for at, sign in enumerate(name):
        depth += (sign == "{") - (sign == "}")
        if sign == "," and depth <= 0:
            pieces.append(name[start:at])
            start = at + 1
    return [*pieces, name[start:]]
