"""The first step: what it is called, what it is about, of when and of where."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from tonle.kernel import codes, dates
from tonle.kernel.errors import N_, Invalid
from tonle.kernel.fields import Reader, Writer, packed, unpacked, whole
from tonle.kernel.text import language_tag, normalise

DESCRIPTION_TYPES: Final = (
    "Abstract",
    "Methods",
    "TechnicalInfo",
    "SeriesInformation",
    "TableOfContents",
    "Other",
)
OTHER_TITLE_TYPES: Final = ("AlternativeTitle", "Subtitle", "TranslatedTitle", "Other")
SCHEMES: Final = {
    "ford": (
        "OECD FORD",
        "https://www.oecd.org/en/publications/frascati-manual-2015_9789264239012-en.html",
    ),
    "sdg": ("UN SDG", "https://unstats.un.org/sdgs/"),
}
# A year beyond this many from now is nobody's plan: it is a year of another calendar.
_FAR_YEARS: Final = 100

# What each kind is most often; other types of DataCite stay possible where a record has them.
RESOURCE_TYPES: Final[Mapping[str, tuple[str, ...]]] = {
    "dataset": (
        "Dataset", "Audiovisual", "Collection", "Image", "Model", "PhysicalObject", "Sound",
        "Text", "Other",
    ),
    "software": (
        "Software", "ComputationalNotebook", "InteractiveResource", "Model", "Service", "Workflow",
        "Other",
    ),
    "publication": (
        "JournalArticle", "Book", "BookChapter", "ConferencePaper", "ConferenceProceeding",
        "DataPaper", "Dissertation", "Journal", "OutputManagementPlan", "PeerReview", "Poster",
        "Preprint", "Presentation", "Report", "Standard", "StudyRegistration", "Text", "Other",
    ),
}  # fmt: skip


# --- titles and texts ----------------------------------------------------------------


def write_titles(document: Mapping[str, Any], out: Writer) -> None:
    out.language_map("titles", document.get("titles", {}))


def read_titles(reader: Reader) -> Any:
    return reader.language_map("titles", line=True)


def write_other_titles(document: Mapping[str, Any], out: Writer) -> None:
    _write_texts("other_titles", document, out)


def read_other_titles(reader: Reader) -> Any:
    """A record may have two short titles in one language, so each new row is one of its own."""
    found: list[tuple[str, dict[str, Any]]] = []
    for row in reader.rows("other_titles"):
        text = reader.line(f"{row}-text")
        if not text:
            continue
        kind = reader.choice(f"{row}-type", OTHER_TITLE_TYPES, "AlternativeTitle")
        tag, entry = reader.language(f"{row}-lang"), reader.raw(f"{row}-entry")
        made = _joined(found, entry, kind, tag, text) if entry else None
        if made is None:
            rest = reader.rest(f"{row}-rest")
            found.append((entry, {**rest, "type": kind, "text": {tag: text}}))
    return [made for _entry, made in found]


def write_descriptions(document: Mapping[str, Any], out: Writer) -> None:
    _write_texts("descriptions", document, out)


def _write_texts(group: str, document: Mapping[str, Any], out: Writer) -> None:
    """A row for each language of each text; rows of one `entry` are one text."""
    number = 0
    for entry, held in enumerate(document.get(group, ())):
        rest = {key: value for key, value in held.items() if key not in {"type", "text"}}
        for tag, text in held["text"].items():
            fields = [("type", held["type"]), ("lang", tag), ("text", text)]
            out.row(group, number, [*fields, ("entry", str(entry)), *packed(rest)])
            number, rest = number + 1, {}


def _joined(
    found: list[tuple[str, dict[str, Any]]], entry: str, kind: str, tag: str, text: str
) -> dict[str, Any] | None:
    """The text that this row is another language of, with it; None where there is none."""
    for old, made in found:
        if made["type"] == kind and entry in {"", old} and tag not in made["text"]:
            made["text"][tag] = text
            return made
    return None


def read_descriptions(reader: Reader) -> Any:
    """Rows of one type and one entry become one text in several languages."""
    found: list[tuple[str, dict[str, Any]]] = []
    for row in reader.rows("descriptions"):
        text = reader.prose(f"{row}-text")
        if not text:
            continue
        kind = reader.choice(f"{row}-type", DESCRIPTION_TYPES, "Abstract")
        tag, entry = reader.language(f"{row}-lang"), reader.raw(f"{row}-entry")
        rest = reader.rest(f"{row}-rest")
        if _joined(found, entry, kind, tag, text) is not None:
            continue
        if not entry and any(made["type"] == kind for _old, made in found):
            reader.problem(
                f"{row}-lang",
                N_("There are two texts in this language. Keep one, or choose another."),
            )
        found.append((entry, {**rest, "type": kind, "text": {tag: text}}))
    return [made for _entry, made in found]


# --- what it is ----------------------------------------------------------------------


def write_resource_type(document: Mapping[str, Any], out: Writer) -> None:
    held = document.get("resource_type", {})
    out.put("resource_type-general", held.get("general", ""))
    out.put("resource_type-text", held.get("text", ""))


def read_resource_type(reader: Reader) -> Any:
    general = reader.choice("resource_type-general", codes.codes("resource_types"))
    text = reader.line("resource_type-text", 500)
    if not general and text:
        reader.problem("resource_type-general", N_("Choose the type that comes nearest."))
    if not general:
        return None
    return {"general": general, **({"text": text} if text else {})}


def write_subjects(document: Mapping[str, Any], out: Writer) -> None:
    number = 0
    ticked: dict[str, list[str]] = {"ford": [], "sdg": [], "concepts": []}
    for entry, subject in enumerate(document.get("subjects", ())):
        for group, (scheme, _uri) in SCHEMES.items():
            code = subject.get("classification_code", "")
            if subject == classified(group, code) and subject.get("scheme") == scheme:
                ticked[group].append(code)
                break
        else:
            if is_concept(subject):
                ticked["concepts"].append(whole(subject))
                continue
            rest = {key: value for key, value in subject.items() if key != "text"}
            for tag, text in subject["text"].items():
                fields = [("lang", tag), ("text", text), ("entry", str(entry)), *packed(rest)]
                out.row("subjects", number, fields)
                number, rest = number + 1, {}
    for group, found in ticked.items():
        out.put_many(group, found)


def is_concept(subject: Mapping[str, Any]) -> bool:
    """Whether a subject is of a vocabulary, which names it: it is ticked, and not rewritten."""
    return bool(
        subject.get("scheme") and (subject.get("value_uri") or subject.get("classification_code"))
    )


def classified(group: str, code: str) -> dict[str, Any] | None:
    """The subject that a tick of FORD or SDG stands for; None for a code of no list."""
    known = codes.codes(group).get(code)
    if known is None:
        return None
    scheme, uri = SCHEMES[group]
    value_uri = known.data.get("uri")
    return {
        "text": dict(known.names),
        "scheme": scheme,
        "scheme_uri": uri,
        "classification_code": code,
        **({"value_uri": value_uri} if value_uri else {}),
    }


def read_subjects(reader: Reader) -> Any:
    """Words of one's own, concepts of vocabularies, then fields and goals that were ticked. A
    comma or semicolon parts two new words."""
    found: list[tuple[str, dict[str, Any]]] = []
    for row in reader.rows("subjects"):
        text, entry = reader.line(f"{row}-text"), reader.raw(f"{row}-entry")
        if not text:
            continue
        tag, rest = reader.language(f"{row}-lang"), reader.rest(f"{row}-rest")
        words = [text] if entry else [w.strip() for w in _split(text) if w.strip()]
        for word in words:
            for old, made in found:
                if entry and entry == old and tag not in made["text"]:
                    made["text"][tag] = word
                    break
            else:
                made = {**rest, "text": {tag: word}}
                if made not in [held for _old, held in found]:
                    found.append((entry, made))
    subjects = [made for _entry, made in found]
    ticked = (unpacked(text) for text in reader.many("concepts"))
    subjects += [concept for concept in ticked if _is_whole(concept)]
    for group in SCHEMES:
        subjects += [s for code in reader.many(group) if (s := classified(group, code))]
    return subjects


def _is_whole(subject: Mapping[str, Any]) -> bool:
    names = subject.get("text")
    return is_concept(subject) and isinstance(names, dict) and bool(names)


def _split(text: str) -> list[str]:
    for mark in (";", "，", "、", "；", "၊"):
        text = text.replace(mark, ",")
    return text.split(",")


def write_languages(document: Mapping[str, Any], out: Writer) -> None:
    out.put_many("languages", document.get("languages", ()))


def read_languages(reader: Reader) -> Any:
    found = []
    for tag in [*reader.many("languages"), *reader.line("languages-other").split()]:
        try:
            found.append(language_tag(tag.strip(",;")))
        except Invalid as error:
            reader.refused("languages-other", error)
    return list(dict.fromkeys(found))


def write_members(document: Mapping[str, Any], out: Writer) -> None:
    out.put_many("members", document.get("members", ()))


def read_members(reader: Reader) -> Any:
    return [code for code in reader.many("members") if code in codes.members()]


# --- when ----------------------------------------------------------------------------


def write_dates(document: Mapping[str, Any], out: Writer) -> None:
    for number, held in enumerate(document.get("dates", ())):
        start, _slash, end = held["date"].partition("/")
        rest = {k: v for k, v in held.items() if k not in {"type", "date", "information"}}
        out.row(
            "dates",
            number,
            [
                ("type", held["type"]),
                ("start", start),
                ("end", end),
                ("information", held.get("information", "")),
                *packed({**rest, "date": held["date"]}),
            ],
        )


def read_dates(reader: Reader, today: date) -> Any:
    """Dates in the Gregorian calendar, whatever calendar and digits they were written in."""
    found = []
    for row in reader.rows("dates"):
        rest = reader.rest(f"{row}-rest")
        before = str(rest.pop("date", ""))
        start, end = reader.line(f"{row}-start", 120), reader.line(f"{row}-end", 120)
        information = reader.line(f"{row}-information")
        if not start and not end:
            if information:
                reader.problem(f"{row}-start", N_("The date itself is missing."))
            continue
        kind = reader.choice(f"{row}-type", codes.codes("date_types"), "Collected")
        buddhist = reader.raw(f"{row}-calendar") == "buddhist"
        if before and not buddhist and (start, end) == _parts(before):
            written = before
        else:
            written = _date(reader, row, start, end, today, buddhist=buddhist)
        made = {**rest, "type": kind, "date": written}
        if information:
            made["information"] = information
        if written:
            found.append(made)
    return found


def _parts(text: str) -> tuple[str, str]:
    start, _slash, end = text.partition("/")
    return normalise(start), normalise(end)


def _date(reader: Reader, row: str, start: str, end: str, today: date, *, buddhist: bool) -> str:
    mark = "B.E. " if buddhist else ""
    parts = []
    for name, text in (("start", start), ("end", end)):
        if not text:
            parts.append("")
            continue
        try:
            value = dates.parse_date(f"{mark}{text}")
        except Invalid as error:
            reader.refused(f"{row}-{name}", error)
            return ""
        first = dates.earliest(value)
        if first is not None and first.year > today.year + _FAR_YEARS:
            reader.problem(
                f"{row}-{name}",
                N_(
                    "%(year)s is far in the future. If it is a year of the Buddhist Era, choose "
                    "that calendar."
                ),
                year=first.year,
            )
            return ""
        parts.append(dates.format_date(value))
    if not parts[1]:
        return parts[0]
    try:
        return dates.format_date(dates.parse_date("/".join(parts)))
    except Invalid as error:
        reader.refused(f"{row}-end", error)
        return ""


# --- where ---------------------------------------------------------------------------


def write_places(document: Mapping[str, Any], out: Writer) -> None:
    for number, held in enumerate(document.get("geo_locations", ())):
        rest = {k: v for k, v in held.items() if k not in {"place", "box", "point"}}
        fields = []
        place = dict(held.get("place", {}))
        if place:
            tag = next(iter(place))
            fields += [("lang", tag), ("place", place.pop(tag))]
        if place:
            rest["place"] = place
        if box := held.get("box"):
            fields += [("west", box["west"]), ("east", box["east"])]
            fields += [("south", box["south"]), ("north", box["north"])]
            # A box over the date line goes the other way round, and is no mistake.
            rest |= {"wraps": True} if float(box["west"]) > float(box["east"]) else {}
            rest |= {"point": held["point"]} if "point" in held else {}
        elif point := held.get("point"):
            fields += [("west", point["longitude"]), ("south", point["latitude"])]
        out.row("geo_locations", number, [*fields, *packed(rest)])


def read_places(reader: Reader) -> Any:
    """Named places, points (only the first corner) and boxes (both corners)."""
    found = []
    for row in reader.rows("geo_locations"):
        rest = reader.rest(f"{row}-rest")
        others, wraps = rest.pop("place", {}), rest.pop("wraps", False)
        name = reader.line(f"{row}-place")
        made: dict[str, Any] = dict(rest)
        if name:
            tag = reader.language(f"{row}-lang")
            made["place"] = {tag: name, **{k: v for k, v in dict(others).items() if k != tag}}
        west, east = (reader.number(f"{row}-{side}", -180, 180) for side in ("west", "east"))
        south, north = (reader.number(f"{row}-{side}", -90, 90) for side in ("south", "north"))
        if east and north and west and south:
            made["box"] = _box(west, east, south, north, wraps=bool(wraps))
        elif west and south and not east and not north:
            made["point"] = {"longitude": west, "latitude": south}
        elif west or east or south or north:
            missing = next(
                side
                for side, text in (
                    ("west", west),
                    ("south", south),
                    ("east", east),
                    ("north", north),
                )
                if not text
            )
            if not any(
                f"{row}-{side}" in reader.problems for side in ("west", "east", "south", "north")
            ):
                reader.problem(
                    f"{row}-{missing}",
                    N_("A point needs two numbers, a box needs four. One is missing."),
                )
        if made:
            found.append(made)
    return found


def _box(west: str, east: str, south: str, north: str, *, wraps: bool) -> dict[str, str]:
    if float(south) > float(north):
        south, north = north, south
    if float(west) > float(east) and not wraps:
        west, east = east, west
    return {"west": west, "east": east, "south": south, "north": north}
