"""What formats for citing texts have in common: journals, pages, days in pieces."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final

from tonle.catalogue.crosswalks.clean import Cleaner, as_text
from tonle.catalogue.crosswalks.common import Document, Notes
from tonle.kernel.errors import N_

# Variables of CSL that say something of the work and have no place in a record.
WORK_KEYS: Final = frozenset(
    ["archive", "call-number", "event", "event-place", "medium", "references", "scale", "section"]
)
_MONTHS: Final = (
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
)  # fmt: skip


def quiet(notes: Notes) -> None:
    """Drop the remark on a publisher: DataCite asks for one, a citation often has none."""
    notes.warnings = [w for w in notes.warnings if w.where != "publisher"]


def stand_in(properties: dict[str, Any], clean: Cleaner, people: Sequence[dict[str, Any]]) -> None:
    """Where a source names no author: the people given, else its publisher, are the creators.

    properties: DataCite's, with `creators` and `publisher`. Nobody at all stays nobody.
    """
    if properties.get("creators"):
        return
    if people:
        properties["creators"] = [
            {key: value for key, value in one.items() if key != "contributorType"} for one in people
        ]
        clean.notes.warn(
            "creators", N_("Nobody is named as author; others who answer for it were taken.")
        )
        return
    stated = properties.get("publisher")
    entry = stated[0] if isinstance(stated, list) and stated else stated
    name = entry.get("name") if isinstance(entry, dict) else entry
    if as_text(name).strip():
        properties["creators"] = [{"name": name, "nameType": "Organizational"}]
        clean.notes.warn("creators", N_("Nobody is named as author; the publisher was taken."))


_CITED = re.compile(r"(.{3,400}?)[.,]?\s*\(?((?:1[5-9]|20)\d\d)[a-z]?\)?[.:,]\s*(.*)\Z", re.DOTALL)


def from_citation(
    text: str, clean: Cleaner
) -> tuple[list[dict[str, Any]], str, list[dict[str, Any]]]:
    """People, year and the cited work, of a citation that opens with "Family, Given. Year.".

    For formats that name the people of a dataset only so. Names are taken where each is
    "Family, Given"; else nobody is.
    """
    found = _CITED.match(" ".join(text.split()))
    if not found:
        return [], "", []
    # "Castro, Andy; Crook, Brian" or "Castro, Andy and Brian Crook": the first form alone is sure.
    names = [
        name.strip(" .") for name in re.split(r"\s*(?:;|&| and )\s*", found[1]) if name.strip()
    ]
    people = []
    for name in names:
        family, comma, given = (part.strip() for part in name.partition(","))
        if not comma or "," in given or len(name) > 100:
            return [], "", []
        people.append({"name": f"{family}, {given}", "familyName": family, "givenName": given})
    clean.notes.warn("citation", N_("The people were taken from the citation."))
    item = {
        "relatedItemType": "Other",
        "relationType": "IsDerivedFrom",
        "titles": [{"title": found[3].strip() or text}],
        "creators": people,
        "publicationYear": found[2],
    }
    return people, found[2], [item]


def software_profile(
    made: Document, clean: Cleaner, *, languages: Sequence[str], repository: str
) -> None:
    """What a record of software adds: what it is written in, and where its source is kept."""
    profile: dict[str, Any] = {}
    if named := [text for one in languages if (text := clean.line(one, "languages", 200))]:
        profile["programming_languages"] = named[:50]
    address = clean.code(repository, "repository")
    if re.match(r"https?://[^\s]+\Z", address):
        profile["repository"] = address
    if profile:
        made["profile"] = {"schema": "tonle-software/1", **profile}


def pages(text: str) -> tuple[str, str]:
    """`123--130` as first and last page; one page is a first page."""
    start, *end = re.split(r"-{1,3}|–|—", text, maxsplit=1)
    return start.strip(), "".join(end).strip()


def month(text: str) -> str:
    """A month in English words or digits as two digits; "" when it is none."""
    word = text.strip().lower().rstrip(".")
    if re.fullmatch(r"0?[1-9]|1[0-2]", word):
        return f"{int(word):02d}"
    if word[:3] in _MONTHS and word.isalpha():
        return f"{_MONTHS.index(word[:3]) + 1:02d}"
    return ""


def day_of_parts(parts: Sequence[str]) -> str:
    """Year, month and day in pieces as YYYY[-MM[-DD]]; "" without a year."""
    known = [part.strip() for part in parts]
    if not known or not re.fullmatch(r"[0-9]{4}", known[0]):
        return known[0] if known else ""
    made = known[0]
    if len(known) > 1 and (number := month(known[1])):
        made += f"-{number}"
        if len(known) > 2 and re.fullmatch(r"[0-9]{1,2}", known[2]):
            made += f"-{int(known[2]):02d}"
    return made


def iso_issn(value: Any) -> str:
    """`2050084X` and `2050-084X` as `2050-084X`; "" for what is no ISSN."""
    found = re.search(r"\b([0-9]{4})-?([0-9]{3}[0-9Xx])\b", as_text(value))
    return f"{found[1]}-{found[2].upper()}" if found else ""


def container(
    *,
    title: Any,
    volume: Any,
    issue: Any,
    first_page: str,
    last_page: str,
    issn: str,
    general: str,
) -> list[dict[str, Any]]:
    """The journal or book that a work is in, as DataCite's relatedItem; none without a title."""
    if not as_text(title).strip():
        return []
    item: dict[str, Any] = {
        "relatedItemType": general,
        "relationType": "IsPublishedIn",
        "titles": [{"title": title}],
        "volume": volume,
        "issue": issue,
        "firstPage": first_page,
        "lastPage": last_page,
    }
    if issn:
        item["relatedItemIdentifier"] = {
            "relatedItemIdentifier": issn,
            "relatedItemIdentifierType": "ISSN",
        }
    return [item]
