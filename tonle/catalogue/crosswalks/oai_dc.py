"""Recorded OAI-PMH answers, with Dublin Core or DataCite inside, and bare oai_dc documents.

Dublin Core is fifteen words without grammar, so each is read for what it says plainly: the
tables below are declared and documented in docs/reference/import-formats.md.
Source: OAI-PMH 2.0; Dublin Core Metadata Element Set 1.1; OpenAIRE Guidelines for
Literature Repositories 3.0 (info:eu-repo terms).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final
from urllib.parse import unquote

from lxml import etree

from tonle.catalogue.crosswalks import datacite, datacite_xml, kinds, xml
from tonle.catalogue.crosswalks.agents import agents
from tonle.catalogue.crosswalks.answering import demand_somebody
from tonle.catalogue.crosswalks.clean import Cleaner, partial_date, unique, year
from tonle.catalogue.crosswalks.common import (
    Document,
    Notes,
    Parsed,
    ParsedRecord,
    Remark,
    digest,
    refused_file,
)
from tonle.catalogue.crosswalks.identifiers import identifier_of, work_identifier
from tonle.catalogue.crosswalks.keys import key_of
from tonle.catalogue.crosswalks.xml import attributes, children, content, local, namespace
from tonle.kernel.errors import N_

FORMAT: Final = "oai-pmh"
DC_FORMAT: Final = "oai-dc"
_OAI: Final = "http://www.openarchives.org/OAI/2.0/"
_DC: Final = frozenset(
    (
        "http://purl.org/dc/elements/1.1/",
        "http://purl.org/dc/terms/",
        "http://purl.org/dc/elements/1.0/",
    )
)
# oai_dc, its qualified kin, csw:Record and its shorter forms, Dublin Core terms of Dataverse.
_ENVELOPES: Final = frozenset(
    (
        "briefrecord", "dc", "dcds", "metadata", "oai_dc", "oai_qdc", "qdc", "qualifieddc",
        "record", "simpledc", "srw_dc", "summaryrecord",
    )
)  # fmt: skip
_EMBARGO_END = re.compile(r"info:eu-repo/date/embargoEnd/(\d{4}-\d{2}-\d{2})\Z")
_EU_REPO = re.compile(r"info:eu-repo/semantics/(altIdentifier|dataset|reference)/(\w{1,20})/(.+)")
_GRANT = re.compile(r"info:eu-repo/grantAgreement/([^/]*)/([^/]*)/([^/]*)(?:/([^/]*)/([^/]*))?")

# What the protocol's error codes mean to somebody who has the answer before them.
_ERRORS: Final = {
    "badArgument": N_("the request had a missing, repeated or illegal argument"),
    "badResumptionToken": N_("the resumption token was invalid or had expired"),
    "badVerb": N_("the request had no verb, or an unknown one"),
    "cannotDisseminateFormat": N_("the repository does not offer that metadata format"),
    "idDoesNotExist": N_("the repository has no item under that identifier"),
    "noMetadataFormats": N_("there is no metadata format for that item"),
    "noRecordsMatch": N_("no record matched the request"),
    "noSetHierarchy": N_("the repository has no sets"),
}


def parse(data: bytes, name: str) -> Parsed:
    """One recorded answer, or one bare oai_dc document."""
    try:
        root = xml.parse(data)
    except xml.NotXml as error:
        return refused_file(FORMAT, data, name, error.remark)
    if is_dublin_core(root):
        return Parsed(DC_FORMAT, (_dublin_core(root, None, f"file:{name}", DC_FORMAT),))
    if local(root) == "record" and children(root, "header"):
        return _records([root], name)
    if local(root) != "OAI-PMH":
        return refused_file(
            FORMAT,
            data,
            name,
            Remark("", N_("The file is no OAI-PMH answer and no oai_dc record.")),
        )
    errors = children(root, "error")
    if errors:
        return _errors(errors, data, name)
    for verb in ("ListRecords", "GetRecord"):
        for answer in children(root, verb):
            return _records(children(answer, "record"), name)
    verbs = [
        local(child) for child in children(root) if local(child) not in ("responseDate", "request")
    ]
    deleted = tuple(
        key
        for answer in children(root, "ListIdentifiers")
        for header in children(answer, "header")
        if attributes(header).get("status") == "deleted" and (key := _oai_identifier(header))
    )
    return Parsed(
        FORMAT,
        (),
        deleted,
        Remark(
            "",
            N_("This is an answer to %(verb)s, which holds no metadata records."),
            {"verb": verbs[0][:40] if verbs else "?"},
        ),
    )


def _errors(errors: list[etree._Element], data: bytes, name: str) -> Parsed:
    remarks = []
    for error in errors[:20]:
        code = (attributes(error).get("code") or "?")[:60]
        said = " ".join(content(error).split())[:300]
        remarks.append(
            Remark(
                "",
                N_("The repository answered with the error %(code)s: %(meaning)s. %(said)s"),
                {
                    "code": code,
                    "meaning": _ERRORS.get(code, N_("an error of its own")),
                    "said": said,
                },
            )
        )
    if all(attributes(error).get("code") == "noRecordsMatch" for error in errors):
        # Nothing went wrong: there was nothing to send.
        return Parsed(FORMAT, (), (), remarks[0])
    return refused_file(FORMAT, data, name, *remarks)


def _oai_identifier(header: etree._Element) -> str:
    found = next((" ".join(content(e).split()) for e in children(header, "identifier")), "")
    if not found or len(found) > 2000:
        return ""
    return found if found.startswith("oai:") else f"oai:{found}"


def _records(records: list[etree._Element], name: str) -> Parsed:
    made: list[ParsedRecord] = []
    deleted: list[str] = []
    for number, record in enumerate(records, start=1):
        header = next(iter(children(record, "header")), None)
        key = "" if header is None else _oai_identifier(header)
        if header is not None and attributes(header).get("status") == "deleted":
            if key:
                deleted.append(key)
            continue
        made.append(_record(record, key or f"file:{name}#{number}"))
    remark = None if made else Remark("", N_("The answer holds no record that is not deleted."))
    return Parsed(FORMAT, tuple(made), tuple(deleted), remark)


def _record(record: etree._Element, key: str) -> ParsedRecord:
    payloads = [p for metadata in children(record, "metadata") for p in children(metadata)]
    if not payloads:
        notes = Notes()
        notes.refuse("metadata", N_("The record has no metadata."))
        return notes.record(key, {}, digest(xml.canonical(record)))
    payload = payloads[0]
    if is_dublin_core(payload):
        sets = [
            content(spec) for header in children(record, "header")
            for spec in children(header, "setSpec")
        ]  # fmt: skip
        return _dublin_core(payload, key, key, FORMAT, sets)
    resource = _resource(payload)
    if resource is not None:
        notes = Notes()
        made = datacite.document(
            datacite_xml.properties(resource),
            notes,
            format_name=FORMAT,
            people=datacite.People.CREATORS,
        )
        return _finish(datacite.led(made), notes, key, digest(xml.canonical(resource)))
    notes = Notes()
    notes.refuse(
        "metadata",
        N_("The metadata format %(format)s is not read yet; ask for oai_dc or datacite."),
        format=(namespace(payload) or local(payload))[:200],
    )
    return notes.record(key, {}, digest(xml.canonical(payload)))


def _resource(payload: etree._Element) -> etree._Element | None:
    """The DataCite resource: the payload itself, or inside DataCite's own envelope."""
    if datacite_xml.is_resource(payload):
        return payload
    if local(payload) == "oai_datacite":
        for wrapper in children(payload, "payload"):
            for inner in children(wrapper):
                if datacite_xml.is_resource(inner):
                    return inner
    return None


