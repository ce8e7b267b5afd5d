"""Records out: golden files, the way back through our own readers, and the published lists."""

from __future__ import annotations

import copy
import json
import os
import re
from pathlib import Path
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

import pytest
from lxml import etree

from tests.shared import shared
from tonle.catalogue.crosswalks import bibtex as bibtex_reader
from tonle.catalogue.crosswalks import parse, read_metadata
from tonle.catalogue.crosswalks.writers import (
    FORMATS,
    Here,
    dublin_core,
    head,
    linkset,
    schema_org,
)
from tonle.catalogue.crosswalks.writers.head import Described

WRITTEN = Path(__file__).parent / "written"
HERE = Here(
    url="https://node.example/records/bcdfghjkmnpqrst",
    pid_url="https://doi.org/10.5555/rice",
    ark="ark:12345/bcdfghjkmnpqrst",
    file_url=lambda name: f"https://node.example/records/bcdfghjkmnpqrst/files/{quote(name)}",
    record_url=lambda record: f"https://node.example/records/{record}",
    files_open=True,
    kind_label="Dataset",
    node_name="Tonle",
    node_url="https://node.example/",
    zone=ZoneInfo("Asia/Phnom_Penh"),
)
DOCUMENT: dict[str, Any] = {
    "schema": "tonle-record/1",
    "id": "bcdfghjkmnpqrst",
    "kind": "dataset",
    "state": "published",
    "version": 2,
    "revision": 1,
    "created_at": "2025-02-01T00:00:00Z",
    "published_at": "2025-03-01T00:00:00Z",
    "updated_at": "2025-04-01T00:00:00Z",
    "titles": {
        "en": "Rice yields & floods of Takeo <2015–2024>",
        "km": "ទិន្នផលស្រូវខេត្តតាកែវ",
    },
    "other_titles": [{"type": "Subtitle", "text": {"en": "Ten districts"}}],
    "descriptions": [
        {
            "type": "Abstract",
            "text": {"en": "Yields of 1,102 plots, 100% measured.\n\nBy hand.", "km": "ទិន្នផល"},
        },
        {"type": "Methods", "text": {"und": "Crop cuts"}},
    ],
    "creators": [
        {
            "name_type": "Personal",
            "name": "Chan, Sokha",
            "given_name": "Sokha",
            "family_name": "Chan",
            "names": {"km": "ចាន់ សុខា"},
            "identifiers": [{"scheme": "orcid", "value": "0000-0002-1825-0097"}],
            "affiliations": [
                {
                    "name": "Royal University of Agriculture",
                    "identifier": {"scheme": "ror", "value": "03ggezs29"},
                }
            ],
        },
        {"name_type": "Personal", "name": "Thida"},
        {"name_type": "Organizational", "name": "Mekong River Commission"},
    ],
    "contributors": [{"name_type": "Personal", "name": "Dara", "type": "DataCurator"}],
    "publisher": {"name": "Royal University of Agriculture"},
    "publication_year": 2025,
    "resource_type": {"general": "Dataset", "text": "Survey"},
    "dates": [
        {"type": "Issued", "date": "2025-03-01"},
        {"type": "Collected", "date": "2015-05/2024-12", "information": "wet seasons"},
    ],
    "subjects": [
        {"text": {"en": "rice"}},
        {"text": {"en": "Agricultural sciences"}, "scheme": "FORD", "classification_code": "4"},
    ],
    "languages": ["en"],
    "members": ["KHM"],
    "rights": [{"identifier": "CC-BY-4.0", "uri": "https://creativecommons.org/licenses/by/4.0/"}],
    "pids": [{"scheme": "doi", "value": "10.5555/rice"}],
    "alternate_identifiers": [{"type": "Plot book", "value": "RUA-7"}],
    "relations": [
        {"type": "IsSupplementTo", "target": {"scheme": "doi", "value": "10.5555/paper"}},
        {"type": "IsDerivedFrom", "target": {"scheme": "url", "value": "https://example.org/r"}},
    ],
    "related_items": [
        {
            "type": "Book",
            "relation_type": "References",
            "titles": [{"text": {"en": "Rice under water"}}],
            "publication_year": 1999,
            "first_page": "3",
        }
    ],
    "geo_locations": [
        {
            "place": {"en": "Takeo", "km": "តាកែវ"},
            "box": {"west": "104.5", "east": "105.2", "south": "10.4", "north": "11.3"},
        },
        {"point": {"latitude": "10.99", "longitude": "104.78"}},
    ],
    "funding_references": [
        {
            "funder_name": "Mekong Fund",
            "award_number": "MF-12",
            "award_title": {"en": "Rice under water"},
        }
    ],
    "version_label": "2.0",
    "access": {"level": "open"},
    "files": [
        {
            "name": "yields 2024.csv",
            "size_bytes": 1200,
            "media_type": "text/csv",
            "sha256": "a" * 64,
            "sha512": "b" * 128,
        }
    ],
    "profile": {
        "schema": "tonle-dataset/1",
        "collection_method": {"en": "Crop cuts"},
        "variables": [{"name": "yield", "label": {"en": "Yield"}, "unit": "t/ha"}],
    },
}
ARTICLE: dict[str, Any] = {
    **{k: v for k, v in DOCUMENT.items() if k not in ("profile", "version_label", "related_items")},
    "kind": "publication",
    "version": 1,
    "resource_type": {"general": "JournalArticle"},
    "titles": {"lo": "ແມ່ນ້ຳຂອງ 100%"},
    "languages": ["lo"],
    "related_items": [
        {
            "type": "Journal",
            "relation_type": "IsPublishedIn",
            "titles": [{"text": {"en": "Journal of Rivers"}}],
            "volume": "7",
            "issue": "2",
            "first_page": "123",
            "last_page": "130",
        }
    ],
    "files": [{**DOCUMENT["files"][0], "name": "a.pdf", "media_type": "application/pdf"}],
}

