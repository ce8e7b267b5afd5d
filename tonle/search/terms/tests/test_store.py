"""Tables come and go while a node runs, and a thesaurus of any syntax becomes one."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest

from tonle.search import query
from tonle.search.terms import expand, lexicon, steward, store
from tonle.search.terms.errors import (
    BadTableName,
    NoConcepts,
    NoSuchTable,
    NotSkos,
    ShippedTable,
)
from tonle.search.terms.tables import Concept, Source, read_concepts, read_source, write

TURTLE = """
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix xl: <http://www.w3.org/2008/05/skos-xl#> .
<http://example.org/c1> a skos:Concept ; skos:inScheme <http://example.org/water> ;
  skos:notation "W1" ; skos:narrower <http://example.org/c2> ;
  skos:prefLabel "weir"@en, "ฝาย"@th, "barrage"@fr ; skos:altLabel "dam"@en-GB .
<http://example.org/c2> xl:prefLabel <http://example.org/l1> , <http://example.org/l2> .
<http://example.org/l1> xl:literalForm "sluice"@en .
<http://example.org/l2> xl:literalForm "ປະຕູນ້ຳ"@lo .
<http://example.org/c3> skos:prefLabel "alone"@en .
"""
RDF = """<?xml version="1.0"?>
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
 xmlns:skos="http://www.w3.org/2004/02/skos/core#">
<skos:Concept rdf:about="http://example.org/c1"><skos:prefLabel xml:lang="en">weir</skos:prefLabel>
<skos:prefLabel xml:lang="th">ฝาย</skos:prefLabel></skos:Concept></rdf:RDF>"""
TRIPLES = """
<http://example.org/c1> <http://www.w3.org/2004/02/skos/core#prefLabel> "weir"@en .
<http://example.org/c1> <http://www.w3.org/2004/02/skos/core#prefLabel> "ฝาย"@th .
"""
JSON_LD = """{"@context": {"skos": "http://www.w3.org/2004/02/skos/core#"},
 "@id": "http://example.org/c1", "skos:prefLabel": [
 {"@value": "weir", "@language": "en"}, {"@value": "ฝาย", "@language": "th"}]}"""


@pytest.fixture(autouse=True)
def place(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A node's directory of its own, and one small table that comes with Tonle."""
    settings.TONLE_DATA = tmp_path / "node"
    settings.TONLE_INDEX = tmp_path / "node/index"
    shipped = tmp_path / "shipped"
    shipped.mkdir()
    rice = Concept("", {"en": ["rice"], "lo": ["ເຂົ້າ"]})
    write(shipped / "basic.jsonl.gz", Source("basic", "Basic", "", "CC0-1.0"), [rice])
    monkeypatch.setattr(store, "SHIPPED", shipped)
    return tmp_path


def terms(text: str) -> list[str]:
    groups = expand(query.read(text), "en").groups
    return [word for group in groups for _, word in group.terms]


def given(place: Path, name: str, text: str) -> Path:
    path = place / name
    path.write_text(text, encoding="utf-8")
    return path


def test_nothing_is_said_before_the_tables_are_read_in_and_all_after() -> None:
    assert not expand(query.read("rice"), "en")

    assert store.refresh()
    assert not store.refresh()
    assert terms("rice") == ["ເຂົ້າ"]


def test_a_process_that_ends_leaves_the_lexicon_as_it_was() -> None:
    ending = threading.Event()
    ending.set()

    with pytest.raises(lexicon.Stopped):
        store.refresh(ending)
    assert store.current() is None
    assert store.refresh()


def test_a_thesaurus_is_used_from_the_next_question_on_and_goes_again(place: Path) -> None:
    store.refresh()
    added = steward.add_thesaurus(
        given(place, "water.ttl", TURTLE), name="water", title="Water words", licence="CC-BY-4.0"
    )

    assert (added.concepts, added.read.labels, added.read.left_out) == (2, 6, 1)
    assert terms("weir") == ["ฝาย"]
    assert terms("dams") == ["ฝาย"]
    assert terms("sluice") == ["ປະຕູນ້ຳ"]
    table = store.added() / "water.jsonl.gz"
    assert read_source(table).licence == "CC-BY-4.0"
    assert read_source(table).uri == "http://example.org/water"
    assert [(one.id, one.code, one.broader) for one in read_concepts(table)] == [
        ("http://example.org/c1", "W1", ()),
        ("http://example.org/c2", "", ["http://example.org/c1"]),
    ]
    assert [path.name for path in store.added().iterdir()] == ["water.jsonl.gz"]

    steward.remove_thesaurus("water")
    assert terms("weir") == []
    assert terms("rice") == ["ເຂົ້າ"]
    with pytest.raises(NoSuchTable):
        steward.remove_thesaurus("water")


@pytest.mark.parametrize(
    ("name", "text"),
    [("a.rdf", RDF), ("a.nt", TRIPLES), ("a.jsonld", JSON_LD), ("a.txt", RDF), ("b.txt", JSON_LD)],
)
def test_every_syntax_is_read(place: Path, name: str, text: str) -> None:
    assert steward.add_thesaurus(given(place, name, text), name="water").concepts == 1
    assert terms("weir") == ["ฝาย"]


@pytest.mark.parametrize(
    ("name", "text", "error"),
    [
        ("a.ttl", "this is no Turtle", NotSkos),
        ("a.rdf", RDF.replace("<rdf:RDF", "<!DOCTYPE x>\n<rdf:RDF", 1), NotSkos),
        ("a.jsonld", JSON_LD.replace('{"skos": "', '"').replace('#"}', '"'), NotSkos),
        ("a.ttl", TURTLE.replace("@th", "@fr").replace("@lo", "@fr"), NoConcepts),
        ("absent.ttl", None, NotSkos),
    ],
)
def test_what_is_no_thesaurus_is_refused_and_leaves_the_old_one(
    place: Path, name: str, text: str | None, error: type[Exception]
) -> None:
    steward.add_thesaurus(given(place, "good.ttl", TURTLE), name="water")
    path = place / name if text is None else given(place, name, text)

    with pytest.raises(error):
        steward.add_thesaurus(path, name="water")
    assert terms("weir") == ["ฝาย"]
    assert [path.name for path in store.added().iterdir()] == ["water.jsonl.gz"]


@pytest.mark.parametrize(
    ("name", "error"), [("../x", BadTableName), ("", BadTableName), ("basic", ShippedTable)]
)
def test_a_name_is_a_name_and_nobody_elses(place: Path, name: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        steward.add_thesaurus(given(place, "a.nt", TRIPLES), name=name)


def test_a_table_that_was_cut_off_keeps_no_other_out(place: Path) -> None:
    store.added().mkdir(parents=True)
    whole = (store.SHIPPED / "basic.jsonl.gz").read_bytes()
    (store.added() / "broken.jsonl.gz").write_bytes(whole[:40])
    steward.add_thesaurus(given(place, "a.nt", TRIPLES), name="zz")

    assert terms("rice") == ["ເຂົ້າ"]
    assert terms("weir") == ["ฝาย"]
    assert [shelved.source.name for shelved in steward.shelved()] == ["basic", "zz"]
