"""JATS, the front matter of an article: what it is, who wrote it, where it was published.

Text and references of the article are not read. Elsevier's exchange files, which carry the
same in Dublin Core and PRISM before the article, are read as well.
Source: NISO Z39.96 (JATS) 1.0 to 1.3, Article Authoring and Publishing; ConSyn documents.
"""

from __future__ import annotations

import re
from typing import Any, Final

from lxml import etree

from tonle.catalogue.crosswalks import datacite, xml
from tonle.catalogue.crosswalks.clean import Cleaner
from tonle.catalogue.crosswalks.common import Notes, Parsed, Remark, digest, refused_file
from tonle.catalogue.crosswalks.keys import finish
from tonle.catalogue.crosswalks.works import container, day_of_parts, iso_issn, quiet, stand_in
from tonle.catalogue.crosswalks.xml import attributes, below, children, content, line, local
from tonle.kernel.errors import N_

FORMAT: Final = "jats-xml"

_GENERAL: Final = {
    "abstract": "ConferencePaper",
    "addendum": "Text",
    "book-review": "Text",
    "case-report": "JournalArticle",
    "conference-report": "ConferencePaper",
    "correction": "Text",
    "data-paper": "DataPaper",
    "dissertation": "Dissertation",
    "editorial": "Text",
    "letter": "Text",
    "news": "Text",
    "obituary": "Text",
    "preprint": "Preprint",
    "retraction": "Text",
}
_DATES: Final = {
    "accepted": "Accepted",
    "received": "Submitted",
    "rev-recd": "Submitted",
    "pub": "Issued",
    "preprint": "Issued",
}
_RELATIONS: Final = {
    "commentary-article": "References",
    "companion": "References",
    "corrected-article": "IsSupplementTo",
    "preprint": "IsVersionOf",
    "retracted-article": "References",
}
_IDENTIFIERS: Final = {"pmid": "PMID", "pmcid": "PMCID", "arxiv": "arXiv", "pmc": "PMCID"}


def parse(data: bytes, name: str) -> Parsed:
    """One article."""
    try:
        root = xml.parse(data, named_doctype=True)
    except xml.NotXml as error:
        return refused_file(FORMAT, data, name, error.remark)
    described = below(root, "RDF", "Description")
    front = _front(root)
    if front is None and not described:
        return refused_file(
            FORMAT, data, name, Remark("", N_("The file holds no front matter of an article."))
        )
    notes = Notes()
    clean = Cleaner(notes)
    found = _properties(front) if front is not None else _exchanged(described[0])
    stand_in(found, clean, [])
    made = datacite.document(found, notes, format_name=FORMAT)
    quiet(notes)
    return Parsed(FORMAT, (finish(made, notes, f"file:{name}", digest(data)),))


def _front(root: etree._Element) -> etree._Element | None:
    article = root if local(root) == "article" else None
    if article is None:
        # A page of a repository wraps articles; the first is the one.
        article = next((e for e in root.iter() if local(e) == "article"), None)
    if article is None:
        return None
    return next((f for f in children(article, "front") if below(f, "article-meta")), None)