_BARE = {
    "schema": "tonle-record/1", "id": "bcdfghjkmnpqrst", "state": "published", "version": 1,
    "revision": 2, "created_at": "2026-02-01T00:00:00Z", "published_at": "2026-03-01T00:00:00Z",
    "updated_at": "2026-04-01T00:00:00Z", "files": [],
}  # fmt: skip
# As `tonle.agreements` publishes one that was concluded on a node.
AGREEMENT: dict[str, Any] = {
    **_BARE,
    "kind": "agreement",
    "titles": {"en": "Memorandum on clean energy", "km": "អនុស្សរណៈ"},
    "creators": [
        {
            "name_type": "Organizational",
            "name": "Ministry of Energy",
            "names": {"km": "ក្រសួងថាមពល"},
            "identifiers": [{"scheme": "ror", "value": "03yrm5c26"}],
        },
        {"name_type": "Organizational", "name": "某部"},
    ],
    "publication_year": 2026,
    "resource_type": {"general": "Text", "text": "memorandum"},
    "languages": ["km", "zh-Hans"],
    "subjects": [{"text": {"en": "Clean energy"}}],
    "dates": [
        {"type": "Other", "date": "2026-02-02", "information": "signed"},
        {"type": "Valid", "date": "2026-02-02/2027-02-01"},
    ],
    "members": ["KHM"],
    "relations": [{"type": "IsPartOf", "target": {"scheme": "tonle", "value": "tsrqpnmkjhgfdcb"}}],
    "access": {"level": "open"},
    "files": [{**DOCUMENT["files"][0], "name": "text-1.km.html", "media_type": "text/html"}],
    "profile": {
        "schema": "tonle-agreement/1",
        "type": "memorandum",
        "parties": ["Ministry of Energy", "某部"],
        "in_force_on": "2026-02-02",
    },
}
POLICY: dict[str, Any] = {
    **_BARE,
    "kind": "policy",
    "titles": {"en": "Law on science (No. 22, 25 June 2018)"},
    "descriptions": [{"type": "Abstract", "text": {"en": "The law sets up a council."}}],
    "resource_type": {"general": "Text", "text": "policy"},
    "members": ["MMR"],
    "access": {"level": "metadata_only"},
    "source": {"format": "tonle-starter", "uri": "https://example.org/law", "citation": "The law"},
    "profile": {
        "schema": "tonle-policy/1",
        "type": "law",
        "dated_on": "2018-06-25",
        "country": "Myanmar",
        "targets": [{"id": "gerd", "indicator": "GERD", "target_as_stated": "1%"}],
    },
}


def golden(name: str, text: str) -> None:
    path = WRITTEN / name
    if os.environ.get("REWRITE_GOLDEN"):
        path.write_bytes(text.encode())
    assert text == path.read_bytes().decode()


