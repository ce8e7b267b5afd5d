"""The text that parties sign: checked, canonical, named by its digest.

A version of an agreement is one document, `tonle-agreement-text/1`: its articles in each
language, its parties, key areas and annexes, and its terms as data. Who signs one language
signs all of it, since the digest is of the whole. `schemas/tonle-agreement-text-1.json` says
what it holds. Everything here is pure.
"""

from __future__ import annotations

import functools
import hashlib
import json
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import jsonschema_rs

from tonle.agreements.rules.binding import Survival, Text
from tonle.kernel import canonical
from tonle.kernel.errors import N_, Invalid
from tonle.kernel.sentences import Sentence
from tonle.kernel.text import LanguageMap, choose, normalise_all

SCHEMA = "tonle-agreement-text/1"
SCHEMA_PATH = Path(__file__).parent.parent / "schemas" / "tonle-agreement-text-1.json"
# 200 articles of a page each in seven languages are about 3 MB; memoranda have some kB.
MAX_BYTES = 4 * 1024 * 1024
_MOST_PROBLEMS = 50
# Days that a text or a deed may name: terms of a hundred years from them can be counted.
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2200, 1, 1)

Document = Mapping[str, Any]
Problem = tuple[str, str]


@functools.cache
def schema() -> dict[str, Any]:
    """The JSON Schema of a text."""
    loaded: dict[str, Any] = json.loads(SCHEMA_PATH.read_text(encoding="utf-8"))
    return loaded


def shape_problems(document: Document) -> list[Problem]:
    """What makes this not even a draft: the schema without what may still be missing.

    Pages, digests and days can be made of whatever passes here.
    """
    found = [
        (_pointer(error.instance_path), error.message[:240])
        for error, _ in zip(
            _draft_validator().iter_errors(document), range(_MOST_PROBLEMS), strict=False
        )
    ]
    if found:
        return found
    try:
        size = len(canonical.dumps(document))
    except Invalid as error:
        return list(error.problems)
    if size > MAX_BYTES:
        return [("", Sentence(N_("The text is too long: more than 4 MB.")))]
    return [*_of_calendar(document["terms"]), *_of_days(document["terms"])]