def _finish(made: Document, notes: Notes, key: str, received: str) -> ParsedRecord:
    """The record under the name its repository harvests it by, else its DOI."""
    if not key.startswith("oai:"):
        key = key_of(made, key)
    made["source"] = {**made["source"], "key": key, "received_sha256": received}
    return notes.record(key, made, received)


def is_dublin_core(element: etree._Element) -> bool:
    """Whether Dublin Core stands directly in the element: in one of its known envelopes."""
    if local(element).lower() not in _ENVELOPES:
        return False
    return any(namespace(child) in _DC for child in children(element))


# ---- Dublin Core ----------------------------------------------------------------------------


def _dublin_core(
    element: etree._Element,
    key: str | None,
    fallback_key: str,
    format_name: str,
    sets: Sequence[str] = (),
) -> ParsedRecord:
    notes = Notes()
    clean = Cleaner(notes)
    values: dict[str, list[tuple[str, str]]] = {}
    for child in children(element):
        if namespace(child) in _DC:
            given = attributes(child).get("lang") or ""
            values.setdefault(local(child), []).append((content(child), given))
    made: Document = {}
    _dc_type(values, sets, clean, made)
    _dc_titles(values, clean, made)
    made["creators"] = agents(
        [{"name": text, "lang": lang} for text, lang in values.get("creator", ())],
        clean, "creator", contributors=False,
    )  # fmt: skip
    made["contributors"] = agents(
        [
            {"name": text, "lang": lang, "contributorType": "Other"}
            for text, lang in values.get("contributor", ())
        ],
        clean, "contributor", contributors=True,
    )  # fmt: skip
    publishers = [clean.line(text, "publisher") for text, _ in values.get("publisher", ())]
    publishers = [publisher for publisher in unique(publishers) if publisher]
    if len(publishers) > 1:
        notes.warn("publisher", N_("There are several publishers; the first was kept."))
    if publishers:
        made["publisher"] = {"name": publishers[0]}
    demand_somebody(made, notes, "creator")
    _dc_dates(values, clean, made)
    made["descriptions"] = _dc_texts(values, clean)
    made["subjects"] = clean.bounded(
        unique(
            {"text": {clean.language(lang, "subject"): text}}
            for given, lang in values.get("subject", ())
            if (text := clean.line(given, "subject"))
        ), 2000, "subject",
    )  # fmt: skip
    languages = (
        clean.language(text, "language")
        for given, _ in values.get("language", ())
        if (text := clean.line(given, "language", 100)) and text.lower() not in ("other", "none")
    )
    made["languages"] = [tag for tag in unique(languages) if tag != "und"]
    made["rights"] = _dc_rights(values, clean)
    _dc_identifiers(values, clean, made)
    _dc_relations(values, clean, made)
    places = [
        {"place": {clean.language(lang, "coverage"): text}}
        for given, lang in values.get("coverage", ())
        if (text := clean.line(given, "coverage", 4000)) and partial_date(text) is None
    ]
    made["geo_locations"] = clean.bounded(unique(places), 2000, "coverage")
    formats = (clean.line(given, "format", 500) for given, _ in values.get("format", ()))
    made["formats"] = clean.bounded([text for text in unique(formats) if text], 500, "format")
    made["access"] = {"level": "metadata_only"}
    made["source"] = {"format": format_name}
    made = {name: value for name, value in made.items() if value not in ([], {})}
    return _finish(datacite.led(made), notes, key or fallback_key, digest(xml.canonical(element)))


