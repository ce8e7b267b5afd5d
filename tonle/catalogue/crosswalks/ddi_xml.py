"""DDI Codebook: the study that a codebook describes; its variables are not read.

Source: DDI Codebook 2.0 to 2.5 (element names are the same since 1.2), as Dataverse, NADA
and Nesstar write it.
"""

from __future__ import annotations

import re
from typing import Any, Final

from lxml import etree

from tonle.catalogue.crosswalks import datacite, xml
from tonle.catalogue.crosswalks.clean import Cleaner, partial_date
from tonle.catalogue.crosswalks.common import Notes, Parsed, Remark, digest, refused_file
from tonle.catalogue.crosswalks.identifiers import identifier_of
from tonle.catalogue.crosswalks.keys import finish
from tonle.catalogue.crosswalks.works import stand_in
from tonle.catalogue.crosswalks.xml import attributes, below, content, line, local
from tonle.kernel.errors import N_

FORMAT: Final = "ddi-xml"

_ROLES: Final = {
    "datacollector": "DataCollector",
    "datacurator": "DataCurator",
    "datamanager": "DataManager",
    "editor": "Editor",
    "funder": "Sponsor",
    "hostinginstitution": "HostingInstitution",
    "projectleader": "ProjectLeader",
    "projectmanager": "ProjectManager",
    "projectmember": "ProjectMember",
    "relatedperson": "RelatedPerson",
    "researcher": "Researcher",
    "researchgroup": "ResearchGroup",
    "rightsholder": "RightsHolder",
    "sponsor": "Sponsor",
    "supervisor": "Supervisor",
    "workpackageleader": "WorkPackageLeader",
}


def parse(data: bytes, name: str) -> Parsed:
    """One codebook."""
    try:
        root = xml.parse(data)
    except xml.NotXml as error:
        return refused_file(FORMAT, data, name, error.remark)
    study = next((e for e in root.iter() if local(e) == "stdyDscr"), None)
    if study is None:
        return refused_file(
            FORMAT,
            data,
            name,
            Remark("", N_("The codebook describes variables and no study they belong to.")),
        )
    notes = Notes()
    clean = Cleaner(notes)
    found = _properties(study, root)
    producers = [one for one in found["contributors"] if one["contributorType"] == "Producer"]
    stand_in(found, clean, producers)
    made = datacite.document(found, notes, format_name=FORMAT)
    return Parsed(FORMAT, (finish(made, notes, f"file:{name}", digest(data)),))


def _properties(study: etree._Element, root: etree._Element) -> dict[str, Any]:
    cited = next(iter(below(study, "citation")), study)
    book = next(iter(below(root, "docDscr", "citation")), cited)
    info = next(iter(below(study, "stdyInfo")), study)
    summary = next(iter(below(info, "sumDscr")), info)
    language = attributes(root).get("lang")
    issued = _day(cited, "distStmt", "distDate") or _day(book, "distStmt", "distDate")
    version = next(
        (v for holder in (cited, study, book) for v in below(holder, "verStmt", "version")), None
    )
    version_day = "" if version is None else attributes(version).get("date") or ""
    issued = issued or (version_day if partial_date(version_day) else "")
    produced = _day(cited, "prodStmt", "prodDate")
    return {
        "identifiers": [_identifier(e) for e in below(cited, "titlStmt", "IDNo")],
        "url": next((attributes(e).get("URI") for e in below(cited, "holdings")), None),
        "titles": _titles(cited, language),
        "types": {
            "resourceTypeGeneral": "Dataset",
            "resourceType": line(summary, "dataKind"),
        },
        "creators": [_agent(e) for e in below(cited, "rspStmt", "AuthEnty")],
        "contributors": _contributors(cited),
        "publisher": [
            {"name": content(e)}
            for holder in (cited, book)
            for e in below(holder, "distStmt", "distrbtr")[:1]
        ][:1],
        "publicationYear": (issued or produced)[:4],
        "dates": _dates(cited, summary, issued, produced),
        "version": "" if version is None else content(version),
        "descriptions": _descriptions(cited, study, info, language),
        "subjects": _subjects(info),
        "rightsList": _rights(study),
        "geoLocations": _places(summary),
        "fundingReferences": [
            {"funderName": attributes(e).get("agency"), "awardNumber": content(e)}
            for e in below(cited, "prodStmt", "grantNo")
        ]
        + [{"funderName": content(e)} for e in below(cited, "prodStmt", "fundAg")],
        "relatedIdentifiers": _relations(study, info),
        "sizes": [content(e) for e in below(root, "fileDscr", "fileTxt", "fileSize")],
        "formats": [content(e) for e in below(root, "fileDscr", "fileTxt", "fileType")],
    }


def _identifier(element: etree._Element) -> dict[str, str]:
    return {
        "identifier": content(element).strip(),
        "identifierType": attributes(element).get("agency") or "Other",
    }


def _titles(cited: etree._Element, language: str | None) -> list[dict[str, Any]]:
    made = []
    for name, kind in (
        ("titl", None),
        ("parTitl", "TranslatedTitle"),
        ("subTitl", "Subtitle"),
        ("altTitl", "AlternativeTitle"),
    ):
        for element in below(cited, "titlStmt", name):
            said = attributes(element).get("lang") or (language if kind is None else None)
            made.append({"title": content(element), "titleType": kind, "lang": said})
    return made


def _agent(element: etree._Element) -> dict[str, Any]:
    place = attributes(element).get("affiliation")
    return {"name": content(element), "affiliation": [place] if place else []}


