"""DataCite out, as XML and JSON: valid by its schemas for any record, and back as it went.

What comes back of a file that people keep is in `test_datacite_whole`; here it is DataCite alone.
"""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from tests.shared import shared
from tonle.catalogue import starter
from tonle.catalogue.crosswalks import datacite, parse
from tonle.catalogue.crosswalks import kinds as kinds_of
from tonle.catalogue.crosswalks.common import Notes
from tonle.catalogue.crosswalks.tests.datacite_says import said
from tonle.catalogue.crosswalks.tests.documents import TIDY, WILD, documents, minimal
from tonle.catalogue.crosswalks.tests.test_writers import ARTICLE, DOCUMENT, HERE
from tonle.catalogue.crosswalks.tests.ways import (
    NODE,
    READER_OF,
    described,
    full,
    plain,
)
from tonle.catalogue.crosswalks.writers import FORMATS, datacite_json, datacite_xml
from tonle.catalogue.kinds import kinds
from tonle.catalogue.places import place_of
from tonle.kernel.codes import codes

WAYS = ("datacite-json", "datacite-xml")
ANY = st.deferred(lambda: documents(TIDY) | documents(WILD))


@cache
def schema() -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(shared("schemas/datacite/kernel-4.7/metadata.xsd")))


def valid(document: dict[str, Any]) -> etree._Element:
    root = etree.fromstring(datacite_xml.write(document, HERE))
    schema().assertValid(root)
    return root


def starters() -> list[dict[str, Any]]:
    return [{**minimal(d["kind"]), **d} for _, d in starter.documents()]


def test_golden_documents_are_valid() -> None:
    for document in (DOCUMENT, ARTICLE):
        valid(document)


def test_every_record_of_the_starter_set_is_valid() -> None:
    for document in starters():
        valid(document)


@pytest.mark.parametrize("kind", [kind.name for kind in kinds()])
def test_the_least_of_each_kind_is_valid(kind: str) -> None:
    root = valid(minimal(kind))
    assert root.findtext(".//{*}creatorName") == ":unav"
    assert root.findtext("{*}publicationYear") == "2025"
    assert root.find("{*}identifier").attrib == {"identifierType": "ARK"}  # type: ignore[union-attr] # Just seen valid.


@given(ANY)
def test_whatever_a_record_holds_is_valid(document: dict[str, Any]) -> None:
    valid(document)


def test_what_xml_cannot_hold_is_left_out() -> None:
    strange = minimal("dataset") | {
        "titles": {"en": "a\x00b\x1f<i>c</i>\ufffe]]>\r\n"},
        "publisher": {"name": "\x07"},
        "subjects": [{"text": {"km": "ស្រូវ\x0b"}, "scheme": 'a"\n\tb'}],
    }
    root = valid(strange)
    assert root.findtext(".//{*}title") == "ab<i>c</i>]]>\r\n"
    assert root.findtext("{*}publisher") == "\ufffd"
    subject = root.find(".//{*}subject")
    assert subject is not None
    assert subject.text == "ស្រូវ"
    assert subject.get("subjectScheme") == 'a"\n\tb'


def test_nobody_knows_the_year_of_a_foreign_record_that_does_not_say() -> None:
    foreign = minimal("publication") | {"source": {"format": "oai-dc"}}
    assert valid(foreign).findtext("{*}publicationYear") == "0000"
    dated = foreign | {"dates": [{"type": "Created", "date": "1998-02"}]}
    assert valid(dated).findtext("{*}publicationYear") == "1998"


def test_a_record_kept_elsewhere_is_named_by_its_page_there() -> None:
    foreign = minimal("dataset") | {
        "source": {"format": "oai-dc", "home_url": "https://repository.example/7"}
    }
    root = valid(foreign)
    names = [e.text for e in root.iter("{*}identifier", "{*}alternateIdentifier")]
    assert "https://repository.example/7" in names
    assert HERE.url not in names


def test_words_that_datacite_does_not_know_stand_beside_other() -> None:
    odd = minimal("dataset") | {
        "resource_type": {"general": "Hologram"},
        "dates": [{"type": "Harvest", "date": "2024"}],
        "relations": [{"type": "IsCousinOf", "target": {"scheme": "tonle", "value": "x"}}],
        "contributors": [{"name_type": "Personal", "name": "Dara", "type": "Cook"}],
    }
    root = valid(odd)
    kind = root.find("{*}resourceType")
    assert kind is not None
    assert (kind.get("resourceTypeGeneral"), kind.text) == ("Other", "Hologram")
    related = root.find(".//{*}relatedIdentifier")
    assert related is not None
    assert related.get("relationType") == "Other"
    assert related.get("relationTypeInformation") == "IsCousinOf"
    assert related.text == "https://node.example/records/x"
    date = root.find(".//{*}date")
    assert date is not None
    assert (date.get("dateType"), date.get("dateInformation")) == ("Other", "Harvest")


# --- the JSON, by the schema that the datacite package carries ----------------------------------