def _dc_type(
    values: dict[str, list[tuple[str, str]]],
    sets: Sequence[str],
    clean: Cleaner,
    made: Document,
) -> None:
    """The most telling of the types: article tells more than text, and other tells nothing.

    sets: where no type tells, a set of the repository that is named like a type does
    (Zenodo has everything but papers as `other`, and a set called `software`).
    """
    words = [
        text for given, _ in values.get("type", ()) if (text := clean.line(given, "type", 500))
    ]
    known = [general for word in words if (general := kinds.general_of_word(word))]
    telling = [general for general in known if general not in ("Text", "Other")]
    if not telling:
        telling = [general for name in sets if (general := kinds.general_type(name))]
    general = (telling or known or ["Text"])[0]
    if not telling and not known:
        clean.notes.warn("type", N_("No known type is given; the record was taken for a text."))
    made["kind"] = kinds.KIND_OF_GENERAL[general]
    made["resource_type"] = {"general": general}
    if words:
        made["resource_type"]["text"] = words[0]


def _dc_titles(values: dict[str, list[tuple[str, str]]], clean: Cleaner, made: Document) -> None:
    titles: dict[str, str] = {}
    others = []
    for name in ("title", "alternative"):
        for given, lang in values.get(name, ()):
            text = clean.line(given, name, 4000)
            if not text:
                continue
            language = clean.language(lang, "title")
            if name == "title" and language not in titles:
                titles[language] = text
            elif text not in titles.values():
                others.append({"type": "AlternativeTitle", "text": {language: text}})
    if not titles:
        clean.notes.refuse("title", N_("There is no title."))
    made["titles"] = titles
    made["other_titles"] = clean.bounded(unique(others), 200, "title")


def _dc_dates(values: dict[str, list[tuple[str, str]]], clean: Cleaner, made: Document) -> None:
    """Dublin Core does not say which date is which: the earliest year is the publication's."""
    dates = []
    for given, _ in values.get("date", ()):
        text = clean.line(given, "date", 200)
        if embargo := _EMBARGO_END.match(text):
            dates.append({"type": "Available", "date": embargo.group(1)})
            continue
        if not text:
            continue
        value = partial_date(text)
        if value is None:
            clean.notes.warn(
                "date", N_("%(value)s is not a date; it was left out."), value=text[:80]
            )
        else:
            dates.append({"type": "Issued", "date": value})
    made["dates"] = clean.bounded(unique(dates), 200, "date")
    years = [found for one in dates if one["type"] == "Issued" and (found := year(one["date"]))]
    if years:
        made["publication_year"] = min(years)
    else:
        clean.notes.warn("date", N_("No year of publication is given."))


