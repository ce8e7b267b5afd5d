"""What a corrigendum changes, and what its days run into. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal
from zoneinfo import ZoneInfo

from tonle.funding.rules import call_text
from tonle.funding.rules.call_text import Document
from tonle.kernel.errors import N_
from tonle.kernel.sentences import Sentence
from tonle.kernel.text import LanguageMap

# Parts of the text that are lists of things with an id, and those that are one value.
LISTS = ("parties", "themes", "eligibility", "criteria", "form", "budget_categories")
VALUES = (
    "title", "opens_at", "pre_proposals_at", "closes_at", "zone", "stages", "mode", "lead_agency",
    "blindness", "others_join", "windows", "decision", "asks", "endorsement", "reviewers_named",
    "under",
)  # fmt: skip
PARTS: Mapping[str, str] = {
    "title": N_("Title"),
    "texts": N_("Articles"),
    "parties": N_("Parties and money"),
    "themes": N_("Themes"),
    "eligibility": N_("Who may apply"),
    "criteria": N_("Criteria"),
    "form": N_("Form"),
    "budget_categories": N_("What money may be spent on"),
    "opens_at": N_("Opens"),
    "pre_proposals_at": N_("Pre-proposals until"),
    "closes_at": N_("Closes"),
    "zone": N_("Time zone of the deadlines"),
    "stages": N_("Stages"),
    "mode": N_("How proposals are selected"),
    "lead_agency": N_("Lead agency"),
    "blindness": N_("Who knows whose name"),
    "others_join": N_("Partners of other countries with money of their own"),
    "windows": N_("Windows in working days"),
    "decision": N_("How the list is funded"),
    "asks": N_("What is asked about age and sex"),
    "endorsement": N_("Endorsement by the institution"),
    "reviewers_named": N_("Names of reviewers are published"),
    "under": N_("Under"),
}
Works = Callable[[date], bool]


@dataclass(frozen=True)
class Change:
    """One thing that differs.

    part: of PARTS; sort: what became of it; item: its id within a list, or the language of an
    article, "" of a value; names: what the item is called; before, after: as they stand in the
    documents, None where it was not there.
    """

    part: str
    sort: Literal["added", "removed", "changed"]
    item: str = ""
    names: LanguageMap | None = None
    before: Any = None
    after: Any = None


def changes(before: Document, after: Document) -> tuple[Change, ...]:
    """What differs between two versions, in the order of PARTS. None where nothing does."""
    found = [
        *(change for part in VALUES for change in _of_value(part, before, after)),
        *(change for part in LISTS for change in _of_list(part, before[part], after[part])),
        *_of_texts(before["texts"], after["texts"]),
    ]
    order = list(PARTS)
    return tuple(sorted(found, key=lambda change: order.index(change.part)))


def changed_parts(before: Document, after: Document) -> tuple[str, ...]:
    """The parts that differ, each once: what a record says that a corrigendum changed."""
    return tuple(dict.fromkeys(change.part for change in changes(before, after)))


def warnings(
    document: Document, calendars: Mapping[str, Works]
) -> tuple[tuple[str, Sentence], ...]:
    """Deadlines on which people of a party do not work, and why that matters.

    calendars: party to whether a day is worked there; a party without one is not spoken of.
    Returns (field, sentence) pairs; a text with warnings may be signed.
    """
    zone = ZoneInfo(document["zone"])
    names = call_text.party_names(document)
    found = []
    for field in ("pre_proposals_at", "closes_at"):
        at = call_text.instant(document, field)
        if at is None:
            continue
        day = at.astimezone(zone).date()
        for party, works in calendars.items():
            if not works(day):
                said = names.get(party, {})
                found.append(
                    (
                        field,
                        Sentence(
                            N_("%(day)s is no working day in the calendar of %(party)s."),
                            day=day.isoformat(),
                            party=said.get("en") or next(iter(said.values()), party),
                        ),
                    )
                )
    return tuple(found)


def _of_value(part: str, before: Document, after: Document) -> Iterator[Change]:
    one, other = before.get(part), after.get(part)
    if one != other:
        sort: Literal["added", "removed", "changed"] = (
            "added" if one is None else "removed" if other is None else "changed"
        )
        yield Change(part, sort, before=one, after=other)


def _of_list(
    part: str, before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]]
) -> Iterator[Change]:
    """By id: things that only moved are told once, as a change of the whole list."""
    old, new = {one["id"]: one for one in before}, {one["id"]: one for one in after}
    for item, one in old.items():
        other = new.get(item)
        if other is None:
            yield Change(part, "removed", item, _names(one), before=one)
        elif other != one:
            yield Change(part, "changed", item, _names(other), before=one, after=other)
    for item, other in new.items():
        if item not in old:
            yield Change(part, "added", item, _names(other), after=other)
    if old == new and list(old) != list(new):
        yield Change(part, "changed", before=list(old), after=list(new))


def _of_texts(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    for language in dict.fromkeys([*before, *after]):
        one, other = before.get(language), after.get(language)
        if one is None:
            yield Change("texts", "added", language, after=other)
        elif other is None:
            yield Change("texts", "removed", language, before=one)
        elif one != other:
            yield Change("texts", "changed", language, before=one, after=other)


def _names(item: Mapping[str, Any]) -> LanguageMap:
    return dict(item.get("name") or item.get("text") or {})
