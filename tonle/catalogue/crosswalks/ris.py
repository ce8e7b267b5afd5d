"""RIS: two letters, a dash and a value on each line, from TY to ER.

Source: RIS Format Specifications (Research Information Systems, 2001 and 2011).
"""

from __future__ import annotations

import re
from typing import Any, Final

from tonle.catalogue.crosswalks import datacite
from tonle.catalogue.crosswalks.clean import Cleaner
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

FORMAT: Final = "ris"
MAX_RECORDS: Final = 5_000
_LINE = re.compile(r"([A-Z][A-Z0-9]) {1,2}-(?: (.*))?\Z")

_GENERAL: Final = {
    "ABST": "Text", "ADVS": "Audiovisual", "AGGR": "Dataset", "BLOG": "Text", "BOOK": "Book",
    "CHAP": "BookChapter", "COMP": "Software", "CONF": "ConferenceProceeding",
    "CPAPER": "ConferencePaper", "DATA": "Dataset", "DBASE": "Dataset", "EBOOK": "Book",
    "ECHAP": "BookChapter", "EDBOOK": "Book", "EJOUR": "JournalArticle", "ELEC": "Text",
    "FIGURE": "Image", "GEN": "Text", "INPR": "Preprint", "JFULL": "Journal",
    "JOUR": "JournalArticle", "MAP": "Image", "MGZN": "Text", "MULTI": "Audiovisual",
    "NEWS": "Text", "PAMP": "Text", "RPRT": "Report", "SLIDE": "Presentation", "SOUND": "Sound",
    "STAND": "Standard", "THES": "Dissertation", "UNPB": "Preprint", "VIDEO": "Audiovisual",
    "WEB": "Text",
}  # fmt: skip
# Tags of a library's own shelf, which say nothing of the work.
_SHELF: Final = frozenset(
    ["AV", "DB", "DP", "ET", "ID", "L1", "L2", "L3", "L4", "LB", "LK", "N1", "RI", "RN", "RP"]
)  # fmt: skip
Fields = dict[str, list[str]]


def parse(data: bytes, name: str) -> Parsed:
    """One reference, or a list of them."""
    entries = _entries(_text(data))
    if not entries:
        return refused_file(FORMAT, data, name, Remark("", N_("The file holds no citation.")))
    if len(entries) > MAX_RECORDS:
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
    return Parsed(
        FORMAT,
        tuple(
            _record(fields, f"file:{name}" if len(entries) == 1 else f"file:{name}#{number}")
            for number, fields in enumerate(entries, start=1)
        ),
    )


def _text(data: bytes) -> str:
    for encoding in ("utf-8-sig", "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    # Older exports are in a Windows code page; Latin-1 reads every byte and most letters.
    return data.decode("latin-1")


def _entries(text: str) -> list[Fields]:
    entries: list[Fields] = []
    fields: Fields | None = None
    tag = ""
    more: list[str] = []
    for line in [*text.splitlines(), "ER  - "]:
        found = _LINE.match(line.rstrip())
        if found is None:
            # A long value may go on in the next line.
            if fields is not None and tag and line.strip():
                more.append(line.strip())
            continue
        if more and fields is not None:
            fields[tag][-1] = "\n".join([fields[tag][-1], *more])
        more = []
        tag, value = found[1], (found[2] or "").strip()
        if tag == "TY":
            fields = {"TY": [value]}
            entries.append(fields)
        elif tag == "ER":
            fields, tag = None, ""
        elif fields is not None:
            fields.setdefault(tag, []).append(value)
    return entries


def _record(fields: Fields, key: str) -> ParsedRecord:
    notes = Notes()
    clean = Cleaner(notes)
    made = datacite.document(_properties(fields, clean), notes, format_name=FORMAT)
    quiet(notes)
    return finish(made, notes, key, digest(repr(sorted(fields.items())).encode()))


def _properties(fields: Fields, clean: Cleaner) -> dict[str, Any]:
    def one(*tags: str) -> str:
        return next((v for tag in tags for v in fields.get(tag, ()) if v), "")

    def many(*tags: str) -> list[str]:
        return [v for tag in tags for v in fields.get(tag, ()) if v]

    stated = one("TY").upper()
    general = _GENERAL.get(stated)
    if general is None:
        clean.notes.warn("TY", N_("%(value)s is not a known type; it became Other."), value=stated)
    issued = _day(one("DA")) or _day(one("PY", "Y1"))
    in_container = stated in ("CHAP", "CPAPER", "ECHAP", "EJOUR", "JOUR", "MGZN", "NEWS", "CONF")
    found: dict[str, Any] = {
        "titles": [
            {"title": one("TI", "T1", "CT", "BT")},
            *({"title": t, "titleType": "TranslatedTitle"} for t in many("TT")),
            *({"title": t, "titleType": "AlternativeTitle"} for t in many("ST")),
            *({"title": t, "titleType": "Subtitle"} for t in many("T2") if not in_container),
        ],
        "types": {"resourceTypeGeneral": general, "resourceType": one("M3")},
        "creators": [_person(name) for name in many("AU", "A1")],
        "contributors": [
            {**_person(name), "contributorType": role}
            for tags, role in (
                (("ED", "A3"), "Editor"),
                (("A4",), "Translator"),
                (("A2",), "Editor"),
            )
            for name in many(*tags)
        ],
        "publisher": one("PB"),
        "publicationYear": issued[:4],
        "dates": [{"date": issued, "dateType": "Issued"}] if issued else [],
        "descriptions": [{"description": one("AB", "N2"), "descriptionType": "Abstract"}],
        "subjects": [{"subject": word} for word in many("KW")],
        "language": one("LA"),
        "version": one("ET") if stated in ("COMP", "DATA") else "",
        "doi": one("DO"),
        "identifiers": [{"identifier": url, "identifierType": "URL"} for url in many("UR")],
    }
    if place := one("CY", "PP"):
        clean.notes.warn("CY", N_("There is no place for this; it was left out."), value=place)
    serial = one("SN")
    if serial and not iso_issn(serial):
        found["identifiers"].append({"identifier": serial, "identifierType": "ISBN"})
    start, end = one("SP"), one("EP")
    if start and not end:
        start, end = pages(start)
    found["relatedItems"] = container(
        title=one("T2", "JF", "JO", "JA", "BT") if in_container else one("JF", "JO", "T3"),
        volume=one("VL"),
        issue=one("IS"),
        first_page=start,
        last_page=end,
        issn=iso_issn(serial),
        general="Journal" if stated in ("JOUR", "EJOUR", "MGZN", "NEWS") else "Book",
    )
    lost = sorted(_SHELF & fields.keys() - ({"ET"} if found["version"] else set()))
    if lost:
        clean.notes.warn(
            ", ".join(lost), N_("These tags have no place in a record; they were left out.")
        )
    return found


def _person(name: str) -> dict[str, Any]:
    """`Family, Given, Suffix`; a name without a comma stays whole."""
    parts = [part.strip() for part in name.split(",")]
    if len(parts) == 1 or not parts[0]:
        return {"name": name.strip(" ,")}
    family = " ".join(part for part in (parts[0], *parts[2:]) if part)
    return {
        "name": ", ".join(part for part in (family, parts[1]) if part),
        "familyName": family,
        "givenName": parts[1],
    }


def _day(text: str) -> str:
    """`2018/4/25/other` as 2018-04-25."""
    return day_of_parts([part for part in text.split("/")[:3] if part.strip()]) if text else ""