def _contributors(cited: etree._Element) -> list[dict[str, Any]]:
    made = []
    for path, role in (
        (("prodStmt", "producer"), "Producer"),
        (("distStmt", "contact"), "ContactPerson"),
        (("distStmt", "depositr"), "DataManager"),
    ):
        made += [{**_agent(e), "contributorType": role} for e in below(cited, *path)]
    for element in below(cited, "rspStmt", "othId"):
        stated = attributes(element).get("role") or attributes(element).get("type") or ""
        folded = re.sub(r"[^a-z]", "", stated.lower())
        made.append({**_agent(element), "contributorType": _ROLES.get(folded, "Other")})
    for element in below(cited, "distStmt", "distrbtr")[1:]:
        made.append({**_agent(element), "contributorType": "Distributor"})
    return made


def _day(holder: etree._Element, *path: str) -> str:
    """A date of the codebook: its attribute, else its text; digits in a row are a day, too."""
    for element in below(holder, *path):
        for given in (attributes(element).get("date") or "", content(element)):
            if day := _dashed(given.strip()):
                return day
    return ""


def _dashed(given: str) -> str:
    if found := re.fullmatch(r"(\d{4})(\d{2})(\d{2})?", given):
        given = "-".join(part for part in found.groups() if part)
    return given if partial_date(given) else ""


def _dates(
    cited: etree._Element, summary: etree._Element, issued: str, produced: str
) -> list[dict[str, str]]:
    deposited = _day(cited, "distStmt", "depDate")
    stated = ((issued, "Issued"), (produced, "Created"), (deposited, "Submitted"))
    made = [{"date": day, "dateType": kind} for day, kind in stated if day]
    for name, kind in (("timePrd", "Coverage"), ("collDate", "Collected")):
        open_ends: dict[str, str] = {}
        for element in below(summary, name):
            given = attributes(element)
            day = _dashed((given.get("date") or content(element)).strip())
            cycle = given.get("cycle") or ""
            if not day:
                continue
            if given.get("event") == "start":
                open_ends[cycle] = day
            elif given.get("event") == "end" and cycle in open_ends:
                made.append({"date": f"{open_ends.pop(cycle)}/{day}", "dateType": kind})
            else:
                made.append({"date": day, "dateType": kind})
        made += [{"date": f"{start}/", "dateType": kind} for start in open_ends.values()]
    return made


def _descriptions(
    cited: etree._Element, study: etree._Element, info: etree._Element, language: str | None
) -> list[dict[str, Any]]:
    made = [
        {
            "description": content(e),
            "descriptionType": "Abstract",
            "lang": attributes(e).get("lang") or language,
        }
        for e in below(info, "abstract")
    ]
    for element in below(cited, "serStmt"):
        series = ": ".join(t for n in ("serName", "serInfo") if (t := line(element, n)))
        made.append({"description": series, "descriptionType": "SeriesInformation", "lang": None})
    methods = [
        said
        for name in ("timeMeth", "sampProc", "collMode", "resInstru", "weight", "collSitu")
        for e in below(study, "method", "dataColl", name)
        if (said := " ".join(content(e).split()))
    ]
    if methods:
        made.append(
            {"description": "\n\n".join(methods), "descriptionType": "Methods", "lang": language}
        )
    return made


def _subjects(info: etree._Element) -> list[dict[str, Any]]:
    return [
        {
            "subject": content(e),
            "lang": attributes(e).get("lang"),
            "subjectScheme": attributes(e).get("vocab"),
            "schemeUri": attributes(e).get("vocabURI"),
        }
        for name in ("keyword", "topcClas")
        for e in below(info, "subject", name)
    ]


def _rights(study: etree._Element) -> list[dict[str, Any]]:
    made: list[dict[str, Any]] = []
    for holder in (*below(study, "dataAccs"), study):
        for statement in below(holder, "useStmt"):
            own = " ".join((statement.text or "").split())
            made.append({"rights": own})
            made += [
                {"rights": content(e)}
                for name in ("restrctn", "conditions", "specPerm")
                for e in below(statement, name)
            ]
        made += [
            {"rights": content(e), "rightsUri": attributes(e).get("URI")}
            for e in below(holder, "notes")
            if "TOU" in (attributes(e).get("type") or "") or attributes(e).get("URI")
        ]
    return [one for one in made if str(one["rights"]).strip() or one.get("rightsUri")]


def _places(summary: etree._Element) -> list[dict[str, Any]]:
    made: list[dict[str, Any]] = [
        {"geoLocationPlace": content(e)}
        for name in ("nation", "geogCover")
        for e in below(summary, name)
    ]
    for box in below(summary, "geoBndBox"):
        made.append(
            {
                "geoLocationBox": {
                    "westBoundLongitude": line(box, "westBL"),
                    "eastBoundLongitude": line(box, "eastBL"),
                    "southBoundLatitude": line(box, "southBL"),
                    "northBoundLatitude": line(box, "northBL"),
                }
            }
        )
    return made


def _relations(study: etree._Element, info: etree._Element) -> list[dict[str, Any]]:
    """Publications that name themselves by an identifier; a citation in words is not kept."""
    made = []
    for holder in (*below(study, "othrStdyMat"), info):
        for name, relation in (
            ("relPubl", "IsCitedBy"),
            ("relStdy", "References"),
            ("relMat", "References"),
        ):
            for element in below(holder, name):
                numbers = [content(e).strip() for e in element.iter() if local(e) == "IDNo"]
                addresses = [attributes(e).get("URI", "") for e in element.iter() if local(e) != ""]
                words = re.findall(r"https?://\S+", content(element))
                for given in (*numbers, *addresses, *words):
                    target = identifier_of(given.rstrip(".,;)"), "") if given else None
                    if target is not None:
                        made.append(
                            {
                                "relatedIdentifier": target["value"],
                                "relatedIdentifierType": target["scheme"],
                                "relationType": relation,
                            }
                        )
                        break
    return made
