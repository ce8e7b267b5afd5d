"""The step about rights: who gets the files, under which licence, and who paid."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from tonle.deposit.access.rules import LEVELS, strictness, wants_conditions
from tonle.kernel import codes, dates
from tonle.kernel.errors import N_, Invalid
from tonle.kernel.fields import Reader, Writer, packed, written


def write_access(document: Mapping[str, Any], out: Writer) -> None:
    access = document.get("access", {})
    out.put("access-level", access.get("level", "open"))
    out.put("access-embargo_until", access.get("embargo_until", ""))
    out.language_map("access-note", access.get("note", {}))
    shown = {"level", "embargo_until", "note"}
    for name, text in packed({k: v for k, v in access.items() if k not in shown}):
        out.put(f"access-{name}", text)


def read_access(reader: Reader, today: date) -> Any:
    """Who gets the files is an answer by itself: what explains it may follow later."""
    level = reader.choice("access-level", LEVELS, "open")
    if reader.problems:
        return None
    made: dict[str, Any] = {**reader.rest("access-rest"), "level": level}
    note = reader.language_map("access-note", line=False)
    if note and not reader.problems:
        made["note"] = note
    if level == "embargoed" and (day := _day(reader, today)):
        made["embargo_until"] = day
    if wants_conditions({"level": level, "note": note}):
        reader.lack(
            "access-note-0-text",
            N_("Say who may have the files and what they must agree to, so that people can ask."),
        )
    return made


def keep_access(before: Any, found: Any) -> Any:
    """What is saved of an answer in which something could not be read.

    Nothing looser than was chosen may stand in its place, and nothing looser than stands
    there takes it. A day that could not be read is no day: the files stay closed until
    somebody gives one.
    """
    held = before or {"level": "open"}
    if found is None or strictness(found) < strictness(held):
        return before
    note = {"note": held["note"]} if "note" in held else {}
    return {**note, **found}


def _day(reader: Reader, today: date) -> str:
    """The first day on which everybody gets the files; "" where none could be read."""
    field = "access-embargo_until"
    text = reader.line(field, 120)
    if not text:
        reader.lack(field, N_("Say until which day the files stay closed."))
        return ""
    buddhist = reader.raw("access-calendar") == "buddhist"
    try:
        value = dates.parse_day(text, buddhist=buddhist)
    except Invalid as error:
        reader.refused(field, error)
        return ""
    if value.earliest <= today:
        reader.problem(field, N_("This day has passed. Choose a later one, or open the files."))
        return ""
    if value.year > today.year + 100:
        reader.problem(
            field,
            N_(
                "%(year)s is far in the future. If it is a year of the Buddhist Era, choose that "
                "calendar."
            ),
            year=value.year,
        )
        return ""
    return str(value)


# --- licences ------------------------------------------------------------------------


def write_rights(document: Mapping[str, Any], out: Writer) -> None:
    """The first licence has the form's choice; further ones are rows."""
    rights = list(document.get("rights", ()))
    if rights and _simple(rights[0]):
        out.put("licence", rights.pop(0)["identifier"])
    for number, held in enumerate(rights):
        text = dict(held.get("text", {}))
        fields = []
        if text:
            tag = next(iter(text))
            fields = [("lang", tag), ("text", text.pop(tag))]
        rest = {key: value for key, value in held.items() if key not in {"text", "uri"}}
        if text:
            rest["text"] = text
        out.row("rights", number, [*fields, ("uri", held.get("uri", "")), *packed(rest)])


def _simple(held: Mapping[str, Any]) -> bool:
    """Whether a statement says no more than which licence it is."""
    said = licence_statement(held.get("identifier", ""))
    return held.get("identifier", "") in codes.codes("licences") and held.items() <= said.items()


def licence_statement(identifier: str) -> dict[str, Any]:
    """What a record says of an SPDX licence: its id, and the address of its text."""
    uri = codes.licence_url(identifier)
    return {"identifier": identifier, **({"uri": uri} if uri else {})}


def read_rights(reader: Reader) -> Any:
    found: list[dict[str, Any]] = []
    chosen = reader.line("licence-other", 300) or reader.raw("licence")[:300]
    if chosen:
        code = codes.licence_from(chosen)
        if code is None:
            reader.problem(
                "licence-other" if reader.raw("licence-other") else "licence",
                N_("We do not know this licence. Write its SPDX identifier, such as CC-BY-4.0."),
            )
        else:
            found.append(licence_statement(code))
    for row in reader.rows("rights"):
        rest = reader.rest(f"{row}-rest")
        others = dict(rest.pop("text", {}))
        made: dict[str, Any] = dict(rest)
        if text := reader.prose(f"{row}-text"):
            tag = reader.language(f"{row}-lang")
            made["text"] = {tag: text, **{k: v for k, v in others.items() if k != tag}}
        if uri := reader.line(f"{row}-uri"):
            if not uri.startswith(("https://", "http://")) and "rest" not in row:
                reader.problem(f"{row}-uri", N_("An address begins with https://."))
            made["uri"] = uri
        if made:
            found.append(made)
    return found


# --- funding -------------------------------------------------------------------------


def write_funding(document: Mapping[str, Any], out: Writer) -> None:
    shown = {"funder_name", "award_number", "award_uri", "award_title"}
    for number, held in enumerate(document.get("funding_references", ())):
        rest = {key: value for key, value in held.items() if key not in shown}
        title = dict(held.get("award_title", {}))
        fields = []
        if title:
            tag = next(iter(title))
            fields = [("lang", tag), ("title", title.pop(tag))]
        if title:
            rest["award_title"] = title
        identifier = held.get("funder_identifier")
        out.row(
            "funding_references",
            number,
            [
                ("name", held["funder_name"]),
                ("of", held["funder_name"] if identifier else ""),
                ("pid", written(identifier) if identifier else ""),
                ("number", held.get("award_number", "")),
                ("uri", held.get("award_uri", "")),
                *fields,
                *packed(rest),
            ],
        )


def read_funding(reader: Reader) -> Any:
    found = []
    for row in reader.rows("funding_references"):
        rest = reader.rest(f"{row}-rest")
        others = dict(rest.pop("award_title", {}))
        before = rest.pop("funder_identifier", None)
        name, number = reader.line(f"{row}-name"), reader.line(f"{row}-number", 500)
        uri, title = reader.line(f"{row}-uri"), reader.line(f"{row}-title")
        if not name:
            if number or uri or title:
                reader.problem(f"{row}-name", N_("Say who gave the money."))
            continue
        made: dict[str, Any] = {**rest, "funder_name": name}
        if name == reader.line(f"{row}-of"):
            identifier = reader.identifier(f"{row}-pid", before)
            if identifier:
                made["funder_identifier"] = identifier
        if number:
            made["award_number"] = number
        if uri:
            made["award_uri"] = uri
        if title:
            tag = reader.language(f"{row}-lang")
            made["award_title"] = {tag: title, **{k: v for k, v in others.items() if k != tag}}
        found.append(made)
    return found
