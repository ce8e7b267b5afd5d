"""What is told to be missing, why, and where it is mended."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.shared import shared
from tonle.deposit.checks.rules.fair import FileFacts, count_by_severity, fair_findings

TODAY = date(2026, 11, 22)

GOOD: dict[str, Any] = {
    "kind": "dataset",
    "titles": {
        "en": "Rice yields of Takeo province, 2015 to 2024",
        "km": "ទិន្នផលស្រូវខេត្តតាកែវ ២០១៥ ដល់ ២០២៤",
    },
    "descriptions": [
        {
            "type": "Abstract",
            "text": {"en": "Yields of wet and dry season rice in ten districts, from surveys."},
        },
        {"type": "Methods", "text": {"en": "Crop cuts on 600 plots."}},
    ],
    "creators": [
        {
            "name": "Sokha",
            "name_type": "Personal",
            "identifiers": [{"scheme": "orcid", "value": "0000-0002-1825-0097"}],
            "affiliations": [{"name": "Royal University of Agriculture"}],
        }
    ],
    "subjects": [{"text": {"en": "rice"}}],
    "languages": ["en", "km"],
    "members": ["KHM"],
    "geo_locations": [{"place": {"en": "Takeo"}}],
    "dates": [{"type": "Collected", "date": "2015/2024"}],
    "rights": [{"identifier": "CC-BY-4.0"}],
    "access": {"level": "open"},
    "relations": [{"type": "IsSupplementTo", "target": {"scheme": "doi", "value": "10.1/x"}}],
    "funding_references": [{"funder_name": "Mekong Institute"}],
}
FILES = [FileFacts("README.md", 100, "a"), FileFacts("yields.csv", 2000, "b")]


def codes(document: dict[str, Any], files: list[Any] | None = None) -> list[str]:
    found = fair_findings(document, FILES if files is None else files, today=TODAY)
    return [finding.code for finding in found]


def test_a_draft_that_lacks_nothing_is_told_nothing() -> None:
    assert codes(GOOD) == []


def test_an_empty_draft_is_told_the_gravest_first() -> None:
    found = fair_findings({"kind": "dataset"}, [], today=TODAY)
    assert [f.code for f in found if f.severity == "must"] == [
        "title_missing",
        "creator_missing",
        "files_missing",
        "licence_missing",
    ]
    assert [f.severity for f in found] == sorted(
        (f.severity for f in found), key=["must", "should", "could"].index
    )
    assert count_by_severity(found)["must"] == 4


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"titles": {"en": "Data", "km": "ទិន្នន័យស្រូវ"}}, "title_short"),
        ({"titles": {"en": "rice_takeo_final2.csv", "th": "ผลผลิตข้าวในจังหวัด"}}, "title_file_name"),
        ({"titles": {"en": "RICE YIELDS OF TAKEO", "th": "ผลผลิตข้าวในจังหวัด"}}, "title_capitals"),
        ({"titles": {"en": "Rice yields of Takeo"}}, "title_one_language"),
        ({"descriptions": []}, "abstract_missing"),
        (
            {"descriptions": [{"type": "Abstract", "text": {"en": "Rice data"}}]},
            "abstract_short",
        ),
        (
            {"descriptions": [{"type": "Abstract", "text": {"en": GOOD["titles"]["en"]}}]},
            "abstract_is_title",
        ),
        ({"subjects": []}, "keywords_missing"),
        ({"members": []}, "member_missing"),
        ({"languages": []}, "own_title_unclear"),
        ({"languages": [], "titles": {"en": GOOD["titles"]["en"]}}, "language_missing"),
        ({"dates": [{"type": "Collected", "date": "2567"}]}, "date_in_future"),
        ({"dates": [{"type": "Collected", "date": "2020/2027-01-01"}]}, "date_in_future"),
        ({"creators": []}, "creator_missing"),
        ({"creators": [{"name": "Sokha"}]}, "affiliation_missing"),
        ({"rights": []}, "licence_missing"),
        ({"rights": [{"text": {"en": "ask me"}}]}, "licence_not_standard"),
        ({"rights": [{"identifier": "MIT"}]}, "licence_for_software"),
        ({"kind": "software", "rights": [{"identifier": "CC-BY-4.0"}]}, "licence_for_works"),
        ({"rights": [{"identifier": "CC-BY-NC-ND-4.0"}]}, "licence_narrow"),
        ({"access": {"level": "restricted"}}, "access_unexplained"),
        ({"access": {"level": "embargoed", "embargo_until": "2020-01-01"}}, "embargo_over"),
        ({"relations": []}, "relations_missing"),
    ],
)
def test_each_fault_is_told_by_its_name(change: dict[str, Any], code: str) -> None:
    assert code in codes({**GOOD, **change})


@pytest.mark.parametrize(
    ("files", "code"),
    [
        ([FileFacts("README.md", 1, "a"), FileFacts("a.csv", 0, "b")], "file_empty"),
        ([FileFacts("README.md", 1, "a"), FileFacts("b.md", 1, "a")], "file_twice"),
        ([FileFacts("a.csv", 1, "a")], "readme_missing"),
        ([FileFacts("README.md", 1, "a"), FileFacts("my data (1).csv", 1, "b")], "file_name_odd"),
        ([FileFacts("README.md", 1, "a"), FileFacts("a.sav", 1, "b")], "format_closed"),
        ([FileFacts("README.md", 1, "a"), FileFacts("ស" * 80 + ".csv", 1, "b")], "file_name_long"),
    ],
)
def test_each_fault_of_files_is_told_by_its_name(files: list[FileFacts], code: str) -> None:
    assert codes(GOOD, files) == [code]


def test_names_in_every_script_are_good_names() -> None:
    names = ["ទិន្នន័យ.csv", "ข้อมูล_น้ำ.csv", "ຂໍ້ມູນ.csv", "ဒေတာ.csv", "dữ-liệu.csv", "数据.csv"]
    files = [*FILES, *[FileFacts(name, 1, name) for name in names]]
    assert codes(GOOD, files) == []


def test_an_open_copy_beside_a_closed_form_is_enough() -> None:
    assert codes(GOOD, [*FILES, FileFacts("yields.sav", 1, "c")]) == []


def test_every_sentence_can_be_filled_in_and_names_a_step() -> None:
    files = [FileFacts("a b.sav", 0, "x"), FileFacts("c.mdb", 5, "y"), FileFacts("d.mdb", 5, "y")]
    document = {
        "kind": "software",
        "rights": [{"identifier": "CC-BY-NC-4.0"}],
        "titles": {"en": "x"},
    }
    for finding in fair_findings(document, files, today=TODAY):
        for sentence in (finding.message, finding.why, finding.mend):
            assert sentence % finding.data
        assert finding.step in {"describe", "people", "files", "rights", "links"}
        assert finding.field.startswith("/")


def test_real_descriptions_are_judged_without_falling_over() -> None:
    from tonle.catalogue.public import read_metadata

    for path in sorted(shared("data/records/metadata/datacite-json").iterdir()):
        for item in read_metadata(path.read_bytes(), path.name):
            fair_findings(item.document or {}, [], today=TODAY)


ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=10,
)


@given(title=st.text(max_size=80), abstract=st.text(max_size=200), profile=ANY_JSON)
def test_no_words_make_it_fail(title: str, abstract: str, profile: Any) -> None:
    document = {
        **GOOD,
        "titles": {"en": title},
        "descriptions": [{"type": "Abstract", "text": {"und": abstract}}],
        "profile": profile,
    }
    json.dumps([finding.code for finding in fair_findings(document, FILES, today=TODAY)])
