"""FGDC: the American standard for maps and images that came before ISO 19115.

Source: FGDC-STD-001-1998, Content Standard for Digital Geospatial Metadata (its short names).
"""

from __future__ import annotations

import re
from typing import Any, Final

from lxml import etree

from tonle.catalogue.crosswalks import datacite, xml
from tonle.catalogue.crosswalks.clean import Cleaner, partial_date
from tonle.catalogue.crosswalks.common import Notes, Parsed, Remark, digest, refused_file
from tonle.catalogue.crosswalks.keys import finish
from tonle.catalogue.crosswalks.works import stand_in
from tonle.catalogue.crosswalks.xml import below, content, line
from tonle.kernel.errors import N_

FORMAT: Final = "fgdc-xml"


def parse(data: bytes, name: str) -> Parsed:
    """One metadata record."""
    try:
        root = xml.parse(data, named_doctype=True)
    except xml.NotXml as error:
        return refused_file(FORMAT, data, name, error.remark)
    info = next(iter(below(root, "idinfo")), None)
    if info is None:
        return refused_file(
            FORMAT, data, name, Remark("", N_("The record does not say what it describes."))
        )
    notes = Notes()
    clean = Cleaner(notes)
    found = _properties(info, root)
    stand_in(found, clean, [])
    made = datacite.document(found, notes, format_name=FORMAT)
    return Parsed(FORMAT, (finish(made, notes, f"file:{name}", digest(data)),))


def _properties(info: etree._Element, root: etree._Element) -> dict[str, Any]:
    cited = next(iter(below(info, "citation", "citeinfo")), info)
    issued = _day(line(cited, "pubdate"))
    addresses = [content(e).strip() for e in below(cited, "onlink")]
    return {
        "identifiers": [{"identifier": a, "identifierType": "URL"} for a in addresses if a],
        "titles": [{"title": line(cited, "title")}],
        "types": {"resourceTypeGeneral": "Dataset", "resourceType": line(cited, "geoform")},
        "creators": [{"name": content(e)} for e in below(cited, "origin")],
        "contributors": [
            {"name": name, "contributorType": "ContactPerson"}
            for contact in below(info, "ptcontac", "cntinfo")
            for name in (line(contact, "cntperp", "cntper") or line(contact, "cntorgp", "cntorg"),)
            if name
        ],
        "publisher": line(cited, "pubinfo", "publish"),
        "publicationYear": issued[:4],
        "dates": [
            *([{"date": issued, "dateType": "Issued"}] if issued else []),
            *_coverage(info),
        ],
        "version": line(cited, "edition"),
        "descriptions": [
            {"description": line(info, "descript", "abstract"), "descriptionType": "Abstract"},
            {"description": line(info, "descript", "purpose"), "descriptionType": "Other"},
            {"description": line(info, "descript", "supplinf"), "descriptionType": "Other"},
        ],
        "subjects": [
            {"subject": content(word), "subjectScheme": _said(line(group, f"{kind}kt"))}
            for kind in ("theme", "place", "strat", "temp")
            for group in below(info, "keywords", kind)
            for word in below(group, f"{kind}key")
        ],
        "rightsList": [
            {"rights": text}
            for name in ("accconst", "useconst")
            if (text := _said(line(info, name)))
        ],
        "geoLocations": [
            {
                "geoLocationBox": {
                    "westBoundLongitude": line(box, "westbc"),
                    "eastBoundLongitude": line(box, "eastbc"),
                    "southBoundLatitude": line(box, "southbc"),
                    "northBoundLatitude": line(box, "northbc"),
                }
            }
            for box in below(info, "spdom", "bounding")
        ],
        "formats": [
            content(e)
            for e in below(root, "distinfo", "stdorder", "digform", "digtinfo", "formname")
        ],
    }


def _said(text: str) -> str:
    """The text, unless it is the standard's word for nothing."""
    return "" if text.lower().rstrip(".") in ("none", "unknown") else text


def _day(given: str) -> str:
    """`20071231`, `200712` and `2007`; words such as "Unpublished material" are no day."""
    if found := re.fullmatch(r"(\d{4})(\d{2})?(\d{2})?", given):
        given = "-".join(part for part in found.groups() if part)
    return given if partial_date(given) else ""


def _coverage(info: etree._Element) -> list[dict[str, str]]:
    made = []
    for time in below(info, "timeperd", "timeinfo"):
        for span in below(time, "rngdates"):
            ends = [_day(line(span, name)) for name in ("begdate", "enddate")]
            if any(ends):
                made.append({"date": "/".join(ends), "dateType": "Coverage"})
        for single in (*below(time, "sngdate"), *below(time, "mdattim", "sngdate")):
            if day := _day(line(single, "caldate")):
                made.append({"date": day, "dateType": "Coverage"})
    return made
