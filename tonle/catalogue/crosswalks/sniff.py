"""What a metadata file is, by its content; its name only decides where content cannot."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from tonle.catalogue import crosswalked
from tonle.kernel.errors import N_


@dataclass(frozen=True)
class Format:
    """A format of metadata.

    name: stable. label: as its owners write it. read: we have a reader. why: of one without a
    reader, the reason.
    """

    name: str
    label: str
    read: bool = False
    why: str = ""


# How much of a file `sniff` wants to see. Long prologues of namespaces fit in it.
HEAD_BYTES: Final = 16_384

_FORMATS: Final = (
    Format("datacite-xml", "DataCite XML", read=True),
    Format("datacite-json", "DataCite JSON", read=True),
    Format("oai-pmh", "OAI-PMH answer", read=True),
    Format("oai-dc", "Dublin Core (oai_dc)", read=True),
    Format("cff", "CITATION.cff", read=True),
    Format("bibtex", "BibTeX", read=True),
    Format("codemeta", "CodeMeta", read=True),
    Format("csl-json", "CSL-JSON", read=True),
    Format("ris", "RIS", read=True),
    Format("ro-crate", "RO-Crate", read=True),
    Format("schema-org-jsonld", "schema.org", read=True),
    Format("tonle-record", "a record document of Tonle", read=True),
    Format("crossref-xml", "Crossref XML", read=True),
    Format("jats-xml", "JATS", read=True),
    Format("ddi-xml", "DDI Codebook", read=True),
    Format("iso-19139", "ISO 19115/19139", read=True),
    Format("fgdc-xml", "FGDC", read=True),
    Format("dublin-core-xml", "Dublin Core in another envelope", read=True),
    Format("csvw", "CSV on the Web (CLDF)", read=True),
    Format("lexibank-json", "Lexibank metadata", read=True),
    Format("npm-package-json", "npm package.json", read=True),
    Format("pypi-core-metadata", "Python core metadata", read=True),
    Format("ckan-json", "CKAN", read=True),
    Format("dataverse-json", "Dataverse JSON", read=True),
    Format("dcat", "DCAT", read=True),
    Format("dspace-json", "DSpace JSON", read=True),
    Format("invenio-json", "InvenioRDM JSON", read=True),
    Format("zenodo-json", ".zenodo.json", read=True),
    Format(
        "csv",
        "a table (CSV, TSV)",
        why=N_("A table needs a mapping that says which column is which: --mapping FILE."),
    ),
    Format(
        "html",
        "a web page",
        why=N_("A web page is no metadata. Give its address instead, if it has a DOI."),
    ),
    Format(
        "ror-json",
        "ROR",
        why=N_("It describes an organisation and no work; a record is made of works alone."),
    ),
    Format(
        "oai-ore",
        "OAI-ORE",
        why=N_("It lists the parts of another description, which has to be given itself."),
    ),
)
_BY_NAME: Final = {known.name: known for known in _FORMATS}


def formats() -> tuple[Format, ...]:
    """Every format that `sniff` can name."""
    return (*_FORMATS, *map(_registered, crosswalked.READERS))


def _registered(name: str) -> Format:
    """A format that a context above reads."""
    return Format(name, crosswalked.READERS[name].label, read=True)


def sniff(name: str, head: bytes) -> Format | None:
    """The format of a file, or None when nothing is known that looks like it.

    name: the file's name, with or without folders. head: its first HEAD_BYTES bytes, or all.
    """
    base = name.replace("\\", "/").rsplit("/", 1)[-1].lower()
    if head[:4] == b"PK\x03\x04":
        # A zipped crate begins with its metadata, or is a crate by its name.
        crate = b"ro-crate-metadata.json" in head or base.endswith((".crate.zip", ".eln"))
        return _BY_NAME["ro-crate"] if crate else None
    text = _text(head)
    start = text.lstrip()
    if not start:
        return None
    for further, reader in crosswalked.READERS.items():
        if reader.looks(base, start):
            return _registered(further)
    if start.startswith("<"):
        found = _xml(start)
    elif start[0] in "{[":
        found = _json(base, start)
    else:
        found = _plain(base, start)
    return None if found is None else _BY_NAME[found]


def _text(head: bytes) -> str:
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return head.decode("utf-16", "replace").lstrip("\ufeff")
    if head[:2] in (b"<\x00", b"{\x00"):
        return head.decode("utf-16-le", "replace")
    if head[:2] in (b"\x00<", b"\x00{"):
        return head.decode("utf-16-be", "replace")
    return head.decode("utf-8", "replace").lstrip("\ufeff")


_XML_PROLOG = re.compile(r"\s+|<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^>\[]*+(?:\[.*?\])?\s*+>", re.DOTALL)
_XML_ROOT = re.compile(r"<([\w.-]+:)?([\w.-]+)((?:\s[^>]*)?)", re.DOTALL)


# Roots of ISO 19139, and of the answers of a catalogue service that hold it.
_GEOGRAPHIC: Final = ("MD_Metadata", "MI_Metadata")


def _xml(start: str) -> str | None:
    at = 0
    while found := _XML_PROLOG.match(start, at):
        at = found.end()
    root = _XML_ROOT.match(start, at)
    if root is None:
        return None
    name, given = root.group(2), root.group(3)
    if name == "OAI-PMH":
        return "oai-pmh"
    if name in _GEOGRAPHIC:
        return "iso-19139"
    if name == "dataDscr":
        return "ddi-xml"
    if name == "resource" and ("datacite.org" in given or "xmlns" not in given):
        return "datacite-xml"
    if name.lower() == "html":
        return "html"
    if name == "dc" and "OAI/2.0/oai_dc" in given:
        return "oai-dc"
    if name == "record" and "openarchives.org/OAI/2.0/" in given and "<header" in start:
        return "oai-pmh"
    if "opengis.net/cat/csw" in given:
        return "iso-19139" if "isotc211.org" in start else "dublin-core-xml"
    for mark, known in (
        ("elsevier.com/xml/", "jats-xml"),
        ("crossref.org", "crossref-xml"),
        ("www.w3.org/ns/dcat", "dcat"),
        ("ddialliance.org", "ddi-xml"),
        ("ddi:codebook", "ddi-xml"),
        ("purl.org/dc/", "dublin-core-xml"),
    ):
        if mark in given:
            return known
    if name in ("article", "document") or "jats" in given.lower():
        return "jats-xml"
    if name == "codeBook":
        return "ddi-xml"
    if name == "metadata" and "<idinfo" in start:
        return "fgdc-xml"
    if name in ("doi_records", "crossref_result", "crossref"):
        return "crossref-xml"
    return None


def _has(start: str, *names: str) -> bool:
    """Whether every one of the names is a JSON property somewhere in the head."""
    return all(re.search(rf'"{re.escape(name)}"\s*:', start) for name in names)


def _json(base: str, start: str) -> str | None:
    if '"tonle-record/1"' in start and _has(start, "kind", "titles"):
        return "tonle-record"
    context = re.search(r'"@context"\s*:', start)
    if base.startswith("ro-crate-metadata") or "w3id.org/ro/crate" in start:
        return "ro-crate"
    if context:
        if '"ore:' in start:
            return "oai-ore"
        if "codemeta" in start.lower():
            return "codemeta"
        if "www.w3.org/ns/csvw" in start:
            return "csvw"
        if "ns/dcat" in start or '"dcat:' in start or "dcat-ap" in start.lower():
            return "dcat"
        if "schema.org" in start:
            return "schema-org-jsonld"
        return None
    if base.endswith("package.json") and _has(start, "name"):
        return "npm-package-json"
    if base.endswith("zenodo.json") or _has(start, "upload_type"):
        return "zenodo-json"
    if _is_datacite(start):
        return "datacite-json"
    for names, known in (
        (("datasetVersion",), "dataverse-json"),
        (("metadataBlocks",), "dataverse-json"),
        (("person_or_org",), "invenio-json"),
        (("conceptrecid", "metadata"), "zenodo-json"),
        (("metadata", "dc.title"), "dspace-json"),
        (("success", "result"), "ckan-json"),
        (("resources", "license_id"), "ckan-json"),
        (("resources", "extras"), "ckan-json"),
        (("resources", "notes"), "ckan-json"),
        (("resources", "metadata_modified"), "ckan-json"),
        (("established",), "ror-json"),
        (("lexibank",), "lexibank-json"),
        (("conceptlist", "citation"), "lexibank-json"),
        (("issued", "author"), "csl-json"),
        (("type", "container-title"), "csl-json"),
        (("date-parts",), "csl-json"),
    ):
        if _has(start, *names):
            return known
    return None


def _is_datacite(start: str) -> bool:
    """DataCite's own words: its schema's name, or property names that nobody else uses."""
    if _has(start, "metadataBlocks") or _has(start, "datasetVersion"):
        return False
    if "datacite.org/schema/kernel" in start or "schema.datacite.org" in start:
        return True
    own = ("resourceTypeGeneral", "resource-type-general", "relatedIdentifierType")
    return any(_has(start, word) for word in own) or _has(start, "creators", "titles", "publisher")


def _plain(base: str, start: str) -> str | None:
    if base.endswith(".cff") or re.search(r"(?m)^['\"]?cff-version['\"]?\s*:", start):
        return "cff"
    if re.match(r"(?:@prefix|@base|PREFIX|BASE)\s", start) or base.endswith(".ttl"):
        return "dcat" if "ns/dcat" in start else None
    if re.match(r"Metadata-Version:", start):
        return "pypi-core-metadata"
    if re.search(r"(?m)^[ \t]*@[a-zA-Z]{1,40}[ \t]*[{(]", start):
        return "bibtex"
    if re.match(r"[A-Z][A-Z0-9] {1,2}-", start) and re.search(r"(?m)^TY {1,2}-", start):
        return "ris"
    if base.endswith((".csv", ".tsv")):
        return "csv"
    return None
