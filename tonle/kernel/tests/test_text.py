"""Normalisation, Zawgyi, language tags and language maps."""

from __future__ import annotations

import json
import re
import unicodedata
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.shared import shared
from tonle.kernel import text, zawgyi
from tonle.kernel.errors import Invalid

# Letters, marks and invisible characters of the region, so that runs of them are frequent.
tricky = st.text(
    alphabet=st.one_of(
        st.characters(min_codepoint=0x1780, max_codepoint=0x17DD),
        st.characters(min_codepoint=0x0E81, max_codepoint=0x0EDF),
        st.characters(min_codepoint=0x0E01, max_codepoint=0x0E4E),
        st.characters(min_codepoint=0x1000, max_codepoint=0x109F),
        st.sampled_from("ab \n\r\t\u200b\u200c\u200d\u2060\u00a0\u2028\ufeff\u202e\u0301\u0323e4"),
    ),
    max_size=40,
)


def test_every_text_of_a_json_value_is_normalised() -> None:
    decomposed = "Vie\u0302\u0323t"
    value = {"titles": {"vi": decomposed}, "creators": [{"name": decomposed}], "version": 2}

    assert text.normalise_all(value) == {
        "titles": {"vi": "Việt"}, "creators": [{"name": "Việt"}], "version": 2,
    }  # fmt: skip


@given(st.text(max_size=60) | tricky)
def test_normalising_twice_changes_nothing(raw: str) -> None:
    once = text.normalise(raw)

    assert text.normalise(once) == once


@given(st.text(max_size=60) | tricky)
def test_a_normalised_text_is_nfc_and_can_be_stored(raw: str) -> None:
    once = text.normalise(raw)

    assert unicodedata.is_normalized("NFC", once)
    assert not any(unicodedata.category(c) in {"Cs"} for c in once)
    assert not any(unicodedata.category(c) == "Cc" and c not in "\n\t" for c in once)


