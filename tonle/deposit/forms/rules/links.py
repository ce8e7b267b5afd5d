"""The step about what it belongs to: related works, other names, an earlier publication."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from tonle.kernel import codes, identifiers
from tonle.kernel.errors import N_, Invalid
from tonle.kernel.fields import Reader, Writer, packed, written
from tonle.kernel.text import ascii_digits, one_line

# Relations in plain words, as the end of “My deposit…”: those that most people need.
PLAIN_RELATIONS: Final[Mapping[str, str]] = {
    "IsSupplementTo": N_("belongs to this article or report"),
    "IsDerivedFrom": N_("was made from this"),
    "IsSourceOf": N_("was used to make this"),
    "IsPartOf": N_("is part of this larger work, or came of this project, call or agreement"),
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


# Plain texts of a related item, as they are called in the form and in the document.
_ITEM_TEXTS: Final = ("publisher", "volume", "issue", "first_page", "last_page")


def write_items(document: Mapping[str, Any], out: Writer) -> None:
    """A row for each work that is described, rather than named by an identifier."""
    for number, held in enumerate(document.get("related_items", ())):
        shown = {"type", "relation_type", "titles", "publication_year", *_ITEM_TEXTS}
        rest = {key: value for key, value in held.items() if key not in shown}
        fields = [("type", held["type"]), ("relation", held["relation_type"])]
        if "titles" in held:
            (tag, text), titles = _first_title(held["titles"])
            fields += [("lang", tag), ("title", text)]
            rest |= {"titles": titles} if titles else {}
        year = held.get("publication_year")
        fields += [("year", str(year) if year else "")]
        fields += [(name, held.get(name, "")) for name in _ITEM_TEXTS]
        if "identifier" in held:
            fields += [("identifier", written(held["identifier"]))]
        out.row("related_items", number, [*fields, *packed(rest)])


def _first_title(titles: Sequence[Mapping[str, Any]]) -> tuple[tuple[str, str], list[Any]]:
    """((language, text) of the first one, what else there is of titles)."""
    if not titles or not titles[0]["text"]:
        return ("", ""), list(titles)
    texts = dict(titles[0]["text"])
    tag = next(iter(texts))
    text = texts.pop(tag)
    if not texts and len(titles) == 1 and set(titles[0]) == {"text"}:
        return (tag, text), []
    return (tag, text), [{**titles[0], "text": texts}, *titles[1:]]


def read_items(reader: Reader, today: date) -> Any:
    found = []
    for row in reader.rows("related_items"):
        rest = reader.rest(f"{row}-rest")
        made = dict(rest)
        title, others = reader.line(f"{row}-title"), list(made.pop("titles", []))
        identifier = reader.identifier(f"{row}-identifier", made.pop("identifier", None))
        told = {name: reader.line(f"{row}-{name}", 100) for name in _ITEM_TEXTS}
        year = _year(reader, f"{row}-year", today)
        relation = reader.choice(f"{row}-relation", codes.codes("relation_types"))
        kind = reader.choice(f"{row}-type", codes.codes("resource_types"), "Text")
        if not (title or others or identifier or year or any(told.values()) or made):
            if relation:
                reader.problem(f"{row}-title", N_("Write the title of the other work."))
            continue
        if not title and not others:
            reader.problem(f"{row}-title", N_("Write the title of the other work."))
        if not relation:
            reader.problem(f"{row}-relation", N_("Say how the two belong together."))
        head = dict(others[0]) if others else {}
        if title:
            tag = reader.language(f"{row}-lang")
            texts = {key: text for key, text in head.get("text", {}).items() if key != tag}
            made["titles"] = [{**head, "text": {tag: title, **texts}}, *others[1:]]
        elif others:
            made["titles"] = others
        made |= {"type": kind, "relation_type": relation or "Other"}
        made |= {name: text for name, text in told.items() if text}
        made |= {"publication_year": year} if year else {}
        made |= {"identifier": identifier} if identifier else {}
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
    return _year(reader, "publication_year", today)


def _year(reader: Reader, name: str, today: date) -> int | None:
    text = ascii_digits(reader.line(name, 20))
    if not text:
        return None
    if not re.fullmatch(r"[0-9]{4}", text) or not 1000 <= int(text) <= today.year + 1:
        reader.problem(
            name,
            N_("Write a year of four figures in the common calendar, such as 2024."),
        )
        return None
    return int(text)