def _dc_texts(values: dict[str, list[tuple[str, str]]], clean: Cleaner) -> list[Any]:
    made: list[dict[str, Any]] = []
    for name, kind in (
        ("abstract", "Abstract"),
        ("description", "Abstract"),
        ("tableOfContents", "TableOfContents"),
    ):
        for given, lang in values.get(name, ()):
            text = clean.prose(given, name)
            if text:
                made.append({"type": kind, "text": {clean.language(lang, name): text}})
    for given, lang in values.get("source", ()):
        # dc:source names the journal or collection it stands in, or an address.
        text = clean.prose(given, "source")
        if text and identifier_of(text, "") is None:
            made.append(
                {"type": "SeriesInformation", "text": {clean.language(lang, "source"): text}}
            )
    return clean.bounded(unique(made), 100, "description")


def _dc_rights(values: dict[str, list[tuple[str, str]]], clean: Cleaner) -> list[Any]:
    """Rights; an address and a name of one licence, as repositories send them, are one entry."""
    made: list[dict[str, Any]] = []
    by_licence: dict[str, dict[str, Any]] = {}
    for given, lang in [*values.get("rights", ()), *values.get("license", ())]:
        text = clean.prose(given, "rights", 20_000)
        if not text:
            continue
        is_address = text.startswith(("http://", "https://", "info:")) and " " not in text
        one = datacite.rights_entry(
            "" if is_address else text, text if is_address else "", "",
            clean.language(lang, "rights"),
        )  # fmt: skip
        licence = one.get("identifier")
        if licence and licence in by_licence:
            for key, value in one.items():
                by_licence[licence].setdefault(key, value)
            continue
        if licence:
            by_licence[licence] = one
        made.append(one)
    return clean.bounded(unique(made), 50, "rights")


def _dc_identifiers(
    values: dict[str, list[tuple[str, str]]], clean: Cleaner, made: Document
) -> None:
    pids: list[dict[str, str]] = []
    alternate = []
    for given, _ in values.get("identifier", ()):
        text = clean.code(given, "identifier", 4000)
        if not text:
            continue
        found = None if text.startswith("oai:") else work_identifier(text, "")
        if found is not None and not any(p["scheme"] == found["scheme"] for p in pids):
            pids.append(found)
        else:
            told = identifier_of(text, "")
            kind = "OAI" if text.startswith("oai:") else told["scheme"].upper() if told else "Other"
            alternate.append({"type": kind, "value": told["value"] if told else text})
    made["pids"] = clean.bounded(unique(pids), 50, "identifier")
    made["alternate_identifiers"] = clean.bounded(unique(alternate), 500, "identifier")


def _dc_relations(values: dict[str, list[tuple[str, str]]], clean: Cleaner, made: Document) -> None:
    """Relations: addresses and identifiers as `References`, grants as funding, the rest as text."""
    relations = []
    funding = []
    for name, relation in (
        ("relation", "References"), ("source", "IsDerivedFrom"), ("references", "References"),
        ("isPartOf", "IsPartOf"), ("hasPart", "HasPart"), ("isVersionOf", "IsVersionOf"),
        ("hasVersion", "HasVersion"), ("isReferencedBy", "IsReferencedBy"),
        ("requires", "Requires"), ("isRequiredBy", "IsRequiredBy"),
    ):  # fmt: skip
        for given, lang in values.get(name, ()):
            text = clean.code(given, name, 4000)
            if not text:
                continue
            if grant := _GRANT.match(text):
                funding.append(_grant(grant, clean))
                continue
            if stated := _EU_REPO.match(text):
                meaning = "IsIdenticalTo" if stated[1] == "altIdentifier" else "References"
                target = identifier_of(stated[3], stated[2])
            else:
                meaning, target = relation, identifier_of(text, "")
            if target is not None:
                relations.append({"type": meaning, "target": target})
            elif name != "source" and text.strip("; "):
                made.setdefault("descriptions", []).append(
                    {
                        "type": "SeriesInformation",
                        "text": {clean.language(lang, name): text.strip("; ")},
                    }
                )
    made["descriptions"] = clean.bounded(unique(made.get("descriptions", [])), 100, "relation")
    made["relations"] = clean.bounded(unique(relations), 10_000, "relation")
    made["funding_references"] = clean.bounded(
        [one for one in unique(funding) if one], 500, "relation"
    )


def _grant(grant: re.Match[str], clean: Cleaner) -> dict[str, Any]:
    # A slash or a blank within a part comes escaped.
    parts = (unquote(part or "") for part in grant.groups())
    funder, _, number, _, title = (clean.line(part, "relation", 500) for part in parts)
    if not funder:
        return {}
    made: dict[str, Any] = {"funder_name": funder}
    if number:
        made["award_number"] = number
    if title:
        made["award_title"] = {"und": title}
    return made
