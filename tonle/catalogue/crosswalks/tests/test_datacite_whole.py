"""A file of DataCite's alone is the whole record: what DataCite cannot say stands beside it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from tonle.catalogue.crosswalks import parse
from tonle.catalogue.crosswalks.common import ParsedRecord
from tonle.catalogue.crosswalks.datacite_json import META
from tonle.catalogue.crosswalks.datacite_xml import INSTRUCTION
from tonle.catalogue.crosswalks.tests.documents import TIDY, documents, minimal
from tonle.catalogue.crosswalks.tests.test_datacite_out import WAYS, schema
from tonle.catalogue.crosswalks.tests.test_writers import ARTICLE, DOCUMENT, HERE
from tonle.catalogue.crosswalks.tests.ways import described, full
from tonle.catalogue.crosswalks.tonle_record import OWN_FIELDS, SCHEMA
from tonle.catalogue.crosswalks.writers import FORMATS
from tonle.catalogue.document import problems

ANY = st.deferred(lambda: documents(TIDY))
CLOSED: dict[str, Any] = minimal("dataset") | {
    "access": {"level": "restricted"},
    "distributions": [{"download_url": "https://files.example/secret-path.csv"}],
}


def write(way: str, document: dict[str, Any]) -> str:
    return FORMATS[way].write(document, HERE)


def read(way: str, text: str) -> ParsedRecord:
    (record,) = parse(way, text.encode(), "x").documents
    return record


def back(way: str, text: str) -> dict[str, Any]:
    record = read(way, text)
    assert record.document is not None, record.refusal
    return described(record.document)


def whole(document: dict[str, Any]) -> dict[str, Any]:
    """What is to come back. Where closed files lie is told to nobody."""
    made = described(document)
    if document["access"]["level"] in ("embargoed", "restricted"):
        made.pop("distributions", None)
    return made


@given(ANY)
def test_a_file_alone_comes_back_as_the_record(document: dict[str, Any]) -> None:
    for way in WAYS:
        text = write(way, document)
        assert back(way, text) == whole(document)
        if way == "datacite-xml":
            schema().assertValid(etree.fromstring(text))


@pytest.mark.parametrize("way", WAYS)
def test_so_does_what_random_documents_rarely_hold(way: str) -> None:
    for document in (DOCUMENT, ARTICLE, *full()[::5]):
        assert back(way, write(way, document)) == whole(document)


@pytest.mark.parametrize("way", WAYS)
def test_beside_it_stand_dataciteʼs_own_words_untouched(way: str) -> None:
    text, plain = write(way, DOCUMENT), FORMATS[way].write_plain(DOCUMENT, HERE)
    if way == "datacite-json":
        made = json.loads(text)
        assert made.pop(META)[SCHEMA]
        assert made == json.loads(plain)
    else:
        assert re.sub(rf"<\?{INSTRUCTION} [^>]+\?>", "", text) == plain
        assert SCHEMA.partition("/")[0] not in plain


def test_a_resource_of_the_api_is_read_with_what_stands_beside_its_attributes() -> None:
    made = json.loads(write("datacite-json", DOCUMENT))
    answer = {"data": {"id": made.pop("id"), "type": "dois", META: made.pop(META),
                       "attributes": made}}  # fmt: skip
    assert back("datacite-json", json.dumps(answer)) == described(DOCUMENT)


def test_no_text_ends_the_instruction() -> None:
    odd = "a?>b]]>-->\r\n\x00\x1f</resource><?x ស្រូវ \U0001f33e"
    document = {**DOCUMENT, "profile": {"schema": "tonle-dataset/1", "x": odd},
                "members": ["KHM"], "access": {"level": "open", "note": {"km": odd}}}  # fmt: skip
    text = write("datacite-xml", document)
    root: Any = etree.fromstring(text.encode())
    schema().assertValid(root)
    (found,) = [one for one in root if one.tag is etree.ProcessingInstruction]
    assert found.text is not None
    assert found.text.isascii()
    assert json.loads(found.text)["access"]["is"]["note"]["km"] == odd


@pytest.mark.parametrize("way", WAYS)
def test_where_closed_files_lie_is_in_neither(way: str) -> None:
    assert "secret-path" not in write(way, CLOSED)
    told = {**CLOSED, "access": {"level": "open"}}
    assert "secret-path" in write(way, told)


def test_xml_that_somebody_edited_is_read_as_edited() -> None:
    root: Any = etree.fromstring(write("datacite-xml", DOCUMENT).encode())
    names = {"d": "http://datacite.org/schema/kernel-4"}
    (title, *_) = root.xpath("d:titles/d:title", namespaces=names)
    title.text = "Rice, corrected"
    (creators,) = root.xpath("d:creators", namespaces=names)
    creators.append(creators[0])
    (abstract, *_) = root.xpath("d:descriptions/d:description", namespaces=names)
    abstract.getparent().remove(abstract)
    # Another program may name the namespace, and put the instruction anywhere.
    text = etree.tostring(root, encoding="unicode")
    instruction = re.findall(r"<\?tonle.*?\?>", text)[0]
    text = f"{instruction}\n{text.replace(instruction, '')}"
    found, before = back("datacite-xml", text), described(DOCUMENT)
    assert "Rice, corrected" in found["titles"].values()
    # The first creator went to the end, and has kept the script that DataCite has no place for.
    assert found["creators"] == [*before["creators"][1:], before["creators"][0]]
    assert found["descriptions"] != before["descriptions"]
    kept = ("kind", "members", "access", "contributors", "profile", "relations", "dates")
    assert {key: found.get(key) for key in kept} == {key: before.get(key) for key in kept}


def test_json_that_somebody_edited_is_read_as_edited() -> None:
    made = json.loads(write("datacite-json", ARTICLE))
    made["publisher"] = {"name": "Another"}
    made["subjects"] = [{"subject": "flood", "lang": "en"}]
    found, before = back("datacite-json", json.dumps(made)), described(ARTICLE)
    assert found["publisher"] == {"name": "Another"}
    assert {"text": {"en": "flood"}} in found["subjects"]
    kept = ("kind", "creators", "access", "descriptions", "titles", "rights")
    assert {key: found.get(key) for key in kept} == {key: before.get(key) for key in kept}


def test_what_a_kind_adds_falls_with_the_kind() -> None:
    document = minimal("software") | {"profile": {"schema": "tonle-software/1", "x": "y"}}
    made = json.loads(write("datacite-json", document))
    assert back("datacite-json", json.dumps(made))["profile"]["x"] == "y"
    made["types"] = {"resourceTypeGeneral": "Book"}
    found = back("datacite-json", json.dumps(made))
    assert (found["kind"], "profile" in found) == ("publication", False)


FORGED: tuple[Any, ...] = (
    None, 7, "x", [], {"is": 1}, {"items": 5}, {"items": [{"gone": 1, "put": [[0]]}]},
    {"of": None, "is": [[[1]]]}, {"items": [{"gone": [], "put": [[0, {"a": 1}], ["x", 2]]}]},
    {"items": [{"of": "0" * 16, "more": {"a": {"b": {}}}}]},
)  # fmt: skip


def in_json(notes: Any) -> str:
    made = json.loads(write("datacite-json", DOCUMENT))
    return json.dumps({**made, META: notes if isinstance(notes, str) else {SCHEMA: notes}})


def in_xml(notes: Any) -> str:
    said = notes if isinstance(notes, str) else json.dumps(notes)
    plain = FORMATS["datacite-xml"].write_plain(DOCUMENT, HERE)
    return plain.replace("</resource>", f"<?{INSTRUCTION} {said}?></resource>")


@pytest.mark.parametrize(("way", "put"), [("datacite-json", in_json), ("datacite-xml", in_xml)])
def test_notes_of_strangers_do_no_harm(way: str, put: Callable[[Any], str]) -> None:
    plain = back(way, FORMATS[way].write_plain(DOCUMENT, HERE))
    keys = ("state", "id", "source", "files", "titles", "creators", "pids", "kind", "members",
            "access", "profile", "profile/schema", "distributions")  # fmt: skip
    for forged in FORGED:
        assert back(way, put(dict.fromkeys(keys, forged))) == plain
    for text in ("", "[", "[1]", "[" * 100_000, '{"members":' * 200, "null"):
        assert back(way, put(text)) == plain
    # A sound one among them holds.
    notes = {
        "kind": {"of": "0" * 16, "is": "x"},
        "pids": {"items": [{"gone": [], "put": [[0, 7]]}]},
        "members": {"is": ["LAO"]},
        "communities": {"is": "x"},
    }
    record = read(way, put(notes))
    assert record.document is not None
    assert problems(record.document, whole=False) == []
    assert described(record.document) == {**plain, "members": ["LAO"]}
    assert set(described(record.document)) & OWN_FIELDS == set()


def test_a_mail_address_in_a_note_is_taken_out() -> None:
    note = {"access": {"is": {"level": "open", "note": {"en": "ask sokha@example.org"}}}}
    (digest,) = re.findall(
        r'"access": \{\s+"of": "(\w+)"', FORMATS["datacite-json"].write(DOCUMENT, HERE)
    )
    note["access"]["of"] = digest
    for way, put in (("datacite-json", in_json), ("datacite-xml", in_xml)):
        record = read(way, put(note))
        assert record.document is not None
        assert "sokha@" not in json.dumps(record.document)
        assert record.document["access"]["level"] == "open"


@pytest.mark.parametrize("way", ["datacite-json", "datacite-xml", "ro-crate"])
def test_a_record_is_known_by_its_home_whichever_file_it_comes_in(way: str) -> None:
    nameless = {**DOCUMENT, "pids": []}
    for here, document in ((HERE, nameless), (HERE.at_version(2), nameless)):
        record = read(way, FORMATS[way].write(document, here))
        assert record.document is not None
        assert record.key == record.document["source"]["key"] == "tonle:bcdfghjkmnpqrst"
        assert record.document["source"]["uri"] == HERE.url
    assert read(way, FORMATS[way].write(DOCUMENT, HERE)).key == "doi:10.5555/rice"
