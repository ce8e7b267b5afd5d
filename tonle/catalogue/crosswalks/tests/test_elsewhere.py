"""Texts whose language nobody says, places as GeoJSON, files that stay at their home."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tonle.catalogue.crosswalks import parse, triples
from tonle.catalogue.crosswalks.clean import Cleaner, without_email
from tonle.catalogue.crosswalks.common import Notes
from tonle.catalogue.crosswalks.elsewhere import (
    checksum_of,
    distribution,
    language_of_script,
    shapes,
    size_of,
)
from tonle.catalogue.crosswalks.tests.documents import minimal
from tonle.catalogue.crosswalks.tests.test_crosswalks import check
from tonle.catalogue.crosswalks.works import month
from tonle.catalogue.crosswalks.writers.common import main_title


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("គុណភាពទឹក", "km"),
        ("គុណភាពទឹក (pH) ២០២៣", "km"),
        ("ປະລິມານນ້ຳຝົນ", "lo"),
        ("ระดับน้ำ 2566", "th"),
        ("စပါးအထွက်နှုန်း", "my"),
        # Shan, Mon and Sgaw Karen share its letters.
        ("လိၵ်ႈတႆး", None),
        ("A survey of the word ទឹក in dictionaries", None),
        ("Chất lượng nước", None),
        ("水文", None),
        ("฿", None),
        ("", None),
    ],
)
def test_a_script_tells_its_language_only_beyond_doubt(text: str, wanted: str | None) -> None:
    assert language_of_script(text) == wanted


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        (12, 12), ("12", 12), (12.0, 12), ("12.0", 12), (12.5, None), ("2 MB", None), (-1, None),
        (True, None), (None, None), ("9" * 40, None), (2**60, None),
    ],
)  # fmt: skip
def test_a_size_is_bytes_or_unknown(value: Any, wanted: int | None) -> None:
    assert size_of(value) == wanted


@pytest.mark.parametrize(
    ("value", "algorithm", "wanted"),
    [
        ("md5:D41D8CD98F00B204E9800998ECF8427E", "", "MD5"),
        ("d41d8cd98f00b204e9800998ecf8427e", "", "MD5"),
        ("a" * 40, "http://spdx.org/rdf/terms#checksumAlgorithm_sha1", "SHA-1"),
        ("a" * 64, "sha256", "SHA-256"),
        ("97196323", "", None),
        ("not hexadecimal", "MD5", None),
    ],
)
def test_a_checksum_needs_an_algorithm(value: str, algorithm: str, wanted: str | None) -> None:
    found = checksum_of(value, algorithm)
    assert (found or {}).get("algorithm") == wanted


def test_a_file_without_an_address_of_the_web_is_none() -> None:
    clean = Cleaner(Notes())
    for address in ("", "javascript:alert(1)", "ftp://example.org/x", "/relative", None, 5):
        assert distribution(clean, title="x", download_url=address) is None


def test_places_are_points_boxes_and_outlines() -> None:
    square = [[100, 10], [101, 10], [101, 11], [100, 11], [100, 10]]
    triangle = [[100, 10], [101, 10], [101, 11], [100, 10]]
    features = {
        "type": "FeatureCollection",
        "features": [
            {"type": "Feature", "geometry": {"type": "Polygon", "coordinates": [square]}},
            {"type": "Feature", "geometry": {"type": "Polygon", "coordinates": [triangle]}},
            {"type": "Feature", "geometry": {"type": "LineString", "coordinates": triangle}},
            {"type": "Feature", "geometry": {"type": "Point", "coordinates": [102.5, 13.1, 8]}},
            {"type": "Feature", "geometry": None},
        ],
    }
    assert [next(iter(one)) for one in shapes(json.dumps(features))] == [
        "geoLocationBox", "geoLocationPolygon", "geoLocationBox", "geoLocationPoint",
    ]  # fmt: skip


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["type", "coordinates", "name", "title", "km", "value", "id", "url"]),
            inner,
            max_size=3,
        )
    ),
    max_leaves=6,
)
NAMES = [
    "id", "name", "title", "title_translated", "notes", "notes_translated", "author", "creator",
    "publisher", "organization", "groups", "tags", "tags_translated", "keywords", "extras",
    "resources", "spatial", "spatial_coverage", "temporal_coverage", "license_id", "license_url",
    "language", "type", "issued", "metadata_created", "doi", "identifier", "contact", "theme",
    "odm_spatial_range", "version", "url", "documentation",
]  # fmt: skip


@given(st.dictionaries(st.sampled_from(NAMES), JSON))
def test_any_value_may_stand_in_a_package(given_properties: dict[str, object]) -> None:
    whole = {"title": "x", **given_properties}
    check(parse("ckan-json", json.dumps(whole).encode(), "x"))


@given(JSON)
def test_any_value_may_be_a_place(value: object) -> None:
    shapes(value)


NESTED: dict[str, tuple[dict[str, Any], str, list[str]]] = {
    "invenio-json": (
        {"metadata": {"title": "x"}},
        "metadata",
        ["resource_type", "title", "additional_titles", "creators", "contributors", "publisher",
         "publication_date", "description", "additional_descriptions", "subjects", "languages",
         "dates", "identifiers", "related_identifiers", "rights", "funding", "locations",
         "license", "journal", "grants", "keywords", "access_right", "sizes", "version"],
    ),
    "zenodo-json": (
        {"metadata": {"title": "x"}},
        "metadata",
        ["title", "creators", "contributors", "upload_type", "publication_type", "description",
         "keywords", "subjects", "dates", "license", "related_identifiers", "grants", "locations",
         "journal", "communities", "doi", "resource_type", "embargo_date", "method"],
    ),
    "dspace-json": (
        {"metadata": {"dc.title": [{"value": "x"}]}},
        "metadata",
        ["dc.title", "dc.contributor.author", "dc.date.issued", "dc.identifier.uri", "dc.type",
         "dc.subject", "dc.rights.uri", "dc.language.iso", "dc.relation", "dc.publisher"],
    ),
    "dataverse-json": (
        {"datasetVersion": {"metadataBlocks": {"citation": {"fields": [
            {"typeName": "title", "value": "x"}]}}}},
        "datasetVersion",
        ["license", "termsOfUse", "files", "versionNumber", "metadataBlocks", "lastUpdateTime"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("reader", sorted(NESTED))
@given(st.data())
def test_any_value_may_stand_in_a_record_of_a_repository(reader: str, data: st.DataObject) -> None:
    whole, inside, names = NESTED[reader]
    within = data.draw(st.dictionaries(st.sampled_from(names), JSON))
    around = data.draw(
        st.dictionaries(
            st.sampled_from(["links", "pids", "access", "files", "handle", "_embedded", "publisher",
                             "persistentUrl", "siteUrl", "metadataLanguage", "parent"]),
            JSON,
        )
    )  # fmt: skip
    made = {**around, **whole, inside: {**whole[inside], **within}}
    check(parse(reader, json.dumps(made).encode(), "x"))


FIELDS = [
    "title", "author", "dsDescription", "keyword", "subject", "publication", "contributor",
    "grantNumber", "timePeriodCovered", "geographicBoundingBox", "geographicCoverage", "language",
    "otherId", "producer", "series", "kindOfData", "relatedMaterial", "productionDate",
]  # fmt: skip


@given(st.lists(st.tuples(st.sampled_from(FIELDS), JSON), max_size=6))
def test_any_value_may_stand_in_a_metadata_block(fields: list[tuple[str, object]]) -> None:
    block: list[dict[str, Any]] = [{"typeName": "title", "value": "x"}]
    block += [{"typeName": name, "value": value} for name, value in fields]
    whole = {"datasetVersion": {"metadataBlocks": {"citation": {"fields": block}}}}
    check(parse("dataverse-json", json.dumps(whole).encode(), "x"))


WORDS = [
    "dct:title", "dct:description", "dct:creator", "dct:publisher", "dct:issued", "dct:temporal",
    "dct:spatial", "dct:license", "dct:language", "dcat:keyword", "dcat:theme", "dcat:contactPoint",
    "dcat:distribution", "dcat:landingPage", "dct:identifier", "dct:relation", "dcat:bbox",
]  # fmt: skip


@given(st.dictionaries(st.sampled_from(WORDS), JSON))
def test_any_value_may_be_said_of_a_dataset(said: dict[str, object]) -> None:
    context = {"dcat": "http://www.w3.org/ns/dcat#", "dct": "http://purl.org/dc/terms/"}
    whole = {"@context": context, "@type": "dcat:Dataset", "dct:title": "x", **said}
    check(parse("dcat", json.dumps(whole).encode(), "x"))


@given(st.permutations(range(6)))
def test_blank_nodes_are_named_by_what_is_said_of_them(order: list[int]) -> None:
    head = "@prefix x: <http://x/> . @prefix dcat: <http://www.w3.org/ns/dcat#> .\n"
    lines = [f'<http://d/1> x:has [ x:n "{n}" ; x:in [ x:deep "{n % 2}" ] ] .' for n in range(6)]
    dataset = "<http://d/1> a dcat:Dataset ."

    def told(numbers: list[int]) -> bytes:
        text = "\n".join([head, *(lines[n] for n in numbers), dataset])
        graph = triples.load(text.encode())
        return graph.about(triples.Node("iri", "http://d/1"), frozenset())

    assert told(list(order)) == told(list(range(6)))
    again = triples.load(told(list(order)))
    assert again.about(triples.Node("iri", "http://d/1"), frozenset()) == told(list(order))


@pytest.mark.parametrize(
    ("stated", "languages"),
    [
        ({}, ["lo"]),
        ({"language": ["en", "lo"]}, ["lo", "en"]),
        ({"language": "eng"}, ["en"]),
        ({"title": "Something else"}, None),
    ],
)
def test_the_plain_title_of_a_portal_is_the_one_that_the_thing_has(
    stated: dict[str, Any], languages: list[str] | None
) -> None:
    package: dict[str, Any] = {
        "name": "education",
        "title": "ສະຖິຕິການສຶກສາ 2002",
        "title_translated": {"en": "Education statistics 2002", "lo": "ສະຖິຕິການສຶກສາ 2002"},
        "author": "Ministry of Education",
        **stated,
    }
    (record,) = parse("ckan-json", json.dumps(package).encode(), "x").documents
    assert record.document is not None
    assert record.document.get("languages") == languages
    if languages:
        # The languages of a stored document stand by the alphabet; the first here is the thing's.
        document = {**minimal("dataset"), **record.document}
        main, title = main_title({**document, "titles": dict(sorted(document["titles"].items()))})
        assert (main, title) == (languages[0], package["title_translated"][languages[0]])


@pytest.mark.parametrize(
    ("titles", "stated", "languages"),
    [
        ([("lo", ""), ("en", "TranslatedTitle")], "", ["lo"]),
        ([("en", ""), ("lo", "TranslatedTitle")], "", None),
        ([("lo", ""), ("en", "TranslatedTitle")], "en", ["en"]),
        ([("", ""), ("en", "TranslatedTitle")], "", None),
        ([("lo", "")], "", None),
    ],
)
def test_the_first_title_leads_where_the_alphabet_would_choose_another(
    titles: list[tuple[str, str]], stated: str, languages: list[str] | None
) -> None:
    given = {
        "creators": [{"name": "Ministry"}],
        "titles": [
            {"title": f"Title {n}", "lang": lang, **({"titleType": kind} if kind else {})}
            for n, (lang, kind) in enumerate(titles)
        ],
        "language": stated,
    }
    (record,) = parse("datacite-json", json.dumps(given).encode(), "x").documents
    assert record.document is not None
    assert record.document.get("languages") == languages


@pytest.mark.parametrize("between", ["\x00", "\u200b", "\x1f"])
def test_an_address_that_only_cleaning_makes_is_taken_out_too(between: str) -> None:
    text = f"TY  - RPRT\nTI  - Fish\nAU  - Sok, Dara{between} sok{between}@example.org\nER  - \n"
    (record,) = parse("ris", text.encode(), "x.ris").documents
    assert record.document is not None
    assert "@" not in json.dumps(record.document["creators"])


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Research TU/sok@example.org", "Research TU/[e-mail address removed]"),
        ("a@b.org¾c@d.org", "[e-mail address removed][e-mail address removed]"),
        ("see https://example.org/lib@1.2.3 for it", "see https://example.org/lib@1.2.3 for it"),
        ("git@example.org:rice/model.git", "git@example.org:rice/model.git"),
    ],
)
def test_addresses_of_people_go_and_those_of_things_stay(text: str, kept: str) -> None:
    assert without_email(text) == kept


@pytest.mark.parametrize(
    ("text", "number"), [("3", "03"), ("12", "12"), ("Mar.", "03"), ("13", ""), ("9" * 5000, "")]
)
def test_a_month_is_one_of_twelve(text: str, number: str) -> None:
    assert month(text) == number
