"""Five styles of citation, each a function from a work to one line of plain text.

Plain, because it is copied: a style's italics are for the word processor that it goes into.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tonle.catalogue.rules.citation.names import Name
from tonle.catalogue.rules.citation.work import Work


@dataclass(frozen=True)
class Styled:
    """A citation in one style. code: stable; name: as its owners write it."""

    code: str
    name: str
    text: str


def styles(work: Work) -> list[Styled]:
    """The work in every style."""
    return [Styled(code, name, style(work)) for code, name, style in STYLES]


def apa(work: Work) -> str:
    """Publication Manual of the APA, 7th edition: 9.8 to 9.37, 10.1, 10.9, 10.10."""
    names = [f"{n.family}, {n.initials('.', ' ')}" if n.parted else n.whole for n in work.names]
    if len(names) > 20:
        names = [*names[:19], f"… {names[-1]}"]
        who = ", ".join(names)
    else:
        who = _joined(names, ", ", ", & ")
    label = {"dataset": "Data set", "software": "Computer software"}.get(work.sort, "")
    version = f" (Version {work.version})" if work.version else ""
    title = work.title + version + (f" [{label}]" if label else "")
    year = f"({work.year or 'n.d.'})"
    # A publisher that is the author is not named twice (APA 9.29).
    publisher = "" if work.publisher == who else work.publisher
    source = _journal(work, "{volume}({issue}), {pages}", "{volume}, {pages}") or publisher
    return _sentences([*([who, year, title] if who else [title, year]), source, work.pid])


def vancouver(work: Work) -> str:
    """Citing Medicine (NLM), 2nd edition: chapters 1, 18 and 22."""
    names = [f"{n.family} {n.initials('', '')}" if n.parted else n.whole for n in work.names]
    if len(names) > 6:
        names = [*names[:6], "et al"]
    label = {"dataset": " [dataset]", "software": " [software]"}.get(work.sort, " [Internet]")
    version = f"Version {work.version}" if work.version else ""
    where = f"doi:{work.doi}" if work.doi else f"Available from: {work.pid}"
    if work.container:
        numbers = work.volume + (f"({work.issue})" if work.issue else "")
        pages = f":{work.pages.replace('–', '-')}" if work.pages else ""
        source = f"{work.container}. {work.year};{numbers}{pages}".rstrip(";. ")
        return _sentences([", ".join(names), work.title, source, where])
    published = "; ".join(part for part in (work.publisher, work.year) if part)
    return _sentences([", ".join(names), f"{work.title}{label}", version, published, where])


def chicago(work: Work) -> str:
    """The Chicago Manual of Style, 17th edition, author-date: 14.72 to 14.76, 15.9, 14.257."""
    names = [n.whole for n in work.names]
    if work.names and work.names[0].parted:
        names[0] = f"{work.names[0].family}, {work.names[0].given}"
    few = len(names) <= 10
    who = _joined(names, ", ", ", and ") if few else f"{', '.join(names[:7])}, et al."
    version = f"Version {work.version}" if work.version else ""
    title = f"“{work.title}.”" if work.sort not in ("book", "report", "thesis") else work.title
    year = work.year or "n.d."
    source = _journal(work, "{volume} ({issue}): {pages}", "{volume}: {pages}") or work.publisher
    label = {"dataset": "Dataset", "software": "Software"}.get(work.sort, "")
    head = [who, year, title] if who else [title, year]
    return _sentences([*head, version, label, source, work.pid])


_MARKS = {
    "article": "J/OL", "book": "M/OL", "chapter": "M/OL", "dataset": "DS/OL", "report": "R/OL",
    "software": "CP/OL", "thesis": "D/OL",
}  # fmt: skip


def gbt7714(work: Work) -> str:
    """GB/T 7714-2015, sequential: 4.1, 4.4, 4.6, 8.1, appendix B.

    The day of looking is left to the reader: only they know it.
    """
    names = [_gbt_name(n) for n in work.names]
    if len(names) > 3:
        names = [*names[:3], "等" if work.names[0].script == "han" else "et al"]
    title = work.title + (f": V{work.version}" if work.version else "")
    title += f"[{_MARKS.get(work.sort, 'EB/OL')}]"
    if work.container:
        numbers = work.volume + (f"({work.issue})" if work.issue else "")
        pages = f": {work.pages.replace('–', '-')}" if work.pages else ""
        source = ", ".join(part for part in (work.container, work.year, numbers) if part) + pages
    else:
        source = ", ".join(part for part in (work.publisher, work.year) if part)
        if len(work.published_on) == 10 and work.published_on.startswith(work.year):
            source += f"({work.published_on})"
    doi = f"DOI:{work.doi}" if work.doi and work.doi not in work.pid else ""
    return _sentences([", ".join(names), title, source, work.pid, doi])


def _gbt_name(name: Name) -> str:
    if name.parted:
        return f"{name.family.upper()} {name.initials('', ' ')}"
    return name.whole


STYLES: Sequence[tuple[str, str, Callable[[Work], str]]] = (
    ("apa", "APA 7", apa),
    ("vancouver", "Vancouver", vancouver),
    ("chicago", "Chicago 17", chicago),
    ("gbt7714", "GB/T 7714-2015", gbt7714),
)


def _joined(names: Sequence[str], between: str, last: str) -> str:
    if len(names) < 2:
        return "".join(names)
    if len(names) == 2 and last.endswith("and "):
        # Chicago has no comma between two that are not turned round, one after a comma.
        return f"{names[0]}{', ' if ',' in names[0] else ' '}and {names[1]}"
    return between.join(names[:-1]) + last + names[-1]


def _journal(work: Work, full: str, without_issue: str) -> str:
    """The journal or book with its numbers; "" for what stands by itself."""
    if not work.container:
        return ""
    shape = full if work.issue and work.volume else without_issue
    numbers = shape.format(volume=work.volume, issue=work.issue, pages=work.pages)
    numbers = numbers.strip(" ,:")
    separator = " " if full.startswith("{volume} (") else ", "
    return f"{work.container}{separator if numbers else ''}{numbers}"


def _sentences(parts: Sequence[str]) -> str:
    """Parts with a full stop after each that has none of its own; none after an address."""
    made = []
    for part in (part.strip() for part in parts):
        if part:
            made.append(part if part.endswith((".", "?", "!", "。", ".”")) else f"{part}.")
    text = " ".join(made)
    last = parts[-1].strip() or next((p for p in reversed(parts) if p.strip()), "")
    return text.removesuffix(".") if last and text.endswith(f"{last}.") else text
