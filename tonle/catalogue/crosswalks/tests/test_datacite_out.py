"""DataCite out, as XML and JSON: valid by its schemas for any record, and back as it went."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from tests.shared import shared
from tonle.catalogue import starter
from tonle.catalogue.crosswalks import datacite_json as json_reader
from tonle.catalogue.crosswalks import datacite_xml as xml_reader
from tonle.catalogue.crosswalks.tests.documents import TIDY, WILD, documents, minimal
from tonle.catalogue.crosswalks.tests.test_writers import ARTICLE, DOCUMENT, HERE
from tonle.catalogue.crosswalks.writers import datacite_json, datacite_xml
from tonle.catalogue.kinds import kinds
from tonle.kernel.codes import codes

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
    made: dict[str, Any] = json.loads(datacite_json.write(document, HERE))
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

Way = Callable[[dict[str, Any]], dict[str, Any]]


def through_xml(document: dict[str, Any]) -> dict[str, Any]:
    data = datacite_xml.write(document, HERE).encode()
    (record,) = xml_reader.parse(data, "x.xml").documents
    assert record.document is not None, record.refusal
    return record.document


def through_json(document: dict[str, Any]) -> dict[str, Any]:
    data = datacite_json.write(document, HERE).encode()
    (record,) = json_reader.parse(data, "x.json").documents
    assert record.document is not None, record.refusal
    return record.document


def fields(document: dict[str, Any]) -> dict[str, Any]:
    """What a way out and back is to keep: all but where it came from and where it stands.

    The page that our own node is known by, and its ARK, are names that the record has gained.
    """
    ours = {"scheme": "ark", "value": HERE.ark}, {"type": "URL", "value": HERE.url}
    made = {
        key: [one for one in value if one not in ours] if isinstance(value, list) else value
        for key, value in document.items()
        if key not in ("source", "access")
    }
    return {key: value for key, value in made.items() if value != []}


@pytest.mark.parametrize("way", [through_xml, through_json])
@given(document=st.deferred(lambda: documents(TIDY)))
def test_a_record_that_datacite_can_say_comes_back_equal(
    way: Way, document: dict[str, Any]
) -> None:
    # The first way leaves what DataCite has no place for, as the reference says. What has been
    # through is a record that it can say whole, and that comes back as it went.
    once = fields(way(document))
    again = fields(way({**minimal(once["kind"]), **once, "source": {"format": "datacite-xml"}}))
    assert again == once


@pytest.mark.parametrize("way", [through_xml, through_json])
def test_the_starter_set_comes_back_with_all_that_it_says(way: Way) -> None:
    for document in [DOCUMENT, ARTICLE, *starters()]:
        back = fields(way(document))
        for name in (
            "titles", "other_titles", "descriptions", "creators", "contributors", "publisher",
            "relations", "related_items", "funding_references", "version_label", "publication_year",
        ):  # fmt: skip
            if name in document:
                assert back[name] == one_spelling(document[name]), (document["titles"], name)


def one_spelling(value: Any) -> Any:
    """Agents as DataCite can have them: no names in other scripts, and funders as sponsors."""
    if not isinstance(value, list) or not all("name_type" in one for one in value):
        return value
    return [
        {
            key: "Sponsor" if part == "Funder" else part
            for key, part in one.items()
            if key != "names"
        }
        for one in value
    ]
