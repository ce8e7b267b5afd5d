"""Dublin Core out: valid by its schema for any record, in the words that harvesters know."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from tests.shared import shared
from tonle.catalogue import starter
from tonle.catalogue.crosswalks import oai_dc as reader
from tonle.catalogue.crosswalks.answering import answered
from tonle.catalogue.crosswalks.tests.documents import TIDY, WILD, documents, minimal
from tonle.catalogue.crosswalks.tests.test_writers import ARTICLE, DOCUMENT, HERE
from tonle.catalogue.crosswalks.writers import oai_dc
from tonle.catalogue.crosswalks.writers.dublin_core import meta
from tonle.catalogue.kinds import kinds

LANG = "{http://www.w3.org/XML/1998/namespace}lang"


@cache
def schema() -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(shared("schemas/oai/oai_dc.xsd")))


def made(document: dict[str, Any]) -> etree._Element:
    return etree.fromstring(oai_dc.write(document, HERE))


def said(document: dict[str, Any], name: str) -> list[str | None]:
    return [element.text for element in made(document).iter(f"{{*}}{name}")]


def test_every_record_of_the_starter_set_is_valid() -> None:
    for _, document in starter.documents():
        schema().assertValid(made({**minimal(document["kind"]), **document}))
    for document in (DOCUMENT, ARTICLE):
        schema().assertValid(made(document))


@pytest.mark.parametrize("kind", [kind.name for kind in kinds()])
def test_the_least_of_each_kind_is_valid(kind: str) -> None:
    schema().assertValid(made(minimal(kind)))


@given(st.deferred(lambda: documents(TIDY) | documents(WILD)))
def test_whatever_a_record_holds_is_valid(document: dict[str, Any]) -> None:
    schema().assertValid(made(document))


def test_an_article_in_openaire_terms() -> None:
    assert said(ARTICLE, "type")[0] == "info:eu-repo/semantics/article"
    assert said(ARTICLE, "source") == ["Journal of Rivers, 7(2), 123-130"]
    assert said(ARTICLE, "rights") == [
        "info:eu-repo/semantics/openAccess",
        "https://creativecommons.org/licenses/by/4.0/",
    ]
    assert "info:eu-repo/grantAgreement/Mekong%20Fund//MF-12" in said(ARTICLE, "relation")
    assert said(ARTICLE, "identifier")[:2] == ["https://doi.org/10.5555/rice", HERE.url]


def test_a_record_that_names_nobody_is_read_again_and_its_keeper_answers_for_it() -> None:
    """Kept here, or at its home: `dc:publisher` makes a thing available."""
    plain = {k: v for k, v in minimal("dataset").items() if k not in ("creators", "publisher")}
    for source, keeper in (
        ({"format": "tonle"}, HERE.node_name),
        ({"format": "ckan-json", "home_name": "Data of Takeo"}, "Data of Takeo"),
    ):
        written = oai_dc.write(plain | {"source": source}, HERE).encode()
        [again] = reader.parse(written, "x.xml").documents
        assert again.document is not None
        assert again.document["publisher"] == {"name": keeper}

    bare = written.replace(b"dc:publisher>", b"dc:relation>")
    [orphan] = reader.parse(bare, "x.xml").documents
    assert orphan.refusal is not None
    assert answered(orphan, "").document is None
    taken = answered(orphan, "Data of Takeo")
    assert taken.refusal is None
    assert taken.document is not None
    assert taken.document["publisher"] == {"name": "Data of Takeo"}
    # Another fault is not forgiven with it, and who names somebody is left alone.
    [untitled] = reader.parse(bare.replace(b"dc:title", b"dc:relation"), "x.xml").documents
    assert answered(untitled, "Data of Takeo") is untitled
    assert answered(again, "Another") is again


@pytest.mark.parametrize(
    ("rights", "term"),
    [
        ([{"identifier": "CC-BY-4.0"}], "info:eu-repo/semantics/openAccess"),
        ([{"identifier": "CC-BY-NC-4.0"}], None),
        ([{"identifier": "CC-BY-4.0"}, {"uri": "info:eu-repo/semantics/restrictedAccess"}], None),
        ([{"text": {"en": "Ask us."}}], None),
        ([], None),
    ],
)
def test_what_only_its_home_gives_out_is_not_closed_for_that(
    rights: list[dict[str, Any]], term: str | None
) -> None:
    elsewhere = minimal("dataset") | {"access": {"level": "metadata_only"}, "rights": rights}
    first = next(iter(said(elsewhere, "rights")), None)
    assert (first if first and first.endswith("openAccess") else None) == term
    assert not any("closedAccess" in (one or "") for one in said(elsewhere, "rights"))
    assert dict(meta(elsewhere, HERE)).get("DC.rights", "").endswith("closedAccess") is False
    # Files of a distribution that says its own licence.
    file = {"access_url": "https://example.org/a.csv", "licence": {"identifier": "CC0-1.0"}}
    told = said(elsewhere | {"distributions": [file]}, "rights")
    assert ("info:eu-repo/semantics/openAccess" in told) is (
        term is not None or all("text" in right for right in rights)
    )


def test_an_embargo_says_when_it_ends() -> None:
    closed = ARTICLE | {"access": {"level": "embargoed", "embargo_until": "2027-01-31"}}
    assert said(closed, "rights")[0] == "info:eu-repo/semantics/embargoedAccess"
    assert said(closed, "date") == ["2025-03-01", "info:eu-repo/date/embargoEnd/2027-01-31"]


@pytest.mark.parametrize(
    ("words", "term"),
    [("Master's thesis", "masterThesis"), ("Bachelor", "bachelorThesis"), ("", "doctoralThesis")],
)
def test_a_thesis_says_for_which_degree(words: str, term: str) -> None:
    thesis = minimal("publication") | {"resource_type": {"general": "Dissertation", "text": words}}
    assert said(thesis, "type")[0] == f"info:eu-repo/semantics/{term}"


def test_titles_and_places_keep_their_languages() -> None:
    root = made(DOCUMENT)
    titles = [(e.get(LANG), e.text) for e in root.iter("{*}title")]
    assert titles[:2] == list(DOCUMENT["titles"].items())
    assert ("km", "តាកែវ") in [(e.get(LANG), e.text) for e in root.iter("{*}coverage")]


def test_no_file_and_no_address_of_a_person_is_named() -> None:
    text = oai_dc.write(DOCUMENT, HERE)
    assert "/files/" not in text
    assert "@" not in text


def test_a_record_comes_back_with_what_dublin_core_can_say() -> None:
    (record,) = reader.parse(oai_dc.write(ARTICLE, HERE).encode(), "x.xml").documents
    found = record.document
    assert found is not None
    # A subtitle in another language is a title like any other.
    assert found["titles"] == {"lo": "ແມ່ນ້ຳຂອງ 100%", "en": "Ten districts"}
    for key in ("kind", "languages", "publication_year", "publisher"):
        assert found[key] == ARTICLE[key], key
    assert [one["name"] for one in found["creators"]] == [
        one["name"] for one in ARTICLE["creators"]
    ]
    assert found["resource_type"]["general"] == "JournalArticle"
    assert found["rights"][-1]["identifier"] == "CC-BY-4.0"
    assert found["pids"][0] == {"scheme": "doi", "value": "10.5555/rice"}
    assert found["funding_references"][0]["award_number"] == "MF-12"
