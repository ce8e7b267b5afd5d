"""What a citation needs to know of a record, whatever the style."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import tzinfo
from typing import Any, Final

from tonle.catalogue.rules.citation.names import Name, name_of
from tonle.catalogue.rules.citation.terms import ENGLISH, TERMS, Terms, language_of, year_in
from tonle.kernel.dates import day_at
from tonle.kernel.text import UNDETERMINED, choose

# Sorts of work that styles write differently; all else is like a dataset without a label.
_SORT_OF_GENERAL: Final = {
    "Book": "book",
    "BookChapter": "chapter",
    "ConferencePaper": "chapter",
    "DataPaper": "article",
    "Dataset": "dataset",
    "Dissertation": "thesis",
    "JournalArticle": "article",
    "Report": "report",
    "Software": "software",
}


@dataclass(frozen=True)
class Work:
    """One work. year and publisher are "" where they are not known.

    sort: article, book, chapter, dataset, report, software, thesis or other.
    pid: the address by which it is found again. language: of the title. labels: the language
    that the citation is written in, a key of TERMS.
    """

    title: str
    pid: str
    sort: str
    label: str = ""
    names: tuple[Name, ...] = ()
    year: str = ""
    published_on: str = ""
    version: str = ""
    publisher: str = ""
    container: str = ""
    volume: str = ""
    issue: str = ""
    first_page: str = ""
    last_page: str = ""
    language: str = "und"
    doi: str = ""
    keywords: tuple[str, ...] = field(default=())
    labels: str = ENGLISH

    @property
    def terms(self) -> Terms:
        return TERMS[self.labels]

    @property
    def year_shown(self) -> str:
        """The year as the citation's language counts it."""
        return year_in(self.labels, self.year)

    @property
    def pages(self) -> str:
        return f"{self.first_page}–{self.last_page}" if self.last_page else self.first_page


def work_of(
    document: Mapping[str, Any],
    *,
    languages: str | Sequence[str],
    pid: str,
    kind_label: str,
    zone: tzinfo,
) -> Work:
    """The work that a record document describes.

    languages: the reader's; pid: the address to cite; kind_label: a word for its kind.
    zone: of the node that published it, whose days and years are cited.
    """
    language, title = cited_title(document, languages)
    general = document.get("resource_type", {}).get("general", "")
    sort = _SORT_OF_GENERAL.get(general) or (
        document["kind"] if document["kind"] in ("dataset", "software") else "other"
    )
    within: Mapping[str, Any] = next(
        (i for i in document.get("related_items", ()) if i["relation_type"] == "IsPublishedIn"), {}
    )
    container = next((choose(t["text"], languages)[1] for t in within.get("titles", ())), "")
    number = document.get("version", 1)
    labels = language_of(languages, language)
    return Work(
        title=title,
        pid=pid,
        sort=sort,
        label=kind_label,
        names=tuple(name_of(agent, labels) for agent in document.get("creators", ())),
        year=year_of(document, zone),
        published_on=issued_on(document, zone),
        version=document.get("version_label", "") or (str(number) if number > 1 else ""),
        publisher=document.get("publisher", {}).get("name", ""),
        container=container,
        volume=within.get("volume", ""),
        issue=within.get("issue", ""),
        first_page=within.get("first_page", ""),
        last_page=within.get("last_page", ""),
        language=language,
        doi=next((p["value"] for p in document.get("pids", ()) if p["scheme"] == "doi"), ""),
        labels=labels,
    )


def cited_title(document: Mapping[str, Any], languages: str | Sequence[str]) -> tuple[str, str]:
    """(language, title) by which a work is cited: that on its title page.

    languages: the reader's. In one of the work's own languages, the reader's where it is among
    them; where it is not, a translation that they can read follows in brackets, as all styles
    have it. A work whose languages nobody has stated has its title in the reader's.
    """
    titles = document["titles"]
    stated = [tag for tag in document.get("languages", ()) if _primary(tag) != UNDETERMINED]
    read, translated = choose(titles, languages)
    known = {_primary(tag) for tag in stated}
    language, title = choose(titles, stated)
    if _primary(read) in known or _primary(language) not in known:
        return read, translated
    return language, f"{title} [{translated}]" if translated != title else title


def _primary(tag: str) -> str:
    return tag.lower().split("-")[0]


def year_of(document: Mapping[str, Any], zone: tzinfo) -> str:
    """The year of publication; of what was first published here, that of its publication."""
    if "publication_year" in document:
        return str(document["publication_year"])
    # Of what was published elsewhere we know the year or say none.
    return "" if "source" in document else day_at(document.get("published_at", ""), zone)[:4]


def issued_on(document: Mapping[str, Any], zone: tzinfo) -> str:
    """The day of publication as the record states it, else that of this node, else ""."""
    stated = next((d["date"] for d in document.get("dates", ()) if d["type"] == "Issued"), "")
    if stated and "/" not in stated:
        return str(stated)[:10]
    return "" if "source" in document else day_at(document.get("published_at", ""), zone)