def _properties(front: etree._Element) -> dict[str, Any]:
    meta = below(front, "article-meta")[0]
    journal = next(iter(below(front, "journal-meta")), front)
    parent = front.getparent()
    article = attributes(parent) if parent is not None else {}
    stated = article.get("article-type", "")
    language = article.get("lang")
    groups = {e.get("id", ""): _affiliation(e) for e in meta.iter() if local(e) == "aff"}
    people = _people(meta, groups)
    dates = _dates(meta)
    issued = sorted(d["date"] for d in dates if d["dateType"] == "Issued")
    return {
        "identifiers": _identifiers(meta),
        "titles": _titles(meta, language),
        "types": {"resourceTypeGeneral": _GENERAL.get(stated, "JournalArticle"),
                  "resourceType": stated},
        "creators": [one for one in people if "contributorType" not in one],
        "contributors": [one for one in people if "contributorType" in one],
        "publisher": line(journal, "publisher", "publisher-name"),
        "publicationYear": issued[0][:4] if issued else "",
        "dates": dates,
        "language": language,
        "descriptions": [
            {
                "description": _abstract(abstract),
                "descriptionType": "Abstract",
                "lang": attributes(abstract).get("lang") or language,
            }
            for abstract in (*below(meta, "abstract"), *below(meta, "trans-abstract"))
        ],
        "subjects": [
            {"subject": _plain(word), "lang": attributes(group).get("lang") or language}
            for group in below(meta, "kwd-group")
            for word in (*below(group, "kwd"), *below(group, "compound-kwd"))
        ],
        "rightsList": _rights(meta),
        "fundingReferences": _funding(meta),
        "relatedIdentifiers": _relations(meta),
        "relatedItems": container(
            title=line(journal, "journal-title-group", "journal-title")
            or line(journal, "journal-title"),
            volume=line(meta, "volume"),
            issue=line(meta, "issue"),
            first_page=line(meta, "fpage") or line(meta, "elocation-id"),
            last_page=line(meta, "lpage"),
            issn=next((n for e in below(journal, "issn") if (n := iso_issn(content(e)))), ""),
            general="Journal",
        ),
    }  # fmt: skip


def _plain(element: etree._Element) -> str:
    """Text with each formula once: as mathematics, not also as TeX, and without footnotes."""
    parts: list[str] = []
    hidden: etree._Element | None = None
    for event, node in etree.iterwalk(element, events=("start", "end")):
        if hidden is None and node is not element and local(node) in _SAID_TWICE:
            hidden = node
        if event == "start" and hidden is None:
            parts.append(node.text or "")
        elif event == "end":
            if hidden is node:
                hidden = None
            if hidden is None and node is not element:
                parts.append(node.tail or "")
    return " ".join("".join(parts).split())


_SAID_TWICE: Final = frozenset(("tex-math", "annotation", "fn", "xref", "graphic", "label", "fig"))


def _abstract(abstract: etree._Element) -> str:
    blocks = [e for e in abstract.iter() if local(e) in ("p", "title", "simple-para")]
    kept = []
    for block in blocks:
        inside = {local(e) for e in block.iterancestors()}
        if "fig" not in inside and (text := _plain(block)) and not xml.HEADING.match(text):
            kept.append(text)
    return "\n\n".join(kept) or _plain(abstract)


def _titles(meta: etree._Element, language: str | None) -> list[dict[str, Any]]:
    made = [
        {"title": _plain(e), "lang": attributes(e).get("lang") or language}
        for e in below(meta, "title-group", "article-title")
    ]
    made += [
        {"title": _plain(e), "titleType": "Subtitle", "lang": attributes(e).get("lang") or language}
        for e in below(meta, "title-group", "subtitle")
    ]
    for group in below(meta, "title-group", "trans-title-group"):
        said = attributes(group).get("lang")
        made += [
            {
                "title": _plain(e),
                "titleType": "TranslatedTitle",
                "lang": attributes(e).get("lang") or said,
            }
            for e in below(group, "trans-title")
        ]
    return made


def _people(meta: etree._Element, groups: dict[str, str]) -> list[dict[str, Any]]:
    made = []
    for group in below(meta, "contrib-group"):
        shared = [_affiliation(e) for e in below(group, "aff") if not e.get("id")]
        for contrib in below(group, "contrib"):
            person = _person(contrib, groups, shared)
            kind = attributes(contrib).get("contrib-type") or attributes(group).get("content-type")
            if kind and "author" not in kind and kind != "collab":
                person["contributorType"] = "Editor" if "editor" in kind else "Other"
            if person["name"]:
                made.append(person)
    return made


