"""What people type into the rows of an agreement's forms, and the rows they see. Pure.

A text in several languages is rows of a language and a text (`<name>-0-lang`, `<name>-0-text`);
an empty row is none, and one empty row is always offered.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tonle.kernel.errors import N_
from tonle.kernel.sentences import invalid

LANGUAGES = ("en", "km", "lo", "th", "vi", "my", "zh-Hans")
MOST_LANGUAGES = 12
MOST_ROWS = 200
_LONGEST_SLUG = 40

Sent = Mapping[str, Any]


@dataclass(frozen=True)
class Line:
    """One row: the name of its fields, the language chosen, the text."""

    name: str
    tag: str
    text: str


@dataclass(frozen=True)
class Named:
    """Something with a name in languages: a party or a key area. id: "" for a new one."""

    name: str
    id: str
    lines: tuple[Line, ...]
    organisation: str = ""
    country: str = ""


def lines(name: str, told: Mapping[str, str], reader: str) -> tuple[Line, ...]:
    """The rows of a text, and an empty one in a language that is missing, the reader's first."""
    rows = [Line(f"{name}-{at}", tag, text) for at, (tag, text) in enumerate(told.items())]
    missing = next((tag for tag in (reader, *LANGUAGES) if tag not in told), "")
    if len(rows) < MOST_LANGUAGES:
        rows.append(Line(f"{name}-{len(rows)}", missing, ""))
    return tuple(rows)


def told(name: str, sent: Sent) -> dict[str, str]:
    """The text that rows say, by language. Raises Invalid for two in one language."""
    made: dict[str, str] = {}
    for at in range(MOST_LANGUAGES):
        text = " ".join(str(sent.get(f"{name}-{at}-text", "")).split())
        tag = str(sent.get(f"{name}-{at}-lang", ""))
        if not text:
            continue
        if tag in made:
            raise invalid(name, N_("Two rows are in one language. Choose another for one."))
        made[tag] = text
    return made


def named(
    prefix: str, things: Sequence[Mapping[str, Any]], reader: str, *, empty: int = 1
) -> list[Named]:
    """The rows of parties or key areas, and some empty ones."""
    rows = [
        Named(
            f"{prefix}-{at}",
            one["id"],
            lines(f"{prefix}-{at}-name", one["name"], reader),
            one.get("organisation", ""),
            one.get("country", ""),
        )
        for at, one in enumerate(things)
    ]
    for _ in range(empty):
        name = f"{prefix}-{len(rows)}"
        rows.append(Named(name, "", lines(f"{name}-name", {}, reader)))
    return rows


def told_named(prefix: str, sent: Sent, most: int = 50) -> list[dict[str, Any]]:
    """Parties or key areas as they were typed; what has neither name nor organisation is none."""
    made: list[dict[str, Any]] = []
    for at in range(most + 10):
        name = f"{prefix}-{at}"
        said = told(f"{name}-name", sent)
        organisation = str(sent.get(f"{name}-organisation", ""))
        if said or organisation:
            made.append(
                {
                    "id": str(sent.get(f"{name}-id", "")),
                    "name": said,
                    "organisation": organisation,
                    "country": str(sent.get(f"{name}-country", "")),
                }
            )
    return made[:most]


def slug(words: str, taken: Collection[str], instead: str) -> str:
    """A name for addresses made of words, unlike those that are taken.

    instead: where the words have no Latin letters ("area").
    """
    plain = unicodedata.normalize("NFKD", words).encode("ascii", "ignore").decode().lower()
    base = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:_LONGEST_SLUG].strip("-") or instead
    found, number = base, 2
    while found in taken:
        found, number = f"{base}-{number}", number + 1
    return found


def articles(sent: Sent) -> list[dict[str, str]]:
    """Articles as they were typed, those without a text left out."""
    made = []
    for at in range(MOST_ROWS + 1):
        text = str(sent.get(f"text-{at}", "")).replace("\r\n", "\n").strip()
        heading = " ".join(str(sent.get(f"heading-{at}", "")).split())
        if text or heading:
            made.append({**({"heading": heading} if heading else {}), "text": text})
    return made[:MOST_ROWS]


def survivals(text: str) -> list[dict[str, int]]:
    """ "7, 9 (24)": article 7 for ever, article 9 for 24 months. Raises Invalid."""
    made = []
    for part in (one.strip() for one in re.split(r"[,;]", text)):
        if not part:
            continue
        found = re.fullmatch(r"(\d{1,3})(?:\s*\(\s*(\d{1,4})\s*\))?", part)
        if found is None:
            raise invalid("survivals", N_("Write numbers of articles, such as: 7, 9 (24)"))
        article, months = found.groups()
        made.append({"article": int(article), **({"months": int(months)} if months else {})})
    return made


def said_survivals(clauses: Sequence[Mapping[str, int]]) -> str:
    """The other way round."""
    return ", ".join(
        f"{one['article']} ({one['months']})" if "months" in one else str(one["article"])
        for one in clauses
    )


def again(name: str, sent: Sent) -> tuple[Line, ...]:
    """The rows of a text as they were sent, to be shown with what was wrong."""
    return tuple(
        Line(
            f"{name}-{at}",
            str(sent.get(f"{name}-{at}-lang", "")),
            str(sent.get(f"{name}-{at}-text", "")),
        )
        for at in range(MOST_LANGUAGES)
        if f"{name}-{at}-text" in sent
    )


def again_named(prefix: str, sent: Sent, most: int = 60) -> list[Named]:
    """The rows of parties or key areas as they were sent."""
    return [
        Named(
            f"{prefix}-{at}",
            str(sent.get(f"{prefix}-{at}-id", "")),
            again(f"{prefix}-{at}-name", sent),
            str(sent.get(f"{prefix}-{at}-organisation", "")),
            str(sent.get(f"{prefix}-{at}-country", "")),
        )
        for at in range(most)
        if f"{prefix}-{at}-name-0-text" in sent
    ]
