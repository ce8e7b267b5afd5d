"""Styles that name author and date first: APA, Chicago, Harvard."""

from __future__ import annotations

from tonle.catalogue.rules.citation.joining import clauses, journal, listed_in, sentences
from tonle.catalogue.rules.citation.work import Work


def apa(work: Work) -> str:
    """Publication Manual of the APA, 7th edition: 9.8 to 9.37, 10.1, 10.9, 10.10."""
    names = [f"{n.family}, {n.initials('.', ' ')}" if n.parted else n.whole for n in work.names]
    if len(names) > 20:
        who = ", ".join([*names[:19], f"… {names[-1]}"])
    else:
        who = listed_in(work, names, ", & ")
    terms = work.terms
    label = {"dataset": terms.dataset, "software": terms.software}.get(work.sort, "")
    version = f" ({terms.version} {work.version})" if work.version else ""
    title = work.title + version + (f" [{label}]" if label else "")
    year = f"({work.year_shown or terms.no_date})"
    # A publisher that is the author is not named twice (APA 9.29).
    publisher = "" if work.publisher == who else work.publisher
    source = journal(work, "{volume}({issue}), {pages}", "{volume}, {pages}") or publisher
    return sentences([*([who, year, title] if who else [title, year]), source, work.pid])


def chicago(work: Work) -> str:
    """The Chicago Manual of Style, 17th edition, author-date: 14.72 to 14.76, 15.9, 14.257."""
    names = [n.whole for n in work.names]
    if work.names and work.names[0].parted:
        names[0] = f"{work.names[0].family}, {work.names[0].given}"
    terms = work.terms
    if len(names) > 10:
        who = f"{', '.join(names[:7])}, {terms.et_al}"
    else:
        # No comma between two that are not turned round, one after a comma.
        two = len(names) == 2 and "," not in names[0]
        who = listed_in(work, names, " and " if two else ", and ")
    version = f"{terms.version} {work.version}" if work.version else ""
    title = f"“{work.title}.”" if work.sort not in ("book", "report", "thesis") else work.title
    year = work.year_shown or terms.no_date
    source = journal(work, "{volume} ({issue}): {pages}", "{volume}: {pages}") or work.publisher
    label = {"dataset": "Dataset", "software": "Software"}.get(work.sort, "")
    if work.labels != "en":
        label = {"dataset": terms.dataset, "software": terms.software}.get(work.sort, "")
    head = [who, year, title] if who else [title, year]
    return sentences([*head, version, label, source, work.pid])


def harvard(work: Work) -> str:
    """Harvard as in Cite Them Right, 12th edition: reference lists, journal articles, data."""
    names = [f"{n.family}, {n.initials('.', '')}" if n.parted else n.whole for n in work.names]
    terms = work.terms
    who = f"{names[0]} {terms.et_al}" if len(names) > 3 else listed_in(work, names, " and ")
    year = f"({work.year_shown or terms.no_date})"
    label = {"dataset": terms.dataset, "software": terms.software}.get(work.sort, "")
    version = f" ({terms.version} {work.version})" if work.version else ""
    where = f"{terms.available}: {work.pid}"
    if work.labels == "en":
        where = f"Available at: {work.pid}"
    if work.container:
        issue = f"{work.volume}({work.issue})" if work.issue else work.volume
        pages = f"{'pp.' if work.last_page else 'p.'} {work.pages}" if work.pages else ""
        source = clauses([f"‘{work.title}’", work.container, issue, pages])
        head = [f"{who} {year} {source}"] if who else [f"{source} {year}"]
        return sentences([*head, where])
    title = f"{work.title}{version}" + (f" [{label}]" if label else "")
    head = [f"{who} {year} {title}"] if who else [f"{title} {year}"]
    return sentences([*head, "" if work.publisher == who else work.publisher, where])
