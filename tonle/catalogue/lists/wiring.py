"""What lists register below: labels of facets, entries of navigation, what pages depend on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from tonle.infra import pagecache
from tonle.kernel.errors import N_
from tonle.search.public import Export, register_export, register_labels
from tonle.web.public import NavItem, register_navigation

if TYPE_CHECKING:
    from tonle.search.public import Found


def connect() -> None:
    """Called once, when the app is ready."""
    register_labels("community", _community)
    for facet in ("person", "affiliation", "publisher", "funder"):
        register_labels(facet, _party)
    register_export(Export("bib", "BibTeX", "application/x-bibtex; charset=utf-8", _bibtex))
    register_export(Export("ris", "RIS", "application/x-research-info-systems", _ris))
    register_navigation(NavItem(N_("Organisations"), "catalogue:organisations", "foot", 20))
    register_navigation(NavItem(N_("Communities"), "catalogue:communities", "foot", 10))
    pagecache.register_stamp(_stamp)


def _bibtex(pages: Iterable[Sequence[Found]]) -> Iterator[str]:
    from tonle.catalogue.lists.references import written

    return written(pages, "bibtex")


def _ris(pages: Iterable[Sequence[Found]]) -> Iterator[str]:
    from tonle.catalogue.lists.references import written

    return written(pages, "ris")


def _community(code: str, language: str) -> str:
    from tonle.catalogue.lists.communities import label

    return label(code, language)


def _party(code: str, _language: str) -> str:
    """A name stands for itself; an identifier is shown with its scheme as people write it."""
    scheme, colon, value = code.partition(":")
    return f"{scheme.upper()} {value}" if colon and scheme in {"orcid", "ror", "isni"} else code


def _stamp() -> tuple[int, ...]:
    from tonle.catalogue.lists.communities import stamp

    return stamp()
