"""What a reader is sent who asks for this and that."""

from __future__ import annotations

import pytest

from tonle.catalogue.rules.negotiation import MediaType, Offer, best

CRATE = 'application/ld+json; profile="https://w3id.org/ro/crate/1.2 https://w3id.org/ro/crate"'
OFFERS = [
    Offer("html", MediaType.parse("text/html")),
    Offer("json", MediaType.parse("application/json")),
    Offer("crate", MediaType.parse(CRATE)),
    Offer("ld", MediaType.parse("application/ld+json")),
    Offer("apa", MediaType.parse("text/x-bibliography; style=apa")),
    Offer("ieee", MediaType.parse("text/x-bibliography; style=ieee")),
]


@pytest.mark.parametrize(
    ("accept", "name"),
    [
        ("*/*", "html"),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "html"),
        ("application/json", "json"),
        ("APPLICATION/JSON", "json"),
        ("application/*", "json"),
        ("application/ld+json", "ld"),
        ('application/ld+json;profile="https://w3id.org/ro/crate/1.2"', "crate"),
        ('application/ld+json;profile="https://w3id.org/ro/crate"', "crate"),
        ('application/ld+json; profile="https://example.org/none"', None),
        # Quality decides, whatever the order; of equals ours comes first.
        ("text/html;q=0.1, application/json;q=0.2", "json"),
        ("application/ld+json, application/json", "json"),
        # A profile that nobody asked for comes after what has none.
        ("application/json;q=0, application/*", "ld"),
        ("application/json;q=0.5, application/ld+json;q=0.50", "json"),
        # The most specific range has its say: all of application but this one.
        ("application/*;q=0.9, application/json;q=0", "ld"),
        ("*/*, text/html;q=0", "json"),
        ("*/*;q=0", None),
        ("text/html;q=0", None),
        ("image/png", None),
        ("image/png, */*;q=0.01", "html"),
        ("text/x-bibliography", "apa"),
        ("text/x-bibliography; style=ieee; locale=th", "ieee"),
        ("text/x-bibliography; style=nobodys", None),
        ("application/json; charset=utf-8", "json"),
        # What cannot be read is passed over, and never an error.
        ('text/html;q="', "html"),
        ("application/json;q=high", "json"),
        ("gibberish", None),
        ("/, a/, ,;;", None),
        ("", None),
    ],
)
def test_the_best_offer(accept: str, name: str | None) -> None:
    found = best(accept, OFFERS)
    assert (found.name if found else None) == name


def test_a_citation_may_be_asked_for_in_a_language() -> None:
    found = best("text/x-bibliography; style=apa; locale=th-TH", OFFERS)
    assert found is not None
    assert found.locale == "th-TH"


def test_a_long_header_costs_little() -> None:
    assert best("a/b, " * 100_000, OFFERS) is None
    # Quotes that never end: each was looked for to the end of the header, from every place.
    assert best('a/b; c="' + '\\"' * 200_000 + "\\", OFFERS) is None
