"""The steps of a deposit: which part of the document each one shows, and how it comes back.

`fields` fills a form from a document; `apply` puts what came back into a document. A part
whose fields came back as they went out is left exactly as it is, so that looking at a page
and saving it changes nothing, whatever a source once wrote there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from tonle.deposit.forms.rules import describe, links, people, profiles, rights, serves
from tonle.kernel.errors import N_
from tonle.kernel.fields import ROWS, Reader, Values, Writer
from tonle.kernel.sentences import Sentence

Write = Callable[[Mapping[str, Any], Writer], None]
Read = Callable[[Reader, date], Any]
# (what the document has, what could be read) to what is saved of an answer with a problem.
Keep = Callable[[Any, Any], Any]


@dataclass(frozen=True)
class Part:
    """One top-level key of the document, or `profile/<key>`: one property of its profile.

    groups: what the names of its fields begin with; parts that are read together share them.
    keep: for a part of which nothing may be lost because something beside it could not be read.
    """

    key: str
    groups: tuple[str, ...]
    write: Write
    read: Read
    keep: Keep | None = None


def _part(
    key: str,
    write: Write,
    read: Callable[..., Any],
    *groups: str,
    dated: bool = False,
    keep: Keep | None = None,
) -> Part:
    reader = read if dated else lambda reader, _today: read(reader)
    return Part(key, groups or (key,), write, reader, keep)


@dataclass(frozen=True)
class Step:
    """One page of the form. label: what the progress line calls it; title: what it asks."""

    name: str
    label: str
    title: str
    parts: tuple[Part, ...] = ()


STEPS: Final = {
    step.name: step
    for step in (
        Step(
            "describe",
            N_("Describe"),
            N_("What is it?"),
            (
                _part("titles", describe.write_titles, describe.read_titles),
                _part("other_titles", describe.write_other_titles, describe.read_other_titles),
                _part("descriptions", describe.write_descriptions, describe.read_descriptions),
                _part("resource_type", describe.write_resource_type, describe.read_resource_type),
                _part(
                    "subjects",
                    describe.write_subjects,
                    describe.read_subjects,
                    "subjects",
                    "concepts",
                    "ford",
                    "sdg",
                ),
                _part("profile", profiles.write_profile, profiles.read_profile),
                _part("languages", describe.write_languages, describe.read_languages),
                _part("members", describe.write_members, describe.read_members),
                _part("dates", describe.write_dates, describe.read_dates, dated=True),
                _part("geo_locations", describe.write_places, describe.read_places),
                _part("serves", serves.write_serves, serves.read_serves),
            ),
        ),
        Step(
            "people",
            N_("People"),
            N_("Who made it?"),
            (
                _part("creators", people.write_creators, people.read_creators),
                _part("contributors", people.write_contributors, people.read_contributors),
            ),
        ),
        Step("files", N_("Files"), N_("Which files belong to it?")),
        Step(
            "rights",
            N_("Rights"),
            N_("Who may use it, and how?"),
            (
                _part(
                    "access",
                    rights.write_access,
                    rights.read_access,
                    dated=True,
                    keep=rights.keep_access,
                ),
                _part("rights", rights.write_rights, rights.read_rights, "licence", "rights"),
                _part("funding_references", rights.write_funding, rights.read_funding),
            ),
        ),
        Step(
            "links",
            N_("Links"),
            N_("What does it belong to?"),
            (
                _part("relations", links.write_relations, links.read_relations),
                _part("related_items", links.write_items, links.read_items, dated=True),
                _part("pids", links.write_pids, links.read_pids),
                _part("publisher", links.write_publisher, links.read_publisher),
                _part("publication_year", links.write_year, links.read_year, dated=True),
                _part("version_label", links.write_version, links.read_version),
                _part("alternate_identifiers", links.write_alternates, links.read_alternates),
            ),
        ),
        Step("check", N_("Check"), N_("Is it ready?")),
    )
}
"""By name, in order."""

# What a document has even when there is nothing in it yet.
_ALWAYS: Final[Mapping[str, Any]] = {"titles": {}}


def part_steps() -> dict[str, str]:
    """The step on which each key of the document is changed, where every kind has it."""
    return {part.key: page.name for page in STEPS.values() for part in page.parts}


def held(document: Mapping[str, Any], key: str) -> Any:
    """What a document has of a part; None where it has nothing."""
    _profile, inner, name = key.partition("/")
    return document.get("profile", {}).get(name) if inner else document.get(key)


def _put(document: dict[str, Any], key: str, value: Any) -> None:
    """Set a part, or take it out (None). A profile that says nothing more goes as a whole."""
    whole, inner, name = key.partition("/")
    if inner:
        before = document.get(whole, {"schema": f"tonle-{document['kind'].replace('_', '-')}/1"})
        value, key = {**before, name: value}, whole
        if value[name] is None:
            del value[name]
        value = value if set(value) - {"schema"} else None
    if value is None:
        document.pop(key, None)
    else:
        document[key] = value


def too_long(part: Part, document: Mapping[str, Any]) -> bool:
    """Whether a part has more rows than a form can carry; it is then kept and not shown."""
    found = held(document, part.key)
    return isinstance(found, list) and len(found) > ROWS


def fields(step: Step, document: Mapping[str, Any]) -> dict[str, list[str]]:
    """The fields of a step as the document fills them."""
    out = Writer()
    for part in step.parts:
        if not too_long(part, document):
            part.write(document, out)
    return out.values


@dataclass(frozen=True)
class Applied:
    """What came of a form.

    document: the one it was applied to, with every part that could be read. changed: keys
    that are other than before. problems: field name to sentence; what could not be read is
    as it was before, what is merely missing is told.
    """

    document: dict[str, Any]
    changed: tuple[str, ...] = ()
    problems: Mapping[str, Sentence] = field(default_factory=dict)


def apply(step: Step, document: Mapping[str, Any], values: Values, today: date) -> Applied:
    """Put the fields of a form into a document. Pure; the document given is not changed."""
    made = dict(document)
    shown = fields(step, document)
    changed: list[str] = []
    problems: dict[str, Sentence] = {}
    for part in step.parts:
        sent = _of(part, values)
        if too_long(part, document) or _same(sent, _of(part, shown)):
            continue
        reader = Reader(sent)
        found = part.read(reader, today)
        problems |= reader.problems | reader.lacks
        if reader.problems:
            if part.keep is None:
                continue
            found = part.keep(held(document, part.key), found)
        if found in (None, "", [], {}):
            found = _ALWAYS.get(part.key)
        if found == held(document, part.key):
            continue
        changed.append(part.key)
        _put(made, part.key, found)
    return Applied(made, tuple(changed), problems)


def parts_of(step: Step, name: str) -> list[Part]:
    """The parts that a field belongs to: mostly one."""
    return [part for part in step.parts if _belongs(part, name)]


def _belongs(part: Part, name: str) -> bool:
    return any(name == group or name.startswith(f"{group}-") for group in part.groups)


def _of(part: Part, values: Values) -> dict[str, list[str]]:
    return {name: list(texts) for name, texts in values.items() if _belongs(part, name)}


# What a browser sends of a row that nobody filled in: its mark, and choices made for it.
_IDLE: Final = frozenset({"row", "lang", "type", "name_type", "order", "entry"})


def _same(sent: Values, shown: Values) -> bool:
    """Whether fields came back as they went out; a row added and left empty says nothing."""
    said = {
        name: texts
        for name, texts in _said(sent).items()
        if name in shown or name.rpartition("-")[2] not in _IDLE
    }
    return said == _said(shown)


def _said(values: Values) -> dict[str, list[str]]:
    """Fields with something in them. A browser ends lines with two characters, and sends
    ticks in the order of the page."""
    said = {}
    for name, texts in values.items():
        kept = sorted(text.replace("\r\n", "\n") for text in texts if text)
        if kept:
            said[name] = kept
    return said
