"""What formats for citing texts have in common: journals, pages, days in pieces."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final

from tonle.catalogue.crosswalks.clean import as_text
from tonle.catalogue.crosswalks.common import Notes

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


def pages(text: str) -> tuple[str, str]:
    """`123--130` as first and last page; one page is a first page."""
    start, _, end = re.sub(r"\s*(?:-{1,3}|–|—)\s*", "\x00", text.strip(), count=1).partition("\x00")
    return start.strip(), end.strip()


def month(text: str) -> str:
    """A month in English words or digits as two digits; "" when it is none."""
    word = text.strip().lower().rstrip(".")
    if word.isascii() and word.isdigit() and 1 <= int(word) <= 12:
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
