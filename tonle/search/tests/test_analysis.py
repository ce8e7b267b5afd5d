"""One chain for index and query: total, stable, and always able to find its way back."""

from __future__ import annotations

import json

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.shared import shared
from tonle.kernel import text as kernel_text
from tonle.search.analysis import align, analyse, clusters, fold, gram_runs, normalise, words

REGION = st.text(
    st.sampled_from(
        [chr(c) for c in range(0x1780, 0x17EA)]
        + [chr(c) for c in range(0x0E81, 0x0EDE)]
        + [chr(c) for c in range(0x0E01, 0x0E5A)]
        + [chr(c) for c in range(0x1000, 0x109E)]
        + list("水质监测 abđĐéÉnước\u0301\u0323\u200b\u200d\u2019' 0123.-ßŒﬁ𠀀😀")
    ),
    max_size=60,
)
ANY = st.one_of(REGION, st.text(max_size=60))
WATER = {
    "en": ("Clean water for Cambodia", "water"),
    "km": ("ទឹកស្អាតនៅកម្ពុជា", "ទឹក"),
    "lo": ("ນ້ຳສະອາດ ໃນ ລາວ", "ນ້ຳ"),
    "th": ("น้ำสะอาดในประเทศไทย", "น้ำ"),
    "vi": ("Nước sạch ở Việt Nam", "nước"),
    "my": ("ရေ သန့်ရှင်းသည်", "ရေ"),
    "zh": ("湄公河水质监测", "水质"),
}


@pytest.mark.parametrize("tongue", sorted(WATER))
def test_a_word_is_cut_from_unspaced_text(tongue: str) -> None:
    text, word = WATER[tongue]
    assert normalise(word) in analyse(text).words


@given(ANY)
@settings(max_examples=300, deadline=None)
@example("\ud800 x")
@example("นํ้าดื่ม")
def test_any_text_has_tokens_without_white_space(text: str) -> None:
    tokens = analyse(text)
    for token in (*tokens.words, *tokens.grams, *tokens.folded):
        assert token
        assert token.split() == [token]


@given(ANY)
@settings(max_examples=300, deadline=None)
def test_normalised_text_has_the_tokens_of_the_text(text: str) -> None:
    assert analyse(normalise(text)) == analyse(text)


@given(ANY)
@settings(max_examples=500, deadline=None)
def test_aligned_text_is_the_normalised_text_and_its_places_are_valid(text: str) -> None:
    aligned = align(text)
    assert aligned.text == normalise(text)
    before = 0
    for at in range(len(aligned.text)):
        start, end = aligned.span(at, at + 1)
        assert 0 <= start <= end <= len(text)
        assert start >= before
        before = start


@given(ANY)
@settings(max_examples=300, deadline=None)
def test_words_runs_and_clusters_lie_inside_the_text(text: str) -> None:
    normal = normalise(text)
    end = 0
    for token in words(normal):
        assert end <= token.start < token.end <= len(normal)
        assert normal[token.start : token.end].startswith(token.text)
        end = token.end
    assert "".join(normal[a:b] for a, b in clusters(normal)) == normal
    for run in gram_runs(normal):
        for cluster, (a, b) in zip(run.clusters, run.places, strict=True):
            assert normal[a:b] == cluster


@pytest.mark.parametrize(
    ("typed", "same"),
    [
        ("น้ำ", "น\u0e49\u0e4d\u0e32"),  # SARA AM in two letters
        ("น้ำ", "น\u0e4d\u0e49\u0e32"),  # and with the tone between them
        ("ນ້ຳ", "ນ\u0ec9\u0ecd\u0eb2"),
        ("ទឹក\u200bស្អាត", "ទឹកស្អាត"),  # zero width space
        ("២០២៤", "2024"),
        ("Nước", "nu\u031bo\u031b\u0301c"),
        ("ＷＡＴＥＲ", "water"),
        ("ស្តីពី", "ស្ដីពី"),  # DA and TA look alike below a letter
        ("ຫຼວງພະບາງ", "ຫລວງພະບາງ"),  # before and after the reform
        ("ໝາກ", "ຫມາກ"),
        ("ဝန်ကြီး", "၀န်ကြီး"),  # a zero for WA
        ("ဉာဏ်", "ဥာဏ်"),  # the vowel U for NNYA
        ("科学气候", "科學氣候"),
    ],
)
def test_writings_of_the_same_word_become_equal(typed: str, same: str) -> None:
    assert normalise(typed) == normalise(same)


@pytest.mark.parametrize(
    ("word", "bare"),
    [
        ("nước", "nuoc"),
        ("đồng", "dong"),
        ("cambodia's", "cambodia"),
        ("ទឹក", None),
        ("2024", None),
        ("schools", "school"),
        ("libraries", "library"),
        ("boxes", "box"),
        ("prices", "price"),
        ("species", "species"),
        ("analysis", "analysis"),
        ("virus", "virus"),
    ],
)
def test_latin_words_fold_to_what_is_typed_without_marks(word: str, bare: str | None) -> None:
    assert fold(word) == bare


@pytest.mark.parametrize(
    ("text", "letters"),
    [("ကျန်းမာရေး", 4), ("ရော", 1), ("រដ្ឋមន្ត្រី", 4), ("ត្រី", 1), ("น้ำ", 1)],
)
def test_letters_are_whole_with_their_vowels_and_stacks(text: str, letters: int) -> None:
    assert len(clusters(text)) == letters


def test_a_single_cluster_begins_a_token_wherever_it_stands() -> None:
    # ICU keeps "drinking water" as one word, so the word "water" alone is not cut from it.
    grams = analyse("သောက်ရေ").grams
    assert any(gram.startswith("ရေ|") for gram in grams)


def test_spaces_between_burmese_phrases_do_not_part_bigrams() -> None:
    assert "ရေ|သ" in analyse("ရေ သ").grams


def test_zawgyi_and_unicode_burmese_give_the_same_tokens() -> None:
    assert analyse("ျမန္မာႏိုင္ငံ ေရသန္႔ လုပ္ငန္း").words == analyse("မြန်မာနိုင်ငံ ရေသန့် လုပ်ငန်း").words


def test_real_passages_come_back_whole() -> None:
    path = shared("data/search/passages.jsonl")
    for line in path.read_text(encoding="utf-8").splitlines()[::40]:
        text = kernel_text.normalise(json.loads(line)["text"])
        aligned = align(text)
        assert aligned.text == normalise(text)
        assert normalise(aligned.text) == aligned.text
        places = {aligned.span(at, at + 1) for at in range(len(aligned.text))}
        assert max(end - start for start, end in places) <= 4


def test_places_stay_fine_in_text_with_zero_width_spaces() -> None:
    text = "ទឹក\u200bស្អាត\u200bនៅ\u200bកម្ពុជា"
    aligned = align(text)
    at = aligned.text.index("កម្ពុជា")
    start, end = aligned.span(at, len(aligned.text))
    assert text[start:end] == "កម្ពុជា"
