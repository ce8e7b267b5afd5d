"""Styles that a country has laid down: China's standard, Viet Nam's rules for theses."""

from __future__ import annotations

from tonle.catalogue.rules.citation.joining import clauses, sentences
from tonle.catalogue.rules.citation.names import Name
from tonle.catalogue.rules.citation.work import Work

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
    return sentences([", ".join(names), title, source, work.pid, doi])


def _gbt_name(name: Name) -> str:
    if name.parted:
        return f"{name.family.upper()} {name.initials('', ' ')}"
    return name.whole


def bgddt(work: Work) -> str:
    """Viet Nam, Ministry of Education and Training: how theses list what they cite.

    Names in the order of their own country, Vietnamese ones in full, others as family name
    and initials; the year in brackets and a comma; titles of articles in quotation marks.
    Source: the Ministry's guide to lists of references, annex to the rules for theses
    (Decision 18/2000/QĐ-BGDĐT and its successors).
    """
    names = [
        n.whole if n.script == "vietnamese" or not n.parted else f"{n.family} {n.initials('.', '')}"
        for n in work.names
    ]
    year = f"({work.year or work.terms.no_date})"
    who = ", ".join(names)
    version = f"{work.terms.version.lower()} {work.version}" if work.version else ""
    if work.container:
        volume = work.volume + (f"({work.issue})" if work.issue else "")
        pages = f"tr. {work.pages.replace('–', '-')}" if work.pages else ""
        rest = clauses([f"“{work.title}”", work.container, volume, pages])
    else:
        rest = clauses([work.title, version, work.publisher])
    return sentences([f"{who} {year}, {rest}" if who else f"{rest} {year}", work.pid])
