"""Records as research objects: what the specification demands of a crate without files."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tonle.catalogue.crosswalks import ro_crate as reader
from tonle.catalogue.crosswalks.tests.crates import faults
from tonle.catalogue.crosswalks.tests.documents import TIDY, WILD, documents, minimal
from tonle.catalogue.crosswalks.tests.test_writers import DOCUMENT, HERE
from tonle.catalogue.crosswalks.tests.ways import RICH, described, drawn
from tonle.catalogue.crosswalks.tonle_record import OWN_FIELDS
from tonle.catalogue.crosswalks.writers import Here, ro_crate
from tonle.catalogue.crosswalks.writers.ro_crate import Payload
from tonle.catalogue.kinds import kinds

CLOSED = Here(**{**HERE.__dict__, "files_open": False})


def crate(document: dict[str, Any], here: Here = HERE) -> dict[str, Any]:
    made: dict[str, Any] = json.loads(ro_crate.write(document, here))
    return made


def by_id(made: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {entity["@id"]: entity for entity in made["@graph"]}


def test_the_published_checks_find_nothing() -> None:
    assert faults(crate(DOCUMENT)) == []


@pytest.mark.deep
def test_the_published_checks_find_nothing_in_any_kind() -> None:
    # Of each the fullest that was drawn says most.
    fullest = {kind.name: minimal(kind.name) for kind in kinds()}
    fullest |= {one["kind"]: one for one in drawn()}
    found = {name: faults(crate({**one, **RICH})) for name, one in fullest.items()}
    assert {name: some for name, some in found.items() if some} == {}


def test_the_oracle_reads_it(tmp_path: Any) -> None:
    from rocrate.rocrate import ROCrate

    (tmp_path / "ro-crate-metadata.json").write_text(
        ro_crate.attached(DOCUMENT, HERE, [Payload("data/yields 2024.csv", DOCUMENT["files"][0])]),
        encoding="utf-8",
    )
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "yields 2024.csv").write_text("a")
    read = ROCrate(tmp_path)
    assert read.root_dataset["name"][0].startswith("Rice yields")
    author = read.root_dataset["author"][0]
    assert (author.id, author["affiliation"].id) == (
        "https://orcid.org/0000-0002-1825-0097",
        "https://ror.org/03ggezs29",
    )
    (file,) = read.data_entities
    assert (file["contentSize"], file["encodingFormat"]) == ("1200", "text/csv")
    assert read.root_dataset["license"].id == "https://creativecommons.org/licenses/by/4.0/"


def test_texts_keep_their_languages() -> None:
    root = by_id(crate(DOCUMENT))[HERE.url]
    assert {one["@language"] for one in root["name"]} == {"en", "km"}
    assert {one["@language"] for one in root["description"]} == {"en", "km"}


def test_closed_files_are_not_in_it() -> None:
    text = ro_crate.write(DOCUMENT, CLOSED)
    assert "/files/" not in text
    assert "hasPart" not in text


def test_files_elsewhere_are_named_where_they_are() -> None:
    far = {
        "download_url": "https://data.example/a b.csv",
        "size_bytes": 7,
        "media_type": "text/csv",
    }
    document = {**minimal("dataset"), "access": {"level": "open"}, "distributions": [far]}
    found = by_id(crate(document))["https://data.example/a%20b.csv"]
    assert (found["@type"], found["contentSize"]) == ("File", "7")
    hidden = {**document, "access": {"level": "restricted"}}
    assert "data.example" not in ro_crate.write(hidden, HERE)


@pytest.mark.parametrize(
    ("path", "iri"),
    [
        ("data/a b.csv", "data/a%20b.csv"),
        ("data/ខេត្ត.csv", "data/ខេត្ត.csv"),
        ("data/50%#1?.csv", "data/50%25%231%3F.csv"),
        ("data/x[1].csv", "data/x%5B1%5D.csv"),
        ("data/a:b", "data/a%3Ab"),
    ],
)
def test_a_path_becomes_an_address_and_keeps_its_letters(path: str, iri: str) -> None:
    assert ro_crate.path_iri(path) == iri


def test_every_kind_is_a_crate() -> None:
    for kind in kinds():
        graph = by_id(crate(minimal(kind.name)))
        assert graph[HERE.url]["license"]
        main = graph[HERE.url].get("mainEntity")
        assert (main is None) == (kind.name == "dataset")


def read(made: dict[str, Any]) -> dict[str, Any]:
    (record,) = reader.parse(json.dumps(made).encode(), "ro-crate-metadata.json").documents
    assert record.document is not None
    return described(record.document)


@settings(max_examples=25)
@given(st.deferred(lambda: documents(TIDY)))
def test_a_crate_alone_comes_back_as_the_record(document: dict[str, Any]) -> None:
    whole = described(document)
    if document["access"]["level"] in ("embargoed", "restricted"):
        whole.pop("distributions", None)
    assert read(crate(document)) == whole
    beside = json.loads(ro_crate.attached(document, HERE, []))
    assert read(beside) == whole


def test_a_crate_that_somebody_edited_is_read_as_edited() -> None:
    made = crate(DOCUMENT)
    graph = by_id(made)
    root = graph[HERE.url]
    root["name"] = "Rice"
    root["dateModified"] = "2026-01-01"
    root["author"] = [root["author"][2], root["author"][0], {"@id": "#new"}]
    made["@graph"].append({"@id": "#new", "@type": "Person", "name": "Bopha"})
    graph["https://orcid.org/0000-0002-1825-0097"]["name"] = "Sokha Chan-Lim"
    made["@graph"].reverse()
    found = read(made)
    before = described(DOCUMENT)
    assert found["titles"] == {"und": "Rice"}
    assert found["creators"][0] == before["creators"][2]
    assert [one["name"] for one in found["creators"]][2] == "Bopha"
    assert {"type": "Updated", "date": "2026-01-01"} in found["dates"]
    assert before["dates"][1] in found["dates"]
    # What schema.org has no word for, and nobody touched.
    kept = ("kind", "members", "access", "contributors", "descriptions", "profile", "relations")
    assert {key: found[key] for key in kept} == {key: before[key] for key in kept}


def test_what_a_kind_adds_falls_with_the_kind() -> None:
    made = crate(minimal("software") | {"profile": {"schema": "tonle-software/1", "x": "y"}})
    assert read(made)["profile"]["x"] == "y"
    by_id(made)[f"{HERE.url}#main"]["@type"] = "Book"
    found = read(made)
    assert (found["kind"], "profile" in found) == ("publication", False)


@pytest.mark.parametrize("value", ["", "{", "[1]", '{"is": {"x": 1}}', None, {"@value": 7}])
def test_notes_of_strangers_do_no_harm(value: Any) -> None:
    made = crate(DOCUMENT)
    for key in ("state", "source", "files", "titles", "creators"):
        name = f"#record-{key}x"
        made["@graph"].append(
            {"@id": name, "@type": "PropertyValue", "value": value,
             "propertyID": f"{reader.PROPERTY}{key}"}
        )  # fmt: skip
        by_id(made)[HERE.url]["additionalProperty"].insert(0, {"@id": name})
    found = read(made)
    assert (found["titles"], set(found) & OWN_FIELDS) == (DOCUMENT["titles"], set())


@settings(max_examples=60)
@given(documents(WILD))
def test_any_record_is_flat_and_whole(document: dict[str, Any]) -> None:
    """What the checks above look for, in any record: without the minutes that they take."""
    made = crate(document)
    graph = by_id(made)
    assert len(graph) == len(made["@graph"])
    root = graph[HERE.url]
    assert all(root.get(name) for name in ("name", "description", "license", "datePublished"))
    for entity in graph.values():
        assert entity["@type"]
        assert entity["name"] or entity is root
        for key, value in entity.items():
            for one in value if isinstance(value, list) else [value]:
                assert one not in (None, "", []), key
                if isinstance(one, dict) and "@value" not in one:
                    assert list(one) == ["@id"], key
                    assert one["@id"] in graph or one["@id"] == ro_crate.PROFILE, key
    parts = root.get("hasPart", [])
    parts = parts if isinstance(parts, list) else [parts]
    files = [e["@id"] for e in graph.values() if e["@type"] == "File"]
    assert {part["@id"] for part in parts} == set(files)
