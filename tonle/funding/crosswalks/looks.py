"""Whether a file holds opportunities, by its first signs. Light: it is asked of every file."""

from __future__ import annotations

import csv
import re
from typing import Final

# Columns of which a table of calls has all of the first, and one of the others.
_TITLE_AND_FUNDER: Final = frozenset(("title", "funder"))
_OF_CALLS: Final = frozenset(
    ("deadline", "deadline_as_stated", "closes_at", "who_may_apply", "amounts", "zone")
)
_LONGEST_HEADER: Final = 8_000


def like_common_grants(name: str, start: str) -> bool:
    """Whether JSON is an opportunity of the CommonGrants protocol, or a list of them."""
    del name
    return start[:1] in ("{", "[") and all(
        re.search(rf'"(?:{names})"\s*:', start)
        for names in (
            "title",
            "status",
            "createdAt|lastModifiedAt",
            "keyDates|acceptedApplicantTypes|customFields",
        )
    )


def like_calls(name: str, start: str) -> bool:
    """Whether a table has the columns of a list of calls."""
    return name.endswith((".csv", ".tsv", ".txt")) and is_header(columns(start))


def is_header(names: list[str]) -> bool:
    return set(names) >= _TITLE_AND_FUNDER and bool(_OF_CALLS & set(names))


def columns(start: str) -> list[str]:
    """The names in the first line, as they are compared."""
    line = start[:_LONGEST_HEADER].splitlines()[0] if start.strip() else ""
    delimiter = max(",;\t", key=line.count)
    try:
        row = next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        return []
    return [column_name(cell) for cell in row]


def column_name(cell: str) -> str:
    """`Who may apply` as `who_may_apply`."""
    return re.sub(r"[\s-]+", "_", cell.strip("\ufeff \t").lower())