@cache
def oracle() -> Any:
    """The package's schema of 4.5, with the words that 4.6 and 4.7 add."""
    from datacite import schema45

    found = json.loads(json.dumps(schema45.validator.schema))
    words = found["definitions"]
    for name, list_name in (
        ("contributorType", "contributor_types"),
        ("dateType", "date_types"),
        ("resourceTypeGeneral", "resource_types"),
        ("relatedIdentifierType", "related_identifier_types"),
        ("relationType", "relation_types"),
    ):
        assert set(words[name]["enum"]) <= set(codes(list_name))
        words[name]["enum"] = list(codes(list_name))
    words["relatedObject"]["properties"]["relationTypeInformation"] = {"type": "string"}
    # Neither the standard's XML schema nor its API has this rule; a record read from them may
    # break it.
    words["relatedObjectElse"] = {}
    # Several polygons of one place are a list of lists in what DataCite answers.
    points = found["properties"]["geoLocations"]["items"]["properties"]["geoLocationPolygon"]
    points["items"] = {"type": "array", "items": points["items"]}
    # Kernel 4.3 has it, the package has not; the language of a title, DataCite's JSON has not.
    grants = found["properties"]["fundingReferences"]["items"]["properties"]
    grants |= {"schemeUri": {"type": "string"}, "lang": {"type": "string"}}
    return jsonschema_rs.Draft201909Validator(found)


def as_sent(document: dict[str, Any]) -> dict[str, Any]:
    """Our attributes as one sends them to be registered: without what DataCite adds itself."""
    made: dict[str, Any] = json.loads(datacite_json.write_plain(document, HERE))
    made.pop("id")
    made["publicationYear"] = f"{made['publicationYear']:04d}"
    made["alternateIdentifiers"] = [
        {
            "alternateIdentifier": one["identifier"],
            "alternateIdentifierType": one["identifierType"],
        }
        for one in made.pop("identifiers", ())
    ]
    return made


def conforms(document: dict[str, Any]) -> None:
    faults = [
        f"{list(e.instance_path)}: {e.message}" for e in oracle().iter_errors(as_sent(document))
    ]
    assert faults == []


def test_the_json_of_the_starter_set_conforms() -> None:
    for document in [DOCUMENT, ARTICLE, *starters()]:
        conforms(document)


@given(ANY)
def test_the_json_of_any_record_conforms(document: dict[str, Any]) -> None:
    conforms(document)


# --- the way back --------------------------------------------------------------------------------


def came_back(way: str, document: dict[str, Any]) -> dict[str, Any]:
    here = place_of(document, NODE, files_open=True)
    text = FORMATS[way].write_plain(document, here)
    (record,) = parse(READER_OF[way], text.encode(), "x").documents
    assert record.document is not None, record.refusal
    return described(record.document)


def sayable(way: str, document: dict[str, Any]) -> dict[str, Any]:
    here = place_of(document, NODE, files_open=True)
    return said(document, here, names_alone=way == "datacite-xml")


@settings(max_examples=25)
@given(st.deferred(lambda: documents(TIDY)))
def test_what_datacite_can_say_comes_back_and_nothing_else(document: dict[str, Any]) -> None:
    for way in WAYS:
        assert came_back(way, document) == sayable(way, document)


@pytest.mark.parametrize("way", WAYS)
def test_so_does_what_random_documents_rarely_hold(way: str) -> None:
    for document in [DOCUMENT, ARTICLE, *starters(), *full()[::4], *plain()]:
        assert came_back(way, document) == sayable(way, document)


@pytest.mark.parametrize("way", WAYS)
def test_a_record_that_datacite_can_say_comes_back_equal(way: str) -> None:
    for document in (DOCUMENT, *starters()[::5]):
        once = came_back(way, document)
        again = {**minimal(once["kind"]), **once, "source": {"format": way}}
        assert came_back(way, again) == sayable(way, again) == once


def test_texts_of_one_thing_in_several_languages_are_one() -> None:
    entry = {
        "titles": [{"title": "Rice"}],
        "publisher": "x",
        "descriptions": [
            {"description": "a", "descriptionType": "Abstract", "lang": "en"},
            {"description": "m", "descriptionType": "Methods", "lang": "en"},
            {"description": "b", "descriptionType": "Abstract", "lang": "km"},
            {"description": "c", "descriptionType": "Abstract", "lang": "km"},
            {"description": "d", "descriptionType": "Abstract"},
        ],
        "subjects": [
            {"subject": "rice", "lang": "en"},
            {"subject": "fleuve", "lang": "fr", "valueUri": "https://example.org/river"},
            {"subject": "river", "lang": "en", "valueUri": "https://example.org/river"},
            {"subject": "riz", "lang": "fr"},
        ],
    }
    made = datacite.document(entry, Notes(), format_name="x")
    assert [one["text"] for one in made["descriptions"]] == [
        {"en": "a", "km": "b"}, {"en": "m"}, {"km": "c"}, {"und": "d"},
    ]  # fmt: skip
    assert [one["text"] for one in made["subjects"]] == [
        {"en": "rice"}, {"fr": "fleuve", "en": "river"}, {"fr": "riz"},
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "general", "words", "said_as"),
    [
        ("dataset", "Dataset", "", "Dataset"),
        ("dataset", "Dataset", "Survey", "Survey"),
        ("dataset", "Dataset", "Policy", "Dataset: Policy"),
        ("policy", "Text", "White paper", "Policy: White paper"),
        ("publication", "JournalArticle", "", "Publication"),
        ("facility", "Other", "", "Facility"),
        ("training", "Event", "Training: in Laos", "Training: Training: in Laos"),
    ],
)
def test_a_kind_is_said_in_words(kind: str, general: str, words: str, said_as: str) -> None:
    assert kinds_of.words_for(kind, general, words) == said_as
    assert kinds_of.kind_and_words(general, said_as) == (kind, words)


def test_kinds_have_the_names_that_people_read() -> None:
    registered = {one.name: one.label for one in kinds()}
    assert registered == {name: kinds_of.LABELS[name] for name in registered}
