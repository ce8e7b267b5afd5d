"""Styles of numbered lists: Vancouver, IEEE, and MLA, which counts nothing but names first."""

from __future__ import annotations

from tonle.catalogue.rules.citation.joining import clauses, listed_in, numbers, sentences
from tonle.catalogue.rules.citation.work import Work


def vancouver(work: Work) -> str:
    """Citing Medicine (NLM), 2nd edition: chapters 1, 18 and 22."""
    names = [f"{n.family} {n.initials('', '')}" if n.parted else n.whole for n in work.names]
    terms = work.terms
    if len(names) > 6:
        names = [*names[:6], "et al" if work.labels == "en" else terms.et_al]
    label = {"dataset": " [dataset]", "software": " [software]"}.get(work.sort, " [Internet]")
    if work.labels != "en":
        local = {"dataset": terms.dataset, "software": terms.software}.get(work.sort, "")
        label = f" [{local}]" if local else ""
    version = f"{terms.version} {work.version}" if work.version else ""
    where = f"doi:{work.doi}" if work.doi else f"{terms.available}: {work.pid}"
    if work.container:
        issue = work.volume + (f"({work.issue})" if work.issue else "")
        pages = f":{work.pages.replace('–', '-')}" if work.pages else ""
        source = f"{work.container}. {work.year_shown};{issue}{pages}".rstrip(";. ")
        return sentences([", ".join(names), work.title, source, where])
    published = "; ".join(part for part in (work.publisher, work.year_shown) if part)
    return sentences([", ".join(names), f"{work.title}{label}", version, published, where])


def ieee(work: Work) -> str:
    """IEEE Reference Guide (2023): periodicals, data sets, software; names as in section II."""
    names = [f"{n.initials('.', ' ')} {n.family}" if n.parted else n.whole for n in work.names]
    if len(names) > 6:
        who = f"{names[0]} {work.terms.et_al}"
    else:
        who = listed_in(work, names, " and " if len(names) == 2 else ", and ")
    word = work.terms.version.lower() if work.labels == "en" else work.terms.version
    title = work.title + (f", {word} {work.version}" if work.version else "")
    where = f"doi: {work.doi}." if work.doi else f"[Online]. Available: {work.pid}"
    if work.container:
        pages = f"{'pp.' if work.last_page else 'p.'} {work.pages}" if work.pages else ""
        rest = [work.container, *numbers(work, "vol. ", "no. "), pages, work.year]
    else:
        rest = [work.publisher, work.year]
    text = clauses([who, f"“{title},”", *rest])
    # An address stands by itself after a full stop; a DOI is one part more.
    return f"{text}, {where}" if work.doi else f"{text}. {where}"


def mla(work: Work) -> str:
    """MLA Handbook, 9th edition: 5.3 to 5.7 (names), 5.23 (titles), 5.56 (pages), 5.84, 5.93."""
    names = [n.whole for n in work.names]
    if work.names and work.names[0].parted:
        names[0] = f"{work.names[0].family}, {work.names[0].given}"
    terms = work.terms
    if len(names) > 2:
        who = f"{names[0]}, {terms.et_al}"
    else:
        comma = "," in names[0] if names else False
        who = listed_in(work, names, ", and " if comma else " and ")
    version = f"{terms.version} {work.version}" if work.version else ""
    year = work.year_shown
    if work.container:
        pages = _short_range(work.first_page, work.last_page)
        counted = numbers(work, "vol. ", "no. ")
        pages = f"{'pp.' if work.last_page else 'p.'} {pages}" if pages else ""
        rest = clauses([work.container, version, *counted, year, pages, work.pid])
        return sentences([who, f"“{work.title}.”", rest])
    publisher = "" if work.publisher == who else work.publisher
    label = {"dataset": terms.dataset, "software": terms.software}.get(work.sort, "")
    text = sentences([who, work.title, clauses([version, publisher, year, work.pid])])
    return f"{text}. {label}." if label else text


def _short_range(first: str, last: str) -> str:
    """`123–30`: of a last page beyond 99 the last two digits, where the others are the same."""
    if first.isdigit() and len(first) == len(last) > 2 and first[:-2] == last[:-2]:
        return f"{first}–{last[-2:]}"
    return f"{first}–{last}" if last else first