@pytest.mark.parametrize(
    ("name", "which", "document"),
    [
        (name, which, document)
        for name, one in FORMATS.items()
        for which, document in (
            ("dataset", DOCUMENT),
            ("article", ARTICLE),
            ("agreement", AGREEMENT),
            ("policy", POLICY),
        )
        if one.applies(document)
    ],
)
def test_golden(name: str, which: str, document: dict[str, Any]) -> None:
    before = copy.deepcopy(document)
    golden(f"{which}.{name}", FORMATS[name].write(document, HERE))
    assert document == before


def test_the_head_of_an_article() -> None:
    lines = [f"{name}: {content}" for name, content in dublin_core.meta(ARTICLE, HERE)]
    golden("article.meta", "\n".join(lines) + "\n")


DESCRIBED = [
    Described(f"{HERE.url}?format=x", "application/x", "https://example.org/x"),
    Described(f"{HERE.url}?format=y", "text/y"),
]


def test_the_links_of_a_dataset() -> None:
    links = head.of_page(DOCUMENT, HERE, DESCRIBED)
    golden("dataset.links", "".join(f"{link}\n" for link in links))


@pytest.mark.parametrize(("name", "write"), [("txt", linkset.as_text), ("json", linkset.as_json)])
def test_the_link_set_of_a_dataset(name: str, write: Any) -> None:
    links = head.of_page(DOCUMENT, HERE, DESCRIBED)
    golden(f"dataset.linkset.{name}", write(linkset.contexts(HERE.url, links)))


def test_a_relation_is_in_the_header_whole_or_not_at_all() -> None:
    many = {**DOCUMENT, "files": [{**DOCUMENT["files"][0], "name": "x" * 900}] * 40}
    links = head.of_page(many, HERE, DESCRIBED)
    field = head.header(links)
    assert len(field) <= head.LONGEST
    assert 'rel="item"' not in field
    assert field.count('rel="describedby"') == 2
    assert linkset.as_text(linkset.contexts(HERE.url, links)).count('rel="item"') == 40


def test_what_stands_in_metadata_ends_no_link_and_no_line() -> None:
    evil = {
        **DOCUMENT,
        "rights": [
            {"uri": 'https://example.org/>; rel="canonical", <https://evil.example\r\nX: y'}
        ],
        "files": [{**DOCUMENT["files"][0], "media_type": 'text/x"; rel="canonical'}],
    }
    value = head.header(head.of_page(evil, HERE, []))
    assert "canonical" not in re.sub(r"<[^>]*>", "", value)
    assert "\r" not in value
    assert "\n" not in value


def test_nothing_in_a_title_ends_the_script_element() -> None:
    evil = {**DOCUMENT, "titles": {"en": "</script><script>alert(1)</script>\u2028"}}
    text = schema_org.in_page(evil, HERE)
    assert "<" not in text
    assert "\u2028" not in text
    assert json.loads(text)["name"] == evil["titles"]["en"]


def test_files_that_are_not_open_are_not_linked() -> None:
    closed = Here(**{**HERE.__dict__, "files_open": False})
    assert "/files/" not in FORMATS["schema-org"].write(DOCUMENT, closed)
    assert "/files/" not in head.header(head.of_page(DOCUMENT, closed, []))
    assert "citation_pdf_url" not in dict(dublin_core.meta(ARTICLE, closed))


# --- the way back ------------------------------------------------------------------------------


def test_datacite_alone_comes_back_as_it_went() -> None:
    text = FORMATS["datacite-json"].write_plain(DOCUMENT, HERE)
    (record,) = parse("datacite-json", text.encode(), "x").documents
    assert record.document is not None
    kept = {
        key: DOCUMENT[key]
        for key in (
            "kind", "titles", "other_titles", "descriptions", "contributors", "publisher",
            "publication_year", "resource_type", "subjects", "languages", "relations",
            "related_items", "funding_references", "version_label",
        )
    }  # fmt: skip
    # Names in other scripts and places in other languages have no home in DataCite.
    kept["creators"] = [
        {k: v for k, v in agent.items() if k != "names"} for agent in DOCUMENT["creators"]
    ]
    assert {key: record.document.get(key) for key in kept} == kept
    assert record.document["geo_locations"][0]["box"] == DOCUMENT["geo_locations"][0]["box"]
    assert record.document["rights"][0]["identifier"] == "CC-BY-4.0"
    assert [pid["scheme"] for pid in record.document["pids"]] == ["doi", "ark"]


