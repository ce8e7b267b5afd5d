"""Putting the parts of a citation together: names, journals, sentences."""

from __future__ import annotations

from collections.abc import Sequence

from tonle.catalogue.rules.citation.terms import TERMS
from tonle.catalogue.rules.citation.work import Work


def joined(names: Sequence[str], between: str, last: str) -> str:
    """`a, b, & c`: between stands between names, last before the last one."""
    if len(names) < 2:
        return "".join(names)
    return between.join(names[:-1]) + last + names[-1]


def listed_in(work: Work, names: Sequence[str], last: str) -> str:
    """Names as the citation's language lists them; last: how English does it."""
    if work.labels == "en":
        return joined(names, ", ", last)
    terms = TERMS[work.labels]
    return joined(names, terms.comma, terms.join)


def journal(work: Work, full: str, without_issue: str) -> str:
    """The journal or book with its numbers; "" for what stands by itself."""
    if not work.container:
        return ""
    shape = full if work.issue and work.volume else without_issue
    numbers = shape.format(volume=work.volume, issue=work.issue, pages=work.pages)
    numbers = numbers.strip(" ,:")
    separator = " " if full.startswith("{volume} (") else ", "
    return f"{work.container}{separator if numbers else ''}{numbers}"


def numbers(work: Work, volume: str, issue: str) -> list[str]:
    """`vol. 7`, `no. 2`: what is known of them, each with its word before it."""
    known = ((volume, work.volume), (issue, work.issue))
    return [f"{word}{value}" for word, value in known if value]


def sentences(parts: Sequence[str]) -> str:
    """Parts with a full stop after each that has none of its own; none after an address."""
    made = []
    for part in (part.strip() for part in parts):
        if part:
            made.append(part if part.endswith((".", "?", "!", "。", ".”")) else f"{part}.")
    text = " ".join(made)
    last = parts[-1].strip() or next((p for p in reversed(parts) if p.strip()), "")
    return text.removesuffix(".") if last and text.endswith(f"{last}.") else text


def clauses(parts: Sequence[str]) -> str:
    """Parts with commas between them, none where a part ends in its own."""
    text = ""
    for part in (part.strip() for part in parts):
        if part:
            text += part if not text else f" {part}" if text.endswith((",”", ",")) else f", {part}"
    return text