def _person(contrib: etree._Element, groups: dict[str, str], shared: list[str]) -> dict[str, Any]:
    names = [*below(contrib, "name"), *below(contrib, "name-alternatives", "name")]
    first = next(iter(names), None)
    if first is not None:
        given, family = line(first, "given-names"), line(first, "surname")
        if suffix := line(first, "suffix"):
            family = f"{family} {suffix}"
        # Written as it is said, where the family comes first and no comma stands between.
        eastern = attributes(first).get("name-style") == "eastern"
        between = " " if eastern and not (given + family).isascii() else ", "
        made: dict[str, Any] = {
            "name": between.join(part for part in (family, given) if part),
            "givenName": given,
            "familyName": family,
            "nameType": "Personal",
            "lang": attributes(first).get("lang"),
        }
    else:
        whole = next((w for n in _BODIES if (w := _body(contrib, n))), "")
        made = {"name": whole, "nameType": "Organizational"}
        if text := line(contrib, "string-name"):
            made = {"name": text, "nameType": "Personal"}
    made["nameIdentifiers"] = [
        {
            "nameIdentifier": content(e).strip(),
            "nameIdentifierScheme": attributes(e).get("contrib-id-type", ""),
        }
        for e in below(contrib, "contrib-id")
    ]
    named = [
        groups.get(one, "")
        for e in below(contrib, "xref")
        if attributes(e).get("ref-type") == "aff"
        for one in (attributes(e).get("rid") or "").split()
    ]
    own = [_affiliation(e) for e in below(contrib, "aff")]
    made["affiliation"] = [place for place in (*own, *(named or shared)) if place]
    return made


_BODIES: Final = ("collab", "collab-name", "on-behalf-of", "institution")


def _body(contrib: etree._Element, name: str) -> str:
    """A collaboration's name, without the list of those who are in it."""
    element = next(iter(below(contrib, name)), None)
    if element is None:
        return ""
    inner = line(element, "institution") or line(element, "named-content")
    own = " ".join((element.text or "").split())
    return own or inner or line(element)


def _affiliation(element: etree._Element) -> str:
    """An institution in one line, without its label, address and ways to reach it."""
    institutions = [content(e) for e in element.iter() if local(e) == "institution"]
    parts = institutions
    if not parts:
        pieces = [element.text or ""]
        for child in children(element):
            if local(child) not in _NO_PLACE:
                pieces.append(content(child))
            pieces.append(child.tail or "")
        parts = ["".join(pieces)]
    country = line(element, "country") if institutions else ""
    joined = ", ".join(" ".join(p.split()).strip(" ,;") for p in (*parts, country) if p.strip())
    return re.sub(r"\s+([,;])", r"\1", joined).strip(" ,;")


_NO_PLACE: Final = frozenset(
    ("label", "email", "institution-id", "phone", "fax", "uri", "ext-link", "sup")
)


def _identifiers(meta: etree._Element) -> list[dict[str, str]]:
    made = []
    for element in below(meta, "article-id"):
        kind = (attributes(element).get("pub-id-type") or "").lower()
        if kind == "doi" or kind in _IDENTIFIERS:
            label = _IDENTIFIERS.get(kind, "DOI")
            made.append({"identifier": content(element).strip(), "identifierType": label})
    for element in below(meta, "self-uri"):
        address = attributes(element).get("href", "")
        if address.startswith(("http://", "https://")):
            made.append({"identifier": address, "identifierType": "URL"})
    return made


def _dates(meta: etree._Element) -> list[dict[str, str]]:
    made: dict[str, list[str]] = {}
    stated = [(e, "Issued") for e in below(meta, "pub-date")]
    stated += [
        (e, _DATES.get(attributes(e).get("date-type", ""), ""))
        for e in (*below(meta, "history", "date"), *below(meta, "pub-history", "event", "date"))
    ]
    for element, kind in stated:
        parts = [line(element, part) for part in ("year", "month", "day")]
        day = day_of_parts(parts if parts[0] else _iso_parts(element))
        if kind and re.match(r"\d{4}", day):
            made.setdefault(kind, []).append(day)
    # In print, online, in a collection: the earliest is the day it was issued.
    return [{"date": min(days), "dateType": kind} for kind, days in made.items()]


def _iso_parts(element: etree._Element) -> list[str]:
    """The date attribute in pieces: some write 2025-6-23."""
    return (attributes(element).get("iso-8601-date") or "").split("T")[0].split("-")


