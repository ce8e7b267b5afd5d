"""A DCAT catalogue in Turtle, RDF/XML or JSON-LD, whole or in Hydra's pages.

Written after DCAT 3 and the Hydra Core Vocabulary.
"""

from __future__ import annotations

import json

from tests.web_service import Asked, Reply, reply
from tonle.federation.harvest.tests.servers import Foreign, parameters, path_of
from tonle.federation.harvest.tests.servers.texts import text_of

_PREFIXES = """
@prefix dcat: <http://www.w3.org/ns/dcat#> .
@prefix dct: <http://purl.org/dc/terms/> .
@prefix foaf: <http://xmlns.com/foaf/0.1/> .
@prefix hydra: <http://www.w3.org/ns/hydra/core#> .
"""


class DcatServer(Foreign):
    """A catalogue of datasets by number.

    page_size: 0 for all in one document. old: in the words of Hydra's drafts. syntax: "turtle",
    "xml" or "json". circles: the last page leads to the first. inside: pages name an address
    behind a proxy.
    """

    def __init__(self, count: int) -> None:
        self.numbers = list(range(count))
        self.page_size = 0
        self.syntax = "turtle"
        self.old = self.circles = self.inside = False
        super().__init__()

    @staticmethod
    def name(number: int) -> str:
        return f"https://data.example.org/dataset/{number}"

    def route(self, asked: Asked) -> Reply:
        if path_of(asked) != "/catalog":
            return reply(404, "no")
        page = int(parameters(asked).get("page", 1))
        size = self.page_size or len(self.numbers)
        part = self.numbers[size * (page - 1) : size * page]
        last = size * page >= len(self.numbers)
        following = "" if last else str(page + 1)
        if last and self.circles:
            following = "1"
        if self.syntax == "json":
            return self._json(part)
        if self.syntax == "xml":
            return self._xml(part)
        text = _PREFIXES + '<https://data.example.org/> a dcat:Catalog ; dct:title "បញ្ជី"@km .\n'
        text += "".join(self._dataset(number) for number in part)
        if self.page_size:
            kind, following_word = (
                ("PagedCollection", "nextPage") if self.old else ("PartialCollectionView", "next")
            )
            base = "http://inside:8080" if self.inside else self.url
            text += f"<{base}/catalog?page={page}> a hydra:{kind} "
            if following:
                text += f"; hydra:{following_word} <{base}/catalog?page={following}> "
            text += f".\n<{base}/catalog> a hydra:Collection ; "
            text += f"hydra:totalItems {len(self.numbers)} .\n"
        return reply(200, text, Content_Type="text/turtle; charset=utf-8")

    def _dataset(self, number: int) -> str:
        text = text_of(number)
        name = self.name(number)
        return (
            f"<https://data.example.org/> dcat:dataset <{name}> .\n"
            f'<{name}> a dcat:Dataset ; dct:title "{text.title} {number}"@{text.language} ; '
            f'dct:publisher [ a foaf:Organization ; foaf:name "{text.creator}" ] ; '
            f"dcat:landingPage <https://data.example.org/page/{number}> ; "
            f'dct:modified "2024-01-01" ; dcat:distribution [ a dcat:Distribution ; '
            f"dcat:downloadURL <https://data.example.org/{number}.csv> ] .\n"
        )

    def _json(self, part: list[int]) -> Reply:
        context = {"dcat": "http://www.w3.org/ns/dcat#", "dct": "http://purl.org/dc/terms/"}
        graph = [
            {
                "@id": self.name(number),
                "@type": "dcat:Dataset",
                "dct:title": {"@value": text_of(number).title, "@language": "km"},
            }
            for number in part
        ]
        body = json.dumps({"@context": context, "@graph": graph})
        return reply(200, body, Content_Type="application/ld+json")

    def _xml(self, part: list[int]) -> Reply:
        inner = "".join(
            f'<dcat:Dataset rdf:about="{self.name(number)}">'
            f'<dct:title xml:lang="{text_of(number).language}">{text_of(number).title}</dct:title>'
            "</dcat:Dataset>"
            for number in part
        )
        body = (
            '<?xml version="1.0"?><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
            ' xmlns:dcat="http://www.w3.org/ns/dcat#" xmlns:dct="http://purl.org/dc/terms/">'
            f"{inner}</rdf:RDF>"
        )
        return reply(200, body, Content_Type="application/rdf+xml")
