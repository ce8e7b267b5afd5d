"""DCAT out: the same statements in both prints, conformant with DCAT-AP for any record."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pyoxigraph as ox
import pytest
import rdflib
from hypothesis import given, settings
from hypothesis import strategies as st

from tonle.catalogue import starter
from tonle.catalogue.crosswalks import parse
from tonle.catalogue.crosswalks.tests.documents import TIDY, WILD, documents, minimal
from tonle.catalogue.crosswalks.tests.shapes import judged
from tonle.catalogue.crosswalks.tests.test_writers import ARTICLE, DOCUMENT, HERE
from tonle.catalogue.crosswalks.tests.ways import NODE
from tonle.catalogue.crosswalks.writers import Here, dcat
from tonle.catalogue.crosswalks.writers.iri import iri
from tonle.catalogue.kinds import kinds
from tonle.catalogue.places import place_of
from tonle.catalogue.rules.named import at_home

ANY = st.deferred(lambda: documents(TIDY) | documents(WILD))
VALID = "6hbkm10t76zftft"
KINDS = [kind.name for kind in kinds()]
DCAT = rdflib.Namespace("http://www.w3.org/ns/dcat#")
DCT = rdflib.Namespace("http://purl.org/dc/terms/")


def place(document: dict[str, Any]) -> Here:
    """Each at a place of its own: names that are drawn are drawn twice."""
    url = f"https://node.example/records/{document['id']}"
    return replace(HERE, url=url, pid_url=url)


def graph(document: dict[str, Any], here: Here | None = None) -> rdflib.Graph:
    text = dcat.write_turtle(document, here or place(document))
    return rdflib.Graph().parse(data=text, format="turtle")


def statements(text: str, form: ox.RdfFormat) -> set[str]:
    """Each named node with all that is said of it; blank nodes by what is said of them.

    Ours are trees, so this tells them apart; the general way takes for ever where twenty of
    them are alike.
    """
    found: dict[Any, list[tuple[str, Any]]] = {}
    for quad in ox.parse(text, format=form):
        found.setdefault(quad.subject, []).append((str(quad.predicate), quad.object))

    def said(node: Any) -> str:
        if not isinstance(node, ox.BlankNode):
            return str(node)
        return f"[{sorted({(name, said(value)) for name, value in found.get(node, ())})}]"

    return {
        f"{subject} {name} {said(value)}"
        for subject, pairs in found.items()
        if not isinstance(subject, ox.BlankNode)
        for name, value in pairs
    }


def both_are_the_same(document: dict[str, Any]) -> None:
    here = place(document)
    turtle = statements(dcat.write_turtle(document, here), ox.RdfFormat.TURTLE)
    linked = statements(dcat.write_json_ld(document, here), ox.RdfFormat.JSON_LD)
    assert turtle == linked
    assert len(turtle) > 5


def starters() -> list[dict[str, Any]]:
    made = []
    for number, (_, document) in enumerate(starter.documents()):
        made.append({**minimal(document["kind"]), **document, "id": f"{number:015}"})
    return made


def conforms(records: list[dict[str, Any]]) -> None:
    text = dcat.turtle([dcat.describe(one, place(one)) for one in records])
    assert judged(text) == ([], set())


def test_both_prints_say_the_same() -> None:
    for document in [DOCUMENT, ARTICLE, *starters()]:
        both_are_the_same(document)


@given(ANY)
def test_both_prints_of_any_record_say_the_same(document: dict[str, Any]) -> None:
    both_are_the_same(document)


def test_every_kind_conforms() -> None:
    conforms([DOCUMENT, {**ARTICLE, "id": "k" * 15}])
    conforms([{**minimal(kind), "id": f"{n:015}"} for n, kind in enumerate(KINDS)])


def test_the_starter_set_conforms() -> None:
    conforms(starters())


@settings(max_examples=15)
@given(st.lists(ANY, min_size=2, max_size=4, unique_by=lambda document: document["id"]))
def test_any_records_conform(records: list[dict[str, Any]]) -> None:
    conforms(records)


# --- what is what --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("document", "kind"),
    [
        (minimal("dataset"), "Dataset"),
        (minimal("indicator"), "Dataset"),
        (minimal("facility"), "Resource"),
        (minimal("funding_opportunity"), "Resource"),
        (minimal("software") | {"files": DOCUMENT["files"]}, "Dataset"),
        (
            minimal("publication") | {"distributions": [{"access_url": "https://example.org/x"}]},
            "Dataset",
        ),
        (
            minimal("service")
            | {
                "resource_type": {"general": "Service"},
                "distributions": [{"access_url": "https://example.org/wms"}],
            },
            "DataService",
        ),
        (minimal("service") | {"resource_type": {"general": "Service"}}, "Resource"),
    ],
)
def test_a_record_is_what_dcat_means(document: dict[str, Any], kind: str) -> None:
    found = {
        name
        for name in ("Dataset", "DataService", "Resource")
        if list(graph(document).subjects(rdflib.RDF.type, DCAT[name]))
    }
    assert found == {kind, "Resource"}


def test_files_that_are_not_open_are_not_named() -> None:
    closed = replace(place(DOCUMENT), files_open=False)
    for text in (dcat.write_turtle(DOCUMENT, closed), dcat.write_json_ld(DOCUMENT, closed)):
        assert "/files/" not in text
        assert "yields 2024.csv" not in text
        assert "access-right/RESTRICTED" in text


def test_files_that_stay_elsewhere_lead_there() -> None:
    foreign = minimal("dataset") | {
        "source": {"format": "ckan-json", "home_url": "https://ckan.example/dataset/7"},
        "distributions": [
            {
                "title": {"km": "ស្រូវ"},
                "download_url": "https://ckan.example/a b.csv",
                "media_type": "text/csv; charset=utf-8",
                "size_bytes": 7,
                "checksum": {"algorithm": "SHA-256", "value": "ab" * 32},
                "licence": {"identifier": "ODbL-1.0"},
            }
        ],
    }
    found = graph(foreign)
    (one,) = found.subjects(rdflib.RDF.type, DCAT.Distribution)
    assert str(found.value(one, DCAT.downloadURL)) == "https://ckan.example/a%20b.csv"
    assert str(found.value(one, DCT.license)) == "https://spdx.org/licenses/ODbL-1.0.html"
    assert str(found.value(one, DCAT.mediaType)).endswith("/text/csv")
    thing = found.value(predicate=DCAT.distribution, object=one)
    assert str(found.value(thing, DCAT.landingPage)) == "https://ckan.example/dataset/7"
    assert found.value(thing, DCAT.contactPoint) is None


def test_fields_of_research_become_themes_and_other_schemes_stay() -> None:
    found = graph(
        minimal("dataset")
        | {
            "subjects": [
                {"text": {"en": "Law"}, "scheme": "FORD", "classification_code": "5.5"},
                {"text": {"en": "Physics"}, "scheme": "OECD FORD", "classification_code": "1.3"},
                {"text": {"km": "ស្រូវ"}, "value_uri": "http://aims.fao.org/aos/agrovoc/c_6599"},
                {"text": {"en": "flood"}},
            ]
        }
    )
    assert {str(theme).rsplit("/", 1)[-1] for theme in found.objects(None, DCAT.theme)} == {
        "JUST", "TECH", "c_6599",
    }  # fmt: skip
    assert {str(word) for word in found.objects(None, DCAT.keyword)} == {"Law", "Physics", "flood"}


def test_a_box_over_the_180th_meridian_is_two() -> None:
    text = dcat.write_turtle(
        minimal("dataset")
        | {"geo_locations": [{"box": {"west": "170", "east": "-170", "south": "1", "north": "2"}}]},
        HERE,
    )
    assert (
        "MULTIPOLYGON(((170 1,180 1,180 2,170 2,170 1)),((-180 1,-170 1,-170 2,-180 2,-180 1)))"
        in text
    )


def test_the_context_is_inline_and_ours() -> None:
    made = json.loads(dcat.write_json_ld(DOCUMENT, HERE))
    assert all(isinstance(where, str) for where in made["@context"].values())
    assert "@import" not in made["@context"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("https://example.org/a b", "https://example.org/a%20b"),
        ("https://example.org/ក?x=%zz#a#b", ""),
        ("https://example.org/ក?x=%zz#a", "https://example.org/%E1%9E%80?x=%25zz#a"),
        ('https://example.org/"><x>', "https://example.org/%22%3E%3Cx%3E"),
        ("urn:nbn:de:101:1-2019", "urn:nbn:de:101:1-2019"),
        ("ark:12345/x", "ark:12345/x"),
        ("javascript:alert(1)", ""),
        ("mailto:a@example.org", ""),
        ("file:///etc/passwd", ""),
        ("//example.org/x", ""),
        ("http://[::1", ""),
        ("", ""),
    ],
)
def test_addresses_are_made_sound_or_left_out(text: str, found: str) -> None:
    assert iri(text) == found


@pytest.mark.parametrize("kind", KINDS)
def test_a_record_of_any_kind_is_read_back_as_what_it_is(kind: str) -> None:
    document = minimal(kind)
    for written in (dcat.write_turtle, dcat.write_json_ld):
        text = written(document, place(document))
        (read,) = parse("dcat", text.encode(), "record").documents
        assert read.document is not None, read.refusal
        assert read.document["kind"] == kind
        assert read.document["titles"] == {"km": "ស្រូវ"}


def test_what_is_listed_without_a_class_is_read_and_what_is_about_others_is_not() -> None:
    text = """
        @prefix dcat: <http://www.w3.org/ns/dcat#> . @prefix dct: <http://purl.org/dc/terms/> .
        @prefix foaf: <http://xmlns.com/foaf/0.1/> .
        <http://n/#c> a dcat:Catalog, dcat:Resource ; dct:title "All" ; dcat:resource <http://n/1> .
        <http://n/1> dct:title "One" . <http://n/2> dct:title "Two" .
        <http://n/2#e> a dcat:CatalogRecord ; dct:title "E" ; foaf:primaryTopic <http://n/2> .
        <http://n/3> dct:title "Of nobody's list" .
    """
    found = parse("dcat", text.encode(), "x").documents
    assert [one.document and one.document["titles"] for one in found] == [
        {"und": "One"}, {"und": "Two"},
    ]  # fmt: skip


def test_an_address_that_things_share_is_the_name_of_none() -> None:
    """What two records say of their home leads nobody to take them for one thing, and who reads
    a node in two ways knows each by its id here."""
    page = "http://portal.example/dataset/rain"
    shared_page = {
        "titles": {"en": "Rain"},
        "pids": [{"scheme": "url", "value": page}],
        "source": {"format": "ckan-json", "home_url": page, "base_url": "http://portal.example/"},
    }
    names = []
    for record in (VALID, "bcdfghjkmnpqrsk"):
        document = {**minimal("dataset"), **shared_page, "id": record}
        here = place_of(document, NODE, files_open=True)
        assert here.pid_url == page
        (found,) = parse("dcat", dcat.write_turtle(document, here).encode(), "x").documents
        assert found.document is not None
        told = [one["value"] for one in found.document["alternate_identifiers"]]
        assert f"{NODE}/records/{record}#it" in told
        names += told
    assert names.count(f"{NODE}/records/{VALID}#it") == 1
    harvested = {
        "source": {"base_url": "https://node.example/catalog"},
        "alternate_identifiers": [{"type": "URL", "value": f"{NODE}/records/{VALID}#it"}],
    }
    assert at_home(harvested) == ("home", f"node.example/{VALID}")