def _rights(meta: etree._Element) -> list[dict[str, Any]]:
    made = []
    for element in below(meta, "permissions", "license"):
        refs = [content(e).strip() for e in element.iter() if local(e) == "license_ref"]
        linked = [
            attributes(e).get("href", "")
            for e in element.iter()
            if local(e) == "ext-link" and "licen" in attributes(e).get("href", "")
        ]
        address = next((a for a in (attributes(element).get("href"), *refs, *linked) if a), "")
        made.append({"rights": xml.paragraphs(element), "rightsUri": address})
    for statement in below(meta, "permissions", "copyright-statement"):
        made.append({"rights": content(statement), "rightsUri": ""})
    return made


def _funding(meta: etree._Element) -> list[dict[str, Any]]:
    made = []
    for award in below(meta, "funding-group", "award-group"):
        sources = below(award, "funding-source")
        numbers = [" ".join(content(e).split()) for e in below(award, "award-id")] or [""]
        for source in sources:
            wrapped = next(iter(below(source, "institution-wrap")), source)
            identifier = next(iter(below(wrapped, "institution-id")), None)
            given = "" if identifier is None else content(identifier).strip()
            name = line(wrapped, "institution") or line(source, "named-content") or line(source)
            for number in numbers:
                made.append(
                    {
                        "funderName": name,
                        "funderIdentifier": given,
                        "funderIdentifierType": "Crossref Funder ID" if "10.13039" in given else "",
                        "awardNumber": number,
                    }
                )
    return made


def _relations(meta: etree._Element) -> list[dict[str, Any]]:
    made = []
    for element in below(meta, "related-article"):
        given = attributes(element)
        kind = (given.get("ext-link-type") or "").lower()
        if given.get("href"):
            made.append(
                {
                    "relatedIdentifier": given["href"],
                    "relatedIdentifierType": "DOI" if kind == "doi" else "",
                    "relationType": _RELATIONS.get(
                        given.get("related-article-type", ""), "References"
                    ),
                }
            )
    return made


# --- Elsevier's exchange files ------------------------------------------------------------------


def _exchanged(described: etree._Element) -> dict[str, Any]:
    days = sorted(content(e).strip()[:10] for e in _named(described, "availableOnline"))
    cover = sorted(content(e).strip() for e in _named(described, "coverDisplayDate"))
    shown = re.search(r"\b(\d{4})\b", " ".join(cover))
    dates = [{"date": days[0], "dateType": "Issued"}] if days and days[0] else []
    licences = [content(e).strip() for e in _named(described, "userLicense")]
    return {
        "doi": line(described, "doi") or line(described, "identifier"),
        "url": line(described, "url"),
        "titles": [{"title": line(described, "title")}],
        "types": {"resourceTypeGeneral": "JournalArticle"},
        "creators": [
            {"name": content(e), **({"nameType": "Organizational"} if _is_body(e) else {})}
            for e in below(described, "creator")
        ],
        "publisher": line(described, "publisher"),
        "publicationYear": shown[1] if shown else days[0][:4] if days else "",
        "dates": dates,
        "descriptions": [
            {"description": content(e), "descriptionType": "Abstract"}
            for e in _abstracts(described)
        ],
        "subjects": [{"subject": content(e)} for e in below(described, "subject", "Bag", "li")],
        "rightsList": [{"rightsUri": address} for address in dict.fromkeys(licences)],
        "fundingReferences": [],
        "relatedItems": container(
            title=line(described, "publicationName"),
            volume=line(described, "volume"),
            issue=line(described, "number"),
            first_page=line(described, "startingPage") or line(described, "articleNumber"),
            last_page=line(described, "endingPage"),
            issn=iso_issn(line(described, "issn")),
            general="Journal",
        ),
    }


def _named(element: etree._Element, name: str) -> list[etree._Element]:
    return [e for e in element.iter() if local(e) == name]


def _is_body(element: etree._Element) -> bool:
    return bool(re.search(r"\b[Cc]ollaboration\b", content(element)))


def _abstracts(described: etree._Element) -> list[etree._Element]:
    """The abstract in the article behind the description; `dct:description` names the journal."""
    tree = described.getroottree().getroot()
    heads = [e for e in tree.iter() if local(e) == "head"]
    found = [e for head in heads[:1] for e in children(head, "abstract")]
    return [p for e in found for p in e.iter() if local(p) == "abstract-sec"]
