"""Other people's metadata in, record documents out: bytes to plain values, nothing else.

`sniff` says what a file is; `parse` reads the formats we know. Neither needs Django,
a database or a network, and neither raises anything for bad input: a faulty record
comes back with its reasons (docs/decisions/0014-crosswalks-are-pure.md).
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from tonle.catalogue import crosswalked
from tonle.catalogue.crosswalks import (
    bibtex,
    cff,
    ckan_json,
    codemeta,
    core_metadata,
    crossref_xml,
    csl_json,
    csvw,
    datacite_json,
    datacite_xml,
    dataverse_json,
    dcat,
    ddi_xml,
    dspace_json,
    fgdc_xml,
    invenio_json,
    iso_19139,
    jats_xml,
    lexibank_json,
    oai_dc,
    package_json,
    ris,
    ro_crate,
    schema_org,
    tonle_record,
    zenodo_json,
)
from tonle.catalogue.crosswalks.common import (
    MAX_BYTES,
    Document,
    Parsed,
    ParsedRecord,
    RecordRefused,
    Remark,
    refused_file,
)
from tonle.catalogue.crosswalks.sniff import HEAD_BYTES, Format, formats, sniff
from tonle.kernel import identifiers
from tonle.kernel.errors import N_

__all__ = [
    "HEAD_BYTES",
    "MAX_BYTES",
    "READERS",
    "Format",
    "NotMetadata",
    "Parsed",
    "ParsedRecord",
    "Read",
    "RecordRefused",
    "Remark",
    "formats",
    "parse",
    "read_metadata",
    "sniff",
    "why_not_read",
]


class _Further(Mapping[str, Callable[[bytes, str], Parsed]]):
    """The readers that contexts above have registered by now."""

    def __getitem__(self, name: str) -> Callable[[bytes, str], Parsed]:
        return crosswalked.READERS[name].parse

    def __iter__(self) -> Iterator[str]:
        return iter(crosswalked.READERS)

    def __len__(self) -> int:
        return len(crosswalked.READERS)


READERS: Mapping[str, Callable[[bytes, str], Parsed]] = ChainMap(
    {
        "datacite-xml": datacite_xml.parse,
        "datacite-json": datacite_json.parse,
        "oai-pmh": oai_dc.parse,
        "oai-dc": oai_dc.parse,
        "cff": cff.parse,
        "codemeta": codemeta.parse,
        "ro-crate": ro_crate.parse,
        "schema-org-jsonld": schema_org.parse,
        "bibtex": bibtex.parse,
        "ris": ris.parse,
        "csl-json": csl_json.parse,
        "tonle-record": tonle_record.parse,
        "crossref-xml": crossref_xml.parse,
        "jats-xml": jats_xml.parse,
        "ddi-xml": ddi_xml.parse,
        "iso-19139": iso_19139.parse,
        "fgdc-xml": fgdc_xml.parse,
        "dublin-core-xml": oai_dc.parse,
        "csvw": csvw.parse,
        "lexibank-json": lexibank_json.parse,
        "npm-package-json": package_json.parse,
        "pypi-core-metadata": core_metadata.parse,
        "ckan-json": ckan_json.parse,
        "dataverse-json": dataverse_json.parse,
        "dcat": dcat.parse,
        "dspace-json": dspace_json.parse,
        "invenio-json": invenio_json.parse,
        "zenodo-json": zenodo_json.parse,
    },
    _Further(),  # type: ignore[arg-type] # It is read alone.
)


def parse(format_name: str, data: bytes, name: str) -> Parsed:
    """The records in one file.

    format_name: a key of READERS, as `sniff` names it. data: the whole file, at most
    MAX_BYTES. name: the file's name relative to what is imported; it becomes the
    record's key where the record names itself in no better way.
    Raises KeyError when there is no reader; never anything because of the data.
    """
    reader = READERS[format_name]
    if len(data) > MAX_BYTES:
        return refused_file(
            format_name,
            data,
            name,
            Remark(
                "",
                N_("The file is larger than %(limit)s MB; split it into smaller ones."),
                {"limit": MAX_BYTES // 1_000_000},
            ),
        )
    return reader(data, name)


@dataclass(frozen=True)
class Read:
    """One record as a form takes it over.

    document: the descriptive part of a `tonle-record/1`, perhaps incomplete: what is missing
        is among the warnings. Without `source`, which is the depositor's; `access` only where
        it keeps files closed.
    warnings: what was missing, repaired or left out; each can be said (`tonle.infra.i18n.say`).
    format: the format's name as its owners write it, such as "BibTeX".
    """

    document: Document
    warnings: tuple[Remark, ...]
    format: str


class NotMetadata(RecordRefused):
    """Nothing in what was given can be read as a record."""

    code = "not_metadata"
    message = N_("This cannot be read as metadata. %(summary)s")


def read_metadata(data: bytes, filename: str = "") -> list[Read]:
    """The records in a metadata file or a pasted text, whatever its format.

    filename: helps only where the content does not tell. Pure, bounded by MAX_BYTES.
    Raises NotMetadata, with the reasons.
    """
    found = sniff(filename, data[:HEAD_BYTES])
    if found is None and data[:4] == b"PK\x03\x04":
        # The metadata may stand behind large files; the whole is at hand here.
        found = next(known for known in formats() if known.name == "ro-crate")
    if found is None or not found.read:
        raise NotMetadata([_why_not(data, found)])
    reads = []
    reasons: list[Remark] = []
    for record in parse(found.name, data, filename or "pasted").documents:
        missing = record.refusal.remarks if record.refusal else ()
        document = record.document or record.partial
        if document is None:
            reasons.extend(missing)
            continue
        kept = {key: v for key, v in document.items() if key != "source"}
        # Without files of its own every record is read as a description only, which is no
        # wish of anybody; what keeps files from strangers is one, and comes along.
        if kept.get("access", {}).get("level") not in ("embargoed", "restricted"):
            kept.pop("access", None)
        reads.append(Read(kept, (*missing, *record.warnings), found.label))
    if not reads:
        raise NotMetadata(reasons or [Remark("", N_("There is no record in it."))])
    return reads


def why_not_read(known: Format) -> Remark:
    """Why there is no reader for a format that we know."""
    said = N_("It looks like %(format)s, which is not read yet.")
    return Remark("", known.why or said, {"format": known.label})


def _why_not(data: bytes, found: Format | None) -> Remark:
    if found is not None:
        return why_not_read(found)
    if len(data) < 500 and identifiers.detect(data.decode("utf-8", "replace").strip()):
        return Remark(
            "", N_("It is an identifier alone. Paste its citation, such as BibTeX or RIS.")
        )
    return Remark(
        "",
        N_(
            "It is in none of the formats that are read, such as DataCite, RO-Crate, CodeMeta, "
            "CITATION.cff, BibTeX, RIS or CSL-JSON."
        ),
    )
