"""A catalogue of many records, a page at a time: the statements as they come, none kept.

Pages are led through as in data portals: a `hydra:PartialCollectionView`, which harvesters of
before also know as a `hydra:PagedCollection`, names the next. What a page does not hold yet is
not known before its end, so that comes last; the order of statements says nothing.
Source: DCAT-AP 3.0.1, classes Catalogue and Catalogue Record; Hydra Core Vocabulary,
"Pagination"; the paging of the DCAT extension of CKAN.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any, Final

from tonle.catalogue.crosswalks.writers.dcat import terms
from tonle.catalogue.crosswalks.writers.dcat.rdf import Node, add, link, moment, plain, said, typed
from tonle.catalogue.crosswalks.writers.dcat.record import describe, home, language
from tonle.catalogue.crosswalks.writers.here import Here
from tonle.kernel.dates import format_instant

# Members that are named in one statement; as many are held at a time.
BATCH: Final = 50
_MEMBERS: Final = {"dcat:Dataset": "dcat:dataset", "dcat:DataService": "dcat:service"}


@dataclass(frozen=True)
class Catalog:
    """What a catalogue says of itself.

    url: its name. title, description: language maps. languages: two letters each. issued_at,
    modified_at: of the first and of the newest entry, None for an empty node.
    """

    url: str
    title: Mapping[str, str]
    description: Mapping[str, str]
    node_name: str
    node_url: str
    languages: tuple[str, ...]
    issued_at: datetime | None
    modified_at: datetime | None


@dataclass(frozen=True)
class Page:
    """One page. url: its address; first: that of the first one; size: members on it at most.

    total: members of all pages, None where counting takes long.
    """

    url: str
    first: str
    size: int
    total: int | None


def statements(
    catalog: Catalog,
    page: Page,
    members: Iterable[tuple[Mapping[str, Any], Here]],
    following: Callable[[], str],
) -> Iterator[Node]:
    """The catalogue, its members and the way on.

    members: documents and their places, read as they are wanted. following: called when all
    are read; the address of the next page, "" at the end.
    """
    yield _catalog(catalog, page)
    rest = iter(members)
    while batch := list(islice(rest, BATCH)):
        named: Node = {"@id": catalog.url}
        for document, here in batch:
            node = describe(document, here)
            about = node
            if "foaf:primaryTopic" in node:
                about = node["foaf:primaryTopic"][0]
                add(named, "dcat:record", link(node["@id"]))
            add(named, _MEMBERS.get(about["@type"][0], "dcat:resource"), link(about["@id"]))
            yield node
        yield named
    yield _view(page, following())


def _catalog(catalog: Catalog, page: Page) -> Node:
    themes = f"{terms.AUTHORITY}data-theme"
    codes = (terms.LANGUAGES[tag] for tag in catalog.languages)
    node = link(
        catalog.url,
        "dcat:Catalog",
        "dcat:Resource",
        dct__title=[said(text, tag) for tag, text in catalog.title.items()],
        dct__description=[said(text, tag) for tag, text in catalog.description.items()],
        dct__publisher=home(catalog.node_name, catalog.node_url),
        dct__language=[language(code) for code in codes],
        dct__conformsTo=link(terms.PROFILE, "dct:Standard"),
        dcat__themeTaxonomy=link(themes, "skos:ConceptScheme", dct__title=said("Data theme", "en")),
        foaf__homepage=link(catalog.node_url, "foaf:Document"),
        hydra__view=link(page.url),
    )
    for name, at in (("dct:issued", catalog.issued_at), ("dct:modified", catalog.modified_at)):
        add(node, name, moment(format_instant(at)) if at else None)
    return node


def _view(page: Page, following: str) -> Node:
    node = link(
        page.url,
        "hydra:PartialCollectionView",
        "hydra:PagedCollection",
        hydra__first=link(page.first),
        hydra__firstPage=plain(page.first),
        hydra__itemsPerPage=typed(str(page.size), "xsd:integer"),
    )
    if page.total is not None:
        add(node, "hydra:totalItems", typed(str(page.total), "xsd:integer"))
    if following:
        add(node, "hydra:next", link(following))
        add(node, "hydra:nextPage", plain(following))
    return node
