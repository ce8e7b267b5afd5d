"""A description is suggested the concepts that it speaks of, and no others."""

from __future__ import annotations

from pathlib import Path

import pytest

from tonle.search.terms import concepts, lexicon
from tonle.search.terms.concepts import Part, Suggested
from tonle.search.terms.lexicon import Lexicon
from tonle.search.terms.tables import Concept, Source, write

BASE = "http://example.org/c_"


def named(id: str, broader: str = "", other: str = "", **preferred: str) -> Concept:
    return Concept(
        BASE + id,
        {language: [label] for language, label in preferred.items()},
        {"en": [other]} if other else {},
        code=f"N{id}",
        broader=[BASE + broader] if broader else [],
    )


# As AGROVOC writes: plural, small letters but for names.
THESAURUS = [
    named("1", en="crops", th="พืชผล"),
    named("2", "1", en="rice", km="ស្រូវ", th="ข้าว", vi="lúa gạo", other="paddy"),
    named("3", "2", en="rice blast", th="โรคไหม้ข้าว"),
    named("4", en="dams", lo="ເຂື່ອນ", vi="đập nước", zh="水坝"),
    named("5", en="banks (finance)", other="banks"),
    named("6", en="river banks", other="banks", th="ตลิ่ง"),
    named("7", en="HIV", th="เอชไอวี"),
    named("8", en="AIDS", th="โรคเอดส์"),
    named("9", en="data", th="ข้อมูล"),
    named("10", en="Turkey", th="ตุรกี"),
    named("11", en="water quality", my="ရေအရည်အသွေး", zh="水质"),
    named("13", en="water", th="น้ำ", zh="水"),
    # A name that is no subject, and keeps a part of itself from being taken for one.
    Concept("", {"en": ["Water Quality Act"], "th": ["พระราชบัญญัติคุณภาพน้ำ"]}),
]
DICTIONARY = [Concept("", {"en": ["temple"], "th": ["วัด"]})]


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Lexicon:
    folder = tmp_path_factory.mktemp("terms")
    thesaurus, dictionary = folder / "b.jsonl.gz", folder / "a.jsonl.gz"
    write(dictionary, Source("words", "Words", "", "CC0-1.0"), DICTIONARY)
    source = Source("agro", "AGRO", "", "CC0-1.0", "http://example.org/agro")
    write(thesaurus, source, THESAURUS)
    lexicon.build(folder / "terms.sqlite3", [dictionary, thesaurus], "stamp")
    return Lexicon(Path(folder / "terms.sqlite3"))


def suggested(known: Lexicon, *parts: tuple[str, str, str]) -> list[Suggested]:
    return concepts.of(known, [Part(*part) for part in parts])  # type: ignore[arg-type] # Roles.


def names(known: Lexicon, *parts: tuple[str, str, str]) -> list[str]:
    return [one.subject["text"]["en"] for one in suggested(known, *parts)]


@pytest.mark.parametrize(
    ("tongue", "text", "found"),
    [
        ("en", "Dams of the Nam Ngum", ["dams"]),
        ("en", "Rice Blast in Takeo", ["rice blast"]),
        ("en", "Paddy fields", ["rice"]),
        ("en", "Crop losses", ["crops"]),
        ("km", "ផលិតកម្មស្រូវនៅខេត្តតាកែវ", ["rice"]),
        ("th", "โรคไหม้ข้าวในภาคอีสาน", ["rice blast"]),
        ("lo", "ຄວາມປອດໄພຂອງເຂື່ອນ", ["dams"]),
        ("vi", "Năng suất lúa gạo", ["rice"]),
        ("zh-Hans", "湄公河水质监测", ["water quality"]),
        ("und", "เขื่อนและข้าว", ["rice"]),
        # Two things are called so, and nothing says which is meant.
        ("en", "Banks of Phnom Penh", []),
        # A word of every description; a word as it is not written there; one too short.
        ("en", "Data on turkey farming, with aids for teachers", []),
        ("en", "HIV and AIDS in Turkey", ["HIV", "AIDS", "Turkey"]),
        ("en", "hiv", []),
        ("en", "After the Water Quality Act", []),
        ("th", "น้ำ", []),
        # A word of another language that happens to be written so, and one no vocabulary has.
        ("fr", "Le rice des dams", []),
        ("en", "The temple of Vat Phou and the", []),
        ("en", "", []),
    ],
)
def test_a_title_leads_to_its_concepts(
    known: Lexicon, tongue: str, text: str, found: list[str]
) -> None:
    assert names(known, ("title", tongue, text)) == found


def test_titles_stand_before_descriptions_and_what_is_specific_before_what_is_general(
    known: Lexicon,
) -> None:
    found = names(
        known,
        ("title", "en", "Crops and rice along the Mekong"),
        ("description", "en", "Rice blast, dams, dams and water quality."),
    )

    assert found == ["rice", "crops", "rice blast", "water quality", "dams"]


def test_two_languages_together_say_which_meaning_it_is(known: Lexicon) -> None:
    parts = [("title", "en", "Banks of the Mekong"), ("title", "th", "ตลิ่งแม่น้ำโขง")]

    assert names(known, *parts) == ["river banks"]


def test_a_keyword_is_believed_however_short(known: Lexicon) -> None:
    parts = [("keyword", "th", "น้ำ"), ("keyword", "en", "data"), ("title", "en", "Rice")]

    assert names(known, *parts) == ["water", "data", "rice"]


def test_a_suggestion_is_a_subject_with_its_names_scheme_address_and_code(known: Lexicon) -> None:
    (one,) = suggested(known, ("title", "en", "A weir or dams"))

    assert one.found == ("dams",)
    assert one.subject == {
        "text": {"en": "dams", "lo": "ເຂື່ອນ", "vi": "đập nước", "zh": "水坝"},
        "scheme": "AGRO",
        "scheme_uri": "http://example.org/agro",
        "value_uri": "http://example.org/c_4",
        "classification_code": "N4",
    }
    assert (
        concepts.of(known, [Part("title", "en", "A weir or dams")], have={"http://example.org/c_4"})
        == []
    )


def test_only_vocabularies_with_addresses_are_asked(known: Lexicon) -> None:
    assert known.schemes() == ["AGRO"]