def _loosened(schema: Any) -> Any:
    """A schema without lower bounds on how much there is."""
    if isinstance(schema, list):
        return [_loosened(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    missing = {"minItems", "minLength", "minProperties"}
    return {name: _loosened(part) for name, part in schema.items() if name not in missing}


@functools.cache
def _draft_validator() -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(_loosened(schema()), validate_formats=True)


@functools.cache
def _validator() -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(schema(), validate_formats=True)


def settled(document: Mapping[str, Any]) -> dict[str, Any]:
    """The document as it is kept: what people typed in one spelling of each character.

    The same words typed on two keyboards must have one digest.
    """
    made: dict[str, Any] = normalise_all(dict(document))
    return made


def check(document: Document) -> None:
    """Raises Invalid with every problem at once: what makes this no text that can be signed."""
    if found := problems(document):
        raise Invalid(found)


def problems(document: Document) -> list[Problem]:
    """(JSON pointer, sentence) pairs; at most 50, beyond that nobody reads on."""
    found = [
        (_pointer(error.instance_path), _said(error))
        for error, _ in zip(_validator().iter_errors(document), range(_MOST_PROBLEMS), strict=False)
    ]
    # What contradicts itself is looked for in what has the right shape.
    return found or list(_contradictions(document))[:_MOST_PROBLEMS]


_TOO_LITTLE = frozenset({"minItems", "minLength", "minProperties"})
# By the part of the text in which something is still empty.
_EMPTY = {
    "title": N_("It has no title yet."),
    "texts": N_("No article is written yet in one of its languages, or one is empty."),
    "parties": N_("It needs two parties or more, each with a name."),
    "key_areas": N_("A key area has no name yet."),
    "annexes": N_("An annex has no name yet."),
}


def _said(error: jsonschema_rs.ValidationError) -> str:
    """What the schema finds wrong; what is only missing yet, in words for who writes it."""
    if error.schema_path and error.schema_path[-1] in _TOO_LITTLE:
        part = str(error.instance_path[0]) if error.instance_path else ""
        return Sentence(_EMPTY.get(part, N_("Something in it is still empty.")))
    return error.message[:240]


def digest(document: Document) -> str:
    """The SHA-256 of the canonical form, which is what a party signs. Lower-case hexadecimal."""
    return hashlib.sha256(canonical.dumps(document)).hexdigest()


def terms(document: Document) -> Text:
    """What days follow from the text. A clause that survives is named by its article's number."""
    said = document["terms"]
    return Text(
        version=document["version"],
        needed=said["needed"],
        after_days=said.get("after_days", 0),
        not_before=_day(said.get("not_before")),
        until=_day(said.get("until")),
        months=said.get("months"),
        renews=said.get("renews_months", 0),
        notice=said.get("notice_months", 0),
        survivals=tuple(
            Survival(str(survival["article"]), survival.get("months"))
            for survival in said.get("survivals", ())
        ),
    )


def zone(document: Document) -> ZoneInfo:
    """Where its days begin."""
    return ZoneInfo(document["terms"]["calendar"])


def party_name(document: Document, party: str, language: str) -> str:
    """A party as the reader calls it; its id where the text does not name it."""
    for one in document["parties"]:
        if one["id"] == party:
            return choose(one["name"], language)[1]
    return party


def party_names(document: Document) -> dict[str, LanguageMap]:
    """Each party's names by language, in the order of the text."""
    return {party["id"]: dict(party["name"]) for party in document["parties"]}


def plain(document: Document, language: str) -> str:
    """The articles of one language as plain text, for a file and for comparison."""
    lines = [choose(document["title"], language)[1]]
    for number, article in enumerate(document["texts"][language]["articles"], 1):
        heading = article.get("heading")
        lines += ["", f"{number}. {heading}" if heading else f"{number}.", article["text"]]
    return "\n".join(lines) + "\n"


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def _contradictions(document: Document) -> Iterator[Problem]:
    yield from _of_parties(document)
    yield from _of_languages(document)
    yield from _of_names(document)
    yield from _of_terms(document)


def _of_parties(document: Document) -> Iterator[Problem]:
    parties = [party["id"] for party in document["parties"]]
    yield from _doubled("/parties", parties)
    said = document["terms"]
    if said["needed"] > len(parties):
        yield (
            "/terms/needed",
            Sentence(
                N_("It waits for %(needed)s parties and names %(parties)s."),
                needed=said["needed"],
                parties=len(parties),
            ),
        )
    if said.get("depositary", parties[0]) not in parties:
        yield "/terms/depositary", Sentence(N_("The depositary is one of the parties."))


def _of_languages(document: Document) -> Iterator[Problem]:
    texts = document["texts"]
    if not any(text["authentic"] for text in texts.values()):
        yield "/texts", Sentence(N_("One text must be authentic; all cannot be translations."))
    # Article 4 must be article 4 in each language: signatories compare them side by side.
    lengths = {language: len(text["articles"]) for language, text in texts.items()}
    if len(set(lengths.values())) > 1:
        told = ", ".join(f"{language} {length}" for language, length in sorted(lengths.items()))
        yield (
            "/texts",
            Sentence(N_("The languages differ in their number of articles: %(told)s."), told=told),
        )
    for survival in document["terms"].get("survivals", ()):
        if survival["article"] > min(lengths.values()):
            yield (
                "/terms/survivals",
                Sentence(N_("There is no article %(article)s."), article=survival["article"]),
            )


def _of_names(document: Document) -> Iterator[Problem]:
    yield from _doubled("/key_areas", [area["id"] for area in document.get("key_areas", ())])
    yield from _doubled("/annexes", [annex["name"] for annex in document.get("annexes", ())])
    if document.get("under", {}).get("agreement") == document["agreement"]:
        yield "/under", Sentence(N_("An agreement does not stand under itself."))


def _of_terms(document: Document) -> Iterator[Problem]:
    said = document["terms"]
    first, end = _day(said.get("not_before")), _day(said.get("until"))
    if first and end and end <= first:
        yield "/terms/until", Sentence(N_("It would end before it begins."))
    if said.get("renews_months") and not said.get("months"):
        yield (
            "/terms/renews_months",
            Sentence(N_("Only a term can be renewed. Say how long it is.")),
        )
    if said.get("notice_months", 0) > said.get("months", said.get("notice_months", 0)):
        yield (
            "/terms/notice_months",
            Sentence(N_("Notice would have to be given before the first term begins.")),
        )
    yield from _of_calendar(said)
    yield from _of_days(said)


def _of_days(said: Mapping[str, Any]) -> Iterator[Problem]:
    for name in ("not_before", "until"):
        day = _day(said.get(name))
        if day is not None and not FIRST_DAY <= day <= LAST_DAY:
            yield f"/terms/{name}", Sentence(N_("A day lies between 1900 and 2200."))


def _of_calendar(said: Mapping[str, Any]) -> Iterator[Problem]:
    try:
        ZoneInfo(said["calendar"])
    except (ZoneInfoNotFoundError, ValueError, OSError):
        yield (
            "/terms/calendar",
            Sentence(
                N_("“%(zone)s” is no time zone. Write “Asia/Phnom_Penh”."), zone=said["calendar"]
            ),
        )


def _doubled(where: str, names: list[str]) -> Iterator[Problem]:
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield where, Sentence(N_("“%(name)s” stands there twice."), name=name)


def _pointer(path: list[str | int]) -> str:
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in path)
