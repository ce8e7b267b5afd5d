"""The step about what it belongs to: related works, other names, an earlier publication."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from tonle.deposit.forms.rules.values import Reader, Writer, packed, written
from tonle.kernel import codes, identifiers
from tonle.kernel.errors import N_, Invalid
from tonle.kernel.text import ascii_digits, one_line

# Relations in plain words, as the end of “My deposit…”: those that most people need.
PLAIN_RELATIONS: Final[Mapping[str, str]] = {
    "IsSupplementTo": N_("belongs to this article or report"),
    "IsDerivedFrom": N_("was made from this"),
    "IsSourceOf": N_("was used to make this"),
    "IsPartOf": N_("is part of this larger work"),
    "HasPart": N_("contains this"),
    "IsNewVersionOf": N_("replaces this older one"),
    "IsDescribedBy": N_("is described in this"),
    "IsDocumentedBy": N_("has its instructions here"),
    "References": N_("refers to this"),
    "Cites": N_("cites this"),
    "IsCitedBy": N_("is cited by this"),
    "IsTranslationOf": N_("is a translation of this"),
    "IsIdenticalTo": N_("is the same thing, kept elsewhere"),
    "Requires": N_("needs this to work"),
    "IsCompiledBy": N_("was made with this program"),
}
# DataCite's others, in the same voice, for whoever looks further.
OTHER_RELATIONS: Final[Mapping[str, str]] = {
    "IsSupplementedBy": N_("has this as a supplement"),
    "Continues": N_("goes on from this"),
    "IsContinuedBy": N_("is carried on by this"),
    "IsPreviousVersionOf": N_("came before this newer one"),
    "HasVersion": N_("has this version"),
    "IsVersionOf": N_("is one version of this"),
    "IsVariantFormOf": N_("is another form of this"),
    "IsOriginalFormOf": N_("is what this was copied from"),
    "Obsoletes": N_("makes this out of date"),
    "IsObsoletedBy": N_("is made out of date by this"),
    "IsPublishedIn": N_("was published in this"),
    "IsReferencedBy": N_("is referred to by this"),
    "Describes": N_("describes this"),
    "Documents": N_("gives instructions for this"),
    "Reviews": N_("reviews this"),
    "IsReviewedBy": N_("is reviewed in this"),
    "HasTranslation": N_("was translated into this"),
    "IsRequiredBy": N_("is needed by this to work"),
    "Compiles": N_("is the program that made this"),
    "Collects": N_("collects this among others"),
    "IsCollectedBy": N_("is collected in this"),
    "HasMetadata": N_("is catalogued in this"),
    "IsMetadataFor": N_("is the catalogue entry of this"),
    "Other": N_("has to do with this in another way"),
}


def write_relations(document: Mapping[str, Any], out: Writer) -> None:
    for number, held in enumerate(document.get("relations", ())):
        rest = {key: value for key, value in held.items() if key != "type"}
        out.row(
            "relations",
            number,
            [("type", held["type"]), ("target", written(held["target"])), *packed(rest)],
        )


def read_relations(reader: Reader) -> Any:
    found = []
    for row in reader.rows("relations"):
        rest = reader.rest(f"{row}-rest")
        target = reader.identifier(f"{row}-target", rest.pop("target", None))
        kind = reader.choice(f"{row}-type", codes.codes("relation_types"))
        if target is None:
            if kind and f"{row}-target" not in reader.problems:
                reader.problem(f"{row}-target", N_("Paste the DOI or address that this is about."))
            continue
        if not kind:
            reader.problem(f"{row}-type", N_("Say how the two belong together."))
        made = {**rest, "type": kind or "Other", "target": target}
        if made not in found:
            found.append(made)
    return found


def write_alternates(document: Mapping[str, Any], out: Writer) -> None:
    for number, held in enumerate(document.get("alternate_identifiers", ())):
        rest = {key: value for key, value in held.items() if key not in {"type", "value"}}
        out.row(
            "alternate_identifiers",
            number,
            [("type", held["type"]), ("value", held["value"]), *packed(rest)],
        )


def read_alternates(reader: Reader) -> Any:
    found = []
    for row in reader.rows("alternate_identifiers"):
        value, kind = reader.line(f"{row}-value"), reader.line(f"{row}-type", 200)
        if not value:
            continue
        if not kind:
            reader.problem(f"{row}-type", N_("Say what sort of number this is."))
        found.append({**reader.rest(f"{row}-rest"), "type": kind or "Other", "value": value})
    return found


def write_pids(document: Mapping[str, Any], out: Writer) -> None:
    pids = list(document.get("pids", ()))
    doi = next((pid for pid in pids if pid["scheme"] == "doi"), None)
    if doi:
        out.put("pids-doi", doi["value"])
    for name, text in packed({"pids": pids} if pids else {}):
        out.put(f"pids-{name}", text)


def read_pids(reader: Reader) -> Any:
    """The DOI that it has already; names of other schemes stay as they are."""
    pids = [pid for pid in reader.rest("pids-rest").get("pids", ()) if isinstance(pid, dict)]
    at = next((n for n, pid in enumerate(pids) if pid.get("scheme") == "doi"), None)
    text = reader.line("pids-doi")
    if at is not None and text == one_line(str(pids[at].get("value", ""))):
        return pids
    value = ""
    if text:
        try:
            value = identifiers.normalise("doi", text)
        except Invalid as error:
            reader.refused("pids-doi", error)
    if at is not None:
        pids[at : at + 1] = [{**pids[at], "value": value}] if value else []
    elif value:
        pids.insert(0, {"scheme": "doi", "value": value})
    return pids


def write_version(document: Mapping[str, Any], out: Writer) -> None:
    out.put("version_label", document.get("version_label", ""))


def read_version(reader: Reader) -> Any:
    return reader.line("version_label", 200)


def write_publisher(document: Mapping[str, Any], out: Writer) -> None:
    publisher = document.get("publisher", {})
    out.put("publisher-name", publisher.get("name", ""))
    rest = {key: value for key, value in publisher.items() if key != "name"}
    if rest:
        out.put("publisher-of", publisher.get("name", ""))
    for name, text in packed(rest):
        out.put(f"publisher-{name}", text)


def read_publisher(reader: Reader) -> Any:
    name = reader.line("publisher-name")
    if not name:
        return None
    # What was known of another publisher says nothing of this one.
    known = reader.rest("publisher-rest") if name == reader.line("publisher-of") else {}
    return {**known, "name": name}


def write_year(document: Mapping[str, Any], out: Writer) -> None:
    year = document.get("publication_year")
    out.put("publication_year", str(year) if year else "")


def read_year(reader: Reader, today: date) -> Any:
    text = ascii_digits(reader.line("publication_year", 20))
    if not text:
        return None
    if not re.fullmatch(r"[0-9]{4}", text) or not 1000 <= int(text) <= today.year + 1:
        reader.problem(
            "publication_year",
            N_("Write a year of four figures in the common calendar, such as 2024."),
        )
        return None
    return int(text)
