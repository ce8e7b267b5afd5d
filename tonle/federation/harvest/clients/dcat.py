"""DCAT catalogues in RDF: whole in one document, or page by page as Hydra tells.

A catalogue cannot be asked what changed, and says of each dataset when it did, if it says so
at all; so each walk reads all of it. Each thing is cut out with what hangs on it.
Source: DCAT 3; Hydra Core Vocabulary, "Collections" (`next`, and `nextPage` of its drafts);
DCAT-AP's use of both, as ckanext-dcat and udata publish.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from typing import ClassVar, Final
from urllib.parse import urljoin, urlsplit

from tonle.catalogue.public import dcat_things, triples
from tonle.federation.harvest.clients.door import (
    CursorLost,
    Identity,
    NotSpoken,
    Options,
    Page,
    Received,
    Unfit,
)
from tonle.federation.harvest.clients.walking import BaseClient, ended_early
from tonle.kernel.errors import N_
from tonle.kernel.sentences import Sentence, shown

READER: Final = "dcat"
_ACCEPT: Final = "text/turtle, application/rdf+xml;q=0.9, application/ld+json;q=0.8, */*;q=0.1"
_DCAT: Final = "http://www.w3.org/ns/dcat#"
_DCT: Final = "http://purl.org/dc/terms/"
_HYDRA: Final = "http://www.w3.org/ns/hydra/core#"
_MOST_PAGES: Final = 20_000


def open_client(url: str, options: Options) -> DcatClient:
    return DcatClient(url, options)


@dataclass(frozen=True)
class _Place:
    """Where a walk is. address: of the next page; pages: digests of what was read."""

    address: str
    seen: int = 0
    total: int | None = None
    number: int = 0
    digests: tuple[str, ...] = ()


class DcatClient(BaseClient):
    """One catalogue, at the address of its document."""

    protocol: ClassVar[str] = "dcat"

    def __init__(self, url: str, options: Options) -> None:
        super().__init__(url, options)
        # The address is the document's own, to the last letter.
        self.base_url = url.strip()

    def identify(self) -> Identity:
        graph = self._graph(self.base_url)
        catalogs = graph.subjects(f"{_DCAT}Catalog")
        if not catalogs and not dcat_things(graph):
            raise NotSpoken(host=self.host, protocol="DCAT")
        title = next((t for c in catalogs if (t := graph.one(c, f"{_DCT}title"))), None)
        return Identity(
            name=shown(title.value if title else self.host, 200),
            base_url=self.base_url,
            deletes="no",
            granularity="day",
        )

    def pages(self, *, since: str | None = None, cursor: str | None = None) -> Iterator[Page]:
        """All of it each time: there is no watermark, and nothing to ask `since` for."""
        del since
        place = _Place(self.base_url) if cursor is None else self._again(cursor)
        while True:
            graph = self._graph(place.address)
            datasets = dcat_things(graph)
            if place.number == 0 and not datasets and not graph.subjects(f"{_DCAT}Catalog"):
                raise NotSpoken(host=self.host, protocol="DCAT")
            told_of = frozenset(datasets)
            items = tuple(self._received(graph, one, told_of) for one in datasets)
            place = self._after(place, graph, items)
            if not place.address:
                early = ended_early(place.seen, place.total)
                yield Page(items, None, place.total, early)
                return
            yield Page(items, self.write_cursor(**asdict(place)), place.total)

    def _again(self, cursor: str) -> _Place:
        state = self.read_cursor(cursor)
        try:
            return _Place(**{**state, "digests": tuple(state["digests"])})
        except (TypeError, KeyError):
            raise CursorLost(host=self.host) from None

    def _after(self, place: _Place, graph: triples.Graph, items: tuple[Received, ...]) -> _Place:
        """The place after a page. Raises Unfit for pages in circles, or beyond counting."""
        names = "\n".join(sorted(one.identifier for one in items))
        digest = hashlib.sha256(names.encode("utf-8", "replace")).hexdigest()[:16]
        if items and digest in place.digests:
            raise Unfit(
                host=self.host,
                reason=N_("It sends the same page again and again, so that its list has no end."),
            )
        if place.number >= _MOST_PAGES:
            raise Unfit(host=self.host, reason=N_("It sends pages without end."))
        return replace(
            place,
            address=self._next(graph, place.address),
            seen=place.seen + len(items),
            total=self._total(graph) or place.total,
            number=place.number + 1,
            digests=(*place.digests, digest)[-40:],
        )

    def _next(self, graph: triples.Graph, here: str) -> str:
        """The address of the next page, at the same place; "" for none."""
        kinds = ("PartialCollectionView", "PagedCollection", "Collection")
        for view in graph.subjects(*(f"{_HYDRA}{kind}" for kind in kinds)):
            told = graph.one(view, f"{_HYDRA}next", f"{_HYDRA}nextPage")
            if told is None:
                continue
            # Behind a proxy, catalogues name an address of their inside; the path is right.
            found, ours = urlsplit(urljoin(here, told.value)), urlsplit(here)
            address = found._replace(scheme=ours.scheme, netloc=ours.netloc, fragment="").geturl()
            return "" if address == here else address
        return ""

    @staticmethod
    def _total(graph: triples.Graph) -> int | None:
        for view in graph.subjects(
            *(f"{_HYDRA}{kind}" for kind in ("PagedCollection", "Collection"))
        ):
            told = graph.one(view, f"{_HYDRA}totalItems")
            if told is not None and re.fullmatch(r"[0-9]{1,12}", told.value):
                return int(told.value)
        return None

    def _received(
        self, graph: triples.Graph, dataset: triples.Node, all_of_them: frozenset[triples.Node]
    ) -> Received:
        changed = graph.one(dataset, f"{_DCT}modified", f"{_DCT}issued")
        home = graph.one(dataset, f"{_DCAT}landingPage")
        data = graph.about(dataset, all_of_them)
        if dataset.kind == "iri":
            name = dataset.value
        else:
            # A dataset without a name of its own is known by its number, else by what it says.
            told = graph.one(dataset, f"{_DCT}identifier")
            name = told.value if told else hashlib.sha256(data).hexdigest()[:32]
        page = home.value if home else name
        return Received(
            identifier=name,
            datestamp=changed.value if changed else "",
            deleted=False,
            data=data,
            format=READER,
            home_url=page if re.match(r"https?://", page) else "",
        )

    def _graph(self, address: str) -> triples.Graph:
        answer = self.asker.get(address, accept=_ACCEPT)
        try:
            return triples.load(answer.body, base=address)
        except triples.NotRdf as error:
            remark = Sentence(error.remark.message, **error.remark.data)
            raise NotSpoken(host=self.host, protocol="DCAT", reason=remark) from None