@pytest.mark.parametrize(
    ("raw", "settled"),
    [
        ("  rice \r\n field\r", "rice \n field"),
        ("a\x00b\x07c\x1b[0m", "abc[0m"),
        ("e\u0301", "é"),
        ("\ufeffnước", "nước"),
        ("safe\u202egpj.exe", "safegpj.exe"),
        ("\u2066a\u2069", "a"),
        ("x\U000e0041\U000e0042y", "xy"),
        ("a\ud800b", "ab"),
        ("ri\u200bce", "rice"),
        ("\u200bទឹក\u200b", "ទឹក"),
        ("ទឹក\u200b\u200bសាប", "ទឹក\u200bសាប"),
        ("ទឹក\u200b សាប", "ទឹក សាប"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("👩\u200d🌾", "👩\u200d🌾"),
        ("ﬁ ² Ａ", "ﬁ ² Ａ"),
        ("two  spaces", "two  spaces"),
    ],
)
def test_what_word_processors_leave_behind_goes_and_what_people_wrote_stays(
    raw: str, settled: str
) -> None:
    assert text.normalise(raw) == settled


@pytest.mark.parametrize(
    ("raw", "settled"),
    [
        # Khmer: subscripts before vowels, ro last, shifter after subscripts.
        ("ខែ្មរ", "ខ្មែរ"),
        ("ស្រ្តី", "ស្ត្រី"),
        ("ស្តី្រ", "ស្ត្រី"),
        ("ម៉្យាង", "ម្យ៉ាង"),
        ("ស៊្រី", "ស្រ៊ី"),
        ("កំុ", "កុំ"),
        ("ចំា", "ចាំ"),
        # Two halves of one vowel.
        ("លេាក", "លោក"),
        ("លាេក", "លោក"),
        ("ធ្វេី", "ធ្វើ"),
        # Joiners stay where they are.
        ("ប្រ\u200d៊ី", "ប្រ\u200d៊ី"),
        # Look alike, but are other letters.
        ("កណ្តាល", "កណ្តាល"),
        ("កណ្ដាល", "កណ្ដាល"),
        # Lao: vowel before tone, AM whole and last.
        ("ທ\u0ec8\u0eb5", "ທ\u0eb5\u0ec8"),
        ("ນ\u0eb3\u0ec9", "ນ\u0ec9\u0eb3"),
        ("ນ\u0ecd\u0ec9\u0eb2", "ນ\u0ec9\u0eb3"),
        ("ນ\u0ec9\u0ecd\u0eb2", "ນ\u0ec9\u0eb3"),
        ("ກ\u0ec8\u0ecd", "ກ\u0ecd\u0ec8"),
        ("ຫ\u0eb4\u0ebc", "ຫ\u0ebc\u0eb4"),
        # Thai.
        ("ก\u0e48\u0e35", "ก\u0e35\u0e48"),
        ("น\u0e49\u0e4d\u0e32", "น\u0e49\u0e33"),
        ("น\u0e4d\u0e49\u0e32", "น\u0e49\u0e33"),
        ("น\u0e33\u0e49", "น\u0e49\u0e33"),
        ("สิทธิ์", "สิทธิ์"),
        ("พุทฺธํ", "พุทฺธํ"),
    ],
)
def test_marks_stand_in_one_order(raw: str, settled: str) -> None:
    assert text.normalise(raw) == settled


@pytest.mark.parametrize(
    "word", ["ប្រទេសកម្ពុជា", "ព្រះសីហនុ", "ពោធិ៍សាត់", "ນ້ຳທີ່ຫຼວງ", "ເຂົ້າ", "น้ำท่วม", "ข้าวที่", "ရေ", "nước"]
)
def test_words_that_are_well_written_are_left_alone(word: str) -> None:
    assert text.normalise(word) == word


# --- Zawgyi -------------------------------------------------------------------------


def burmese_lines(path: str) -> list[str]:
    lines = shared(f"data/records/zawgyi/{path}").read_text(encoding="utf-8").splitlines()
    return [line.strip() for line in lines if any("\u1000" <= c <= "\u109f" for c in line)]


def test_zawgyi_of_a_government_site_becomes_unicode() -> None:
    pairs = list(
        zip(
            burmese_lines("mmgov_zawgyi_src.txt"),
            burmese_lines("mmgov_unicode_out.txt"),
            strict=True,
        )
    )

    assert len(pairs) > 60
    assert [text.normalise(zawgyi) for zawgyi, _ in pairs] == [
        text.normalise(unicode) for _, unicode in pairs
    ]


def test_unicode_burmese_is_left_alone() -> None:
    lines = burmese_lines("udhr_mya_unicode_src.txt") + burmese_lines("mmgov_unicode_out.txt")

    assert [text.normalise(line) for line in lines] == [
        unicodedata.normalize("NFC", line) for line in lines
    ]


def test_zawgyi_of_the_universal_declaration_becomes_unicode() -> None:
    pairs = zip(
        burmese_lines("udhr_mya_zawgyi_out.txt"),
        burmese_lines("udhr_mya_unicode_src.txt"),
        strict=True,
    )
    different = [
        zawgyi for zawgyi, right in pairs if text.normalise(zawgyi) != text.normalise(right)
    ]

    # Of 91 lines one is too short to be told from Unicode, and one has a fault of its own.
    assert len(different) <= 2


def test_shan_mon_karen_and_pali_are_not_taken_for_zawgyi() -> None:
    rows = shared("data/records/zawgyi/compatibility.tsv").read_text(encoding="utf-8").splitlines()
    others = [
        sample
        for _, sample in (row.split("\t") for row in rows)
        if any(word in sample for word in ("shan", "mon", "karen", "pali"))
    ]

    assert len(others) == 8
    assert not any(zawgyi.is_zawgyi(sample) for sample in others)


def test_khmer_marks_of_the_language_institute_are_ordered_alike() -> None:
    faulty = shared("data/records/zawgyi/khmer_bad_kh.txt").read_text(encoding="utf-8").split()

    for word in faulty:
        settled = text.normalise(word)
        assert text.normalise(unicodedata.normalize("NFD", settled)) == settled
        # Only the order changes, and halves of vowels are joined.
        assert len(word) - len(settled) <= 1


def test_words_of_jarai_in_khmer_letters_stay_as_they_are() -> None:
    path = shared("data/records/zawgyi/jarai_jra_words.txt")
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    words = [line.split("\t")[0] for line in lines if not line.startswith("#")]
    changed = [word for word in words if text.normalise(word) != word]

    # One of 1,276 has its shifter before the subscript.
    assert len(words) > 1000
    assert len(changed) <= 1


@pytest.mark.parametrize(
    ("zawgyi", "unicode"),
    [
        ("ျမန္မာႏိုင္ငံ", "မြန်မာနိုင်ငံ"),
        ("ေရေဘးကယ္ဆယ္ေရး", "ရေဘေးကယ်ဆယ်ရေး"),
        ("Report အမ်ိဳးသမီး 2020", "Report အမျိုးသမီး 2020"),
        ("အပိုဒ္ ၄", "အပိုဒ် ၄"),
        ("၄င္းေနာက္", "၎င်းနောက်"),
    ],
)
def test_zawgyi_words_become_unicode(zawgyi: str, unicode: str) -> None:
    assert text.normalise(zawgyi) == unicode


@pytest.mark.parametrize("word", ["ဘာသာစကား", "အခြားလူသား", "ဇယား၏", "ဤအရာကို", "ကိုးကား၍"])
def test_a_sound_word_alone_is_left_as_it_is(word: str) -> None:
    assert text.normalise(word) == word


def test_the_quick_detector_agrees_with_its_library_on_more_than_a_word() -> None:
    from myanmartools import ZawgyiDetector

    folder = shared("data/records/zawgyi")
    samples = [path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.t*"))]
    samples += [line for sample in samples for line in sample.splitlines()]
    for row in shared("data/search/passages.jsonl").read_text(encoding="utf-8").splitlines():
        passage = json.loads(row)
        samples += [passage["text"]] if passage["lang"] == "my" else []
    library = ZawgyiDetector()
    burmese = [s for s in samples if len(re.findall("[\u1000-\u109f]", s)) >= 20]

    assert len(burmese) > 800
    assert [zawgyi.is_zawgyi(sample) for sample in burmese] == [
        library.get_zawgyi_probability(sample) > zawgyi.PROBABILITY for sample in burmese
    ]


def test_a_long_text_is_converted_as_its_lines_are() -> None:
    lines = burmese_lines("udhr_mya_zawgyi_out.txt")
    zawgyi_lines = [line for line in lines if zawgyi.is_zawgyi(line)]

    assert zawgyi.from_zawgyi("\n".join(zawgyi_lines)) == "\n".join(
        map(zawgyi.from_zawgyi, zawgyi_lines)
    )


def test_a_long_text_without_a_border_is_converted_whole() -> None:
    line = "".join("".join(burmese_lines("mmgov_zawgyi_src.txt")).split())
    whole = zawgyi._converter().transliterate(zawgyi._LONE_FOUR.sub("", line))

    assert len(line) > 3 * zawgyi._STRETCH
    assert zawgyi._converted(zawgyi._LONE_FOUR.sub("", line)) == whole


# --- long and hostile texts: each of these once took minutes -------------------------


@pytest.mark.parametrize(
    ("crafted", "settled"),
    [
        # A tone after very many AA goes before them all, not one place further each round.
        ("\u0e81" + "\u0eb2" * 200_000 + "\u0ec8", "\u0e81\u0ec8" + "\u0eb2" * 200_000),
        ("\u0e01" + "\u0e32" * 200_000 + "\u0e48", "\u0e01\u0e48" + "\u0e32" * 200_000),
        # Each ring makes its own AM.
        ("\u0e81" + "\u0eb2" * 9_000 + "\u0ecd" * 9_000, "\u0e81" + "\u0eb3" * 9_000),
        # Invisible characters in a row are one.
        ("\u1780" + "\u200b" * 300_000 + "\u1780", "\u1780\u200b\u1780"),
        # Marks below stand before marks above.
        (
            "x" + "\u0302" * 200_000 + "\u0316" * 200_000,
            "x" + "\u0316" * 200_000 + "\u0302" * 200_000,
        ),
        ("x" + "\u0f73" * 100_000, "x" + "\u0f71" * 100_000 + "\u0f72" * 100_000),
    ],
    ids=["Lao tone", "Thai tone", "rings", "zero width", "heap of marks", "Tibetan vowels"],
)
def test_crafted_text_is_settled_in_one_pass(crafted: str, settled: str) -> None:
    assert text.normalise(crafted) == settled


def test_a_megabyte_of_zawgyi_is_read() -> None:
    line = "".join(burmese_lines("udhr_mya_zawgyi_out.txt"))
    long = "\n".join([line] * (1_000_000 // len(line.encode()) + 1))
    read = text.normalise(long)

    assert set(read.split("\n")) == {text.normalise(line)}


# --- digits and order ---------------------------------------------------------------


@pytest.mark.parametrize(
    "digits", ["០១២៣៤៥៦៧៨៩", "໐໑໒໓໔໕໖໗໘໙", "๐๑๒๓๔๕๖๗๘๙", "၀၁၂၃၄၅၆၇၈၉", "０１２３４５６７８９"]
)
def test_digits_of_the_region_are_read(digits: str) -> None:
    assert text.ascii_digits(digits) == "0123456789"


@pytest.mark.parametrize("tongue", ["km", "lo", "th", "my", "en", "zh-Hans", "vi"])
def test_local_digits_are_read_back(tongue: str) -> None:
    assert text.ascii_digits(text.local_digits("2024-05", tongue)) == "2024-05"


def test_local_digits_are_the_readers_own() -> None:
    assert text.local_digits("2024", "km-KH") == "២០២៤"
    assert text.local_digits("2024", "vi") == "2024"


def test_thai_and_lao_words_are_ordered_by_their_consonant() -> None:
    # By code points the leading vowels would put both first words last.
    assert sorted(["เกม", "ขาว"], key=text.sort_key) == ["เกม", "ขาว"]
    assert sorted(["ແກ້ວ", "ຂາວ"], key=lambda word: text.sort_key(word, "lo")) == ["ແກ້ວ", "ຂາວ"]


# --- language tags ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("tag", "canonical"),
    [
        ("km", "km"),
        ("KM", "km"),
        ("khm", "km"),
        ("zh-hans", "zh-Hans"),
        ("ZH_HANS_cn", "zh-Hans-CN"),
        ("en_US", "en-US"),
        ("eng", "en"),
        ("bur", "my"),
        ("mya", "my"),
        ("lao", "lo"),
        ("chi", "zh"),
        ("iw", "he"),
        ("shn", "shn"),
        ("zh-cmn-Hant", "zh-Hant"),
        ("yue", "yue"),
        ("sl-rozaj-biske-1994", "sl-rozaj-biske-1994"),
        ("de-419-DE-x", None),
        ("es-419", "es-419"),
        ("x-Khmer", "x-khmer"),
        ("en-u-ca-buddhist", "en-u-ca-buddhist"),
        ("", "und"),
        ("und", "und"),
        ("und-latn", "und-Latn"),
        ("English", None),
        ("e", None),
        ("en--US", None),
        ("ខ្មែរ", None),
        ("en-US; q=0.5", None),
        ("a" * 100, None),
    ],
)
def test_language_tags_are_checked_and_written_alike(tag: str, canonical: str | None) -> None:
    if canonical is None:
        assert not text.valid_language(tag)
        with pytest.raises(Invalid, match="BCP 47"):
            text.language_tag(tag)
    else:
        assert text.language_tag(tag) == canonical
        assert text.language_tag(canonical) == canonical


def test_the_parents_of_a_tag_come_after_it() -> None:
    assert text.language_fallbacks("zh-hans-cn") == ("zh-Hans-CN", "zh-Hans", "zh")
    assert text.language_fallbacks("en-u-ca-buddhist") == ("en-u-ca-buddhist", "en-u-ca", "en")


# --- language maps ------------------------------------------------------------------


def test_a_language_map_is_cleaned() -> None:
    raw = {"KM": " ទឹក\n", "en_GB": "Water", "vi": "  ", "": "H2O"}

    assert text.clean_language_map(raw) == {"en-GB": "Water", "km": "ទឹក", "und": "H2O"}


def test_a_title_is_put_on_one_line() -> None:
    assert text.clean_language_map({"en": "Rice\n  in  Laos"}, line=True) == {"en": "Rice in Laos"}


def test_two_texts_in_one_language_are_refused_and_twice_the_same_is_not() -> None:
    assert text.clean_language_map({"km": "ក", "KM": "ក"}) == {"km": "ក"}
    with pytest.raises(Invalid, match="two different texts"):
        text.clean_language_map({"km": "ក", "khm": "ខ"})


@pytest.mark.parametrize("raw", [{"km": 1}, {1: "a"}, {"km": None}])
def test_a_map_with_something_else_than_texts_is_refused(raw: Any) -> None:
    with pytest.raises(Invalid):
        text.clean_language_map(raw)


MAP = {"en": "Water", "km": "ទឹក", "zh-Hant": "水資源", "und": "H2O"}


@pytest.mark.parametrize(
    ("value", "languages", "chosen"),
    [
        (MAP, "km", "km"),
        (MAP, "km-KH", "km"),
        (MAP, ["lo", "km"], "km"),
        (MAP, "zh-hans", "zh-Hant"),
        (MAP, "lo", "en"),
        (MAP, [], "en"),
        (MAP, "not a tag", "en"),
        ({"en-GB": "a", "und": "b"}, "lo", "en-GB"),
        ({"und": "a", "fr": "b"}, "lo", "und"),
        ({"vi": "a", "fr": "b"}, "lo", "fr"),
        ({"zh-Hans": "a", "zh": "b"}, "zh-hans-cn", "zh-Hans"),
        ({"zh-Hant-TW": "a", "zh-Hant": "b"}, "zh", "zh-Hant"),
        ({}, "km", "und"),
    ],
)
def test_a_reader_gets_their_language_else_english_else_what_there_is(
    value: dict[str, str], languages: str | list[str], chosen: str
) -> None:
    tag, found = text.choose(value, languages)

    assert tag == chosen
    assert found == value.get(chosen, "")


@given(
    st.dictionaries(st.sampled_from(["km", "zh", "zh-Hans", "en-US", "fr", "und"]), st.text()),
    st.lists(st.sampled_from(["km", "zh-hans", "th"])),
)
def test_the_choice_does_not_depend_on_the_order_of_the_map(
    value: dict[str, str], languages: str | list[str]
) -> None:
    backwards = dict(reversed(value.items()))

    assert text.choose(value, languages) == text.choose(backwards, languages)
