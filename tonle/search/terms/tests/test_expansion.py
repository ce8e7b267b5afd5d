"""A question finds its words in the other languages, and says which it does not find."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tonle.search import query
from tonle.search.documents import Document
from tonle.search.engine import Request
from tonle.search.schema import entry, schema
from tonle.search.tantivy_engine import TantivyReader, TantivyWriter
from tonle.search.terms import LANGUAGES, Expansion, expansion, store
from tonle.search.terms.lexicon import OURS, Lexicon, build
from tonle.search.terms.tables import SUFFIX, Concept
from tonle.search.terms.tests.conftest import MakeLexicon

RICE = Concept("http://example.org/rice", {"en": ["rice"], "lo": ["ເຂົ້າ"], "th": ["ข้าว"]})
HOSPITAL = Concept(
    "", {"en": ["hospital"], "km": ["មន្ទីរពេទ្យ"], "th": ["โรงพยาบาล"], "my": ["ဆေးရုံ"]}
)
BED = Concept("", {"en": ["bed"], "vi": ["giường"]})
HOSPITAL_BED = Concept("", {"en": ["hospital bed"], "zh": ["病床"]})
WATER = Concept("", {"vi": ["nước"], "en": ["water"]})
CLIMATE = Concept("", {"zh": ["气候变化"], "en": ["climate change"]})


def asked(lexicon: Lexicon, text: str, language: str = "en") -> Expansion:
    return expansion.of(lexicon, query.read(text), language, LANGUAGES)


@pytest.fixture
def known(make_lexicon: MakeLexicon) -> Lexicon:
    return make_lexicon([RICE, HOSPITAL, BED, HOSPITAL_BED, WATER, CLIMATE])


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Lexicon:
    """Of our own table as it comes with Tonle."""
    path = tmp_path_factory.mktemp("terms") / "terms.sqlite3"
    build(path, [store.SHIPPED / f"{OURS}{SUFFIX}"], "stamp")
    return Lexicon(path)


def words_of(found: Expansion) -> dict[str, set[tuple[str, str]]]:
    return {group.asked: set(group.terms) for group in found.groups}


@pytest.mark.parametrize(
    ("text", "tongue", "term", "word"),
    [
        ("rice", "en", "rice", ("lo", "ເຂົ້າ")),
        ("Rice", "km", "Rice", ("th", "ข้าว")),
        ("ข้าว", "en", "ข้าว", ("en", "rice")),
        ("hospitals", "en", "hospitals", ("my", "ဆေးရုံ")),
        ("មន្ទីរពេទ្យ", "km", "មន្ទីរពេទ្យ", ("th", "โรงพยาบาล")),
        ("nước", "lo", "nước", ("en", "water")),
        ("气候变化", "en", "气候变化", ("en", "climate change")),
    ],
)
def test_a_term_is_found_in_the_other_languages(
    known: Lexicon, text: str, tongue: str, term: str, word: tuple[str, str]
) -> None:
    assert word in words_of(asked(known, text, tongue))[term]


def test_the_longest_term_is_taken(known: Lexicon) -> None:
    assert words_of(asked(known, "new hospital beds")) == {"hospital beds": {("zh", "病床")}}


def test_a_table_of_two_languages_leads_on_through_english(make_lexicon: MakeLexicon) -> None:
    lao = Concept("", {"lo": ["ໂຮງໝໍ"], "en": ["hospital"]})
    found = asked(make_lexicon([lao], [HOSPITAL]), "ໂຮງໝໍ", "lo")

    (group,) = found.groups
    assert {("en", "hospital"), ("km", "មន្ទីរពេទ្យ")} <= set(group.terms)
    assert group.tables == ("Table 0",)


def test_our_own_words_go_before_a_dictionary_which_fills_what_they_lack(
    make_lexicon: MakeLexicon,
) -> None:
    dictionary = [
        Concept("", {"en": ["water"], "my": ["ဝါတာပိုလို"]}),
        Concept("", {"en": ["water"], "lo": ["ນີຣະ"], "zh": ["水"]}),
        Concept("", {"en": ["five"], "my": ["ငါး"], "th": ["ห้า"]}),
    ]
    ours = [
        Concept("", {"en": ["water"], "km": ["ទឹក"], "lo": ["ນ້ຳ"], "my": ["ရေ"]}),
        Concept("", {"en": ["fish"], "th": ["ปลา"]}, hidden={"my": ["ငါး"]}),
    ]
    lexicon = make_lexicon(dictionary, ours=ours)

    water = {("km", "ទឹក"), ("lo", "ນ້ຳ"), ("my", "ရေ"), ("zh", "水")}
    assert words_of(asked(lexicon, "water")) == {"water": water}
    assert ("lo", "ນ້ຳ") in words_of(asked(lexicon, "ទឹក", "km"))["ទឹក"]
    # Burmese has one word for fish and five: understood, and not looked for.
    assert words_of(asked(lexicon, "ငါး", "my")) == {"ငါး": {("en", "fish"), ("th", "ปลา")}}
    assert words_of(asked(lexicon, "fish")) == {"fish": {("th", "ปลา")}}


@pytest.mark.parametrize(
    ("text", "tongue", "word"),
    [
        ("ទឹក", "km", ("lo", "ນ້ຳ")),
        ("ရေ", "my", ("km", "ទឹក")),
        ("ព្រៃឈើ", "km", ("th", "ป่าไม้")),
        ("lúa", "vi", ("km", "ស្រូវ")),
        ("ငှက်ဖျား", "my", ("lo", "ໄຂ້ຍຸງ")),
        ("ສຸຂະພາບ", "lo", ("vi", "sức khỏe")),
        ("rice", "en", ("my", "စပါး")),
    ],
)
def test_everyday_words_of_the_region_lead_from_each_language_to_the_others(
    shipped: Lexicon, text: str, tongue: str, word: tuple[str, str]
) -> None:
    groups = words_of(asked(shipped, text, tongue))
    assert word in groups[text]


def test_what_no_table_knows_is_said(known: Lexicon) -> None:
    found = asked(known, "the rice of Champasak in 2024")

    assert [group.asked for group in found.groups] == ["rice"]
    assert found.uncovered == ("Champasak",)
    assert not asked(known, "Champasak")


def test_a_word_that_more_tables_agree_on_stands_first(make_lexicon: MakeLexicon) -> None:
    first = Concept("", {"en": ["well"], "th": ["ดี", "บ่อน้ำ"]})
    second = Concept("", {"en": ["well"], "th": ["บ่อน้ำ"]})
    (group,) = asked(make_lexicon([first], [second]), "well").groups

    assert [word for _, word in group.terms] == ["บ่อน้ำ", "ดี"]


def test_a_long_question_stays_bounded(known: Lexicon) -> None:
    found = asked(known, "rice hospital bed " * 20)

    assert sum(len(group.terms) for group in found.groups) <= expansion.MOST_WORDS
    assert len(found.groups) <= expansion.MOST_TERMS


def test_records_in_other_languages_are_found_by_the_clause(known: Lexicon, tmp_path: Path) -> None:
    texts = {
        "lao": {"lo": "ການປູກເຂົ້ານາປີຢູ່ແຂວງຈຳປາສັກ"},
        "thai": {"th": "โรคของข้าวในภาคอีสาน"},
        "khmer": {"km": "ចំនួនគ្រែក្នុងមន្ទីរពេទ្យបង្អែក"},
        "english": {"en": "Rainfall of the basin"},
    }
    writer = TantivyWriter(tmp_path / "index", schema())
    for key, titles in texts.items():
        at = datetime(2026, 1, 1, tzinfo=UTC)
        made = Document(key, "dataset", titles, [], [], [], {}, None, at)
        writer.put(entry("record", made))
    writer.commit({})
    writer.close()
    reader = TantivyReader(tmp_path / "index")

    def keys(text: str) -> set[str]:
        rows = reader.search(Request(asked(known, text).clause)).rows
        return {row.key.partition(":")[2] for row in rows}

    assert keys("rice") == {"lao", "thai"}
    assert keys("hospitals") == {"khmer"}