@pytest.mark.parametrize("name", ["bibtex", "ris", "csl-json", "schema-org"])
@pytest.mark.parametrize("document", [DOCUMENT, ARTICLE])
def test_a_citation_comes_back_as_it_went(name: str, document: dict[str, Any]) -> None:
    (found,) = read_metadata(FORMATS[name].write(document, HERE).encode(), "x.json")
    text = found.document
    assert document["titles"].items() & text["titles"].items() or (
        next(iter(text["titles"].values())) in document["titles"].values()
    )
    assert text["kind"] == document["kind"]
    assert [agent["name"] for agent in text["creators"]][1:] == [
        "Thida",
        "Mekong River Commission",
    ]
    assert text["creators"][0]["family_name"] == "Chan"
    assert text["publication_year"] == 2025
    assert text["pids"][0] == {"scheme": "doi", "value": "10.5555/rice"}


def test_nothing_in_a_record_can_add_to_its_citation() -> None:
    hostile = "1}, author = {Eve}, note = {x"
    item = {"type": "Journal", "relation_type": "IsPublishedIn", "first_page": hostile,
            "titles": [{"text": {"en": "J\r\nER  - \r\nTY  - JOUR"}}]}  # fmt: skip
    name = {"name_type": "Personal", "name": "Fish and Chips, Ltd, Dara", "given_name": "Dara",
            "family_name": "Fish and Chips, Ltd"}  # fmt: skip
    document = ARTICLE | {
        "pids": [{"scheme": "doi", "value": "10.5555/a}b{c"}],
        "creators": [name],
        "related_items": [item],
        "version_label": hostile,
    }
    (entry,) = bibtex_reader.entries(FORMATS["bibtex"].write(document, HERE))
    assert "note" not in entry.fields
    (record,) = parse("bibtex", FORMATS["bibtex"].write(document, HERE).encode(), "x").documents
    assert record.document is not None
    assert [one["name"] for one in record.document["creators"]] == [name["name"]]
    assert record.document["pids"] == document["pids"]
    assert FORMATS["ris"].write(document, HERE).count("\r\nER  - ") == 1


# --- what others have written down -------------------------------------------------------------


def test_datacite_words_are_in_the_lists_of_kernel_4_7() -> None:
    include = shared("schemas/datacite/kernel-4.7/include")
    listed = {
        path.name.split("-")[1]: {e.get("value") for e in etree.parse(path).iter("{*}enumeration")}
        for path in include.glob("datacite-*.xsd")
    }
    made = json.loads(FORMATS["datacite-json"].write(DOCUMENT, HERE))
    assert made["types"]["resourceTypeGeneral"] in listed["resourceType"]
    assert {d["dateType"] for d in made["dates"]} <= listed["dateType"]
    assert {t["titleType"] for t in made["titles"] if "titleType" in t} <= listed["titleType"]
    assert {d["descriptionType"] for d in made["descriptions"]} <= listed["descriptionType"]
    assert {c["contributorType"] for c in made["contributors"]} <= listed["contributorType"]
    assert {c["nameType"] for c in made["creators"]} <= listed["nameType"]
    assert {r["relationType"] for r in made["relatedIdentifiers"]} <= listed["relationType"]
    kinds = {r["relatedIdentifierType"] for r in made["relatedIdentifiers"]}
    assert kinds <= listed["relatedIdentifierType"]


def test_a_search_engine_for_data_finds_what_it_requires_and_recommends() -> None:
    made = json.loads(FORMATS["schema-org"].write(DOCUMENT, HERE))
    # Google, "Dataset structured data": name and description are required, the rest recommended.
    assert made["@type"] == "Dataset"
    for name in (
        "name", "description", "creator", "distribution", "funding", "identifier",
        "includedInDataCatalog", "isAccessibleForFree", "keywords", "license",
        "measurementTechnique", "spatialCoverage", "temporalCoverage", "url", "variableMeasured",
        "version",
    ):  # fmt: skip
        assert made.get(name), name
    assert made["distribution"]["contentUrl"]
    assert made["isAccessibleForFree"] is True
