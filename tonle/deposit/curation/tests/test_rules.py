"""The pure rules of curation: what is alike, what differs, what the machine allows."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tonle.deposit.curation.machine import (
    HAPPENED,
    SUBMISSION,
    WITH_CURATORS,
    WITH_DEPOSITOR,
)
from tonle.deposit.curation.rules.differences import Row, differences
from tonle.deposit.curation.rules.likeness import groups, likeness, sketch, words_of

ADVERTISEMENT = (
    "win big at our new casino today with free spins and a bonus of one hundred dollars for "
    "every player who signs up before friday call the number below and ask for anna she will "
    "explain how easily money is made from your own telephone without any risk at all"
)
RICE = (
    "yields of rainfed rice in takeo province from 2011 to 2024 by commune and season measured "
    "by crop cutting with the department of agriculture"
)
WORDS = st.lists(st.sampled_from(RICE.split()), max_size=30)


@given(words=WORDS)
def test_the_same_words_have_the_same_sketch(words: list[str]) -> None:
    assert sketch(words) == sketch(list(words))
    assert likeness(sketch(words), sketch(words)) == (1.0 if words else 0.0)


@given(one=WORDS, other=WORDS)
def test_likeness_is_the_same_both_ways(one: list[str], other: list[str]) -> None:
    assert likeness(sketch(one), sketch(other)) == likeness(sketch(other), sketch(one))


def test_an_advertisement_with_other_names_falls_into_one_group() -> None:
    texts = {
        f"spam-{n}": sketch((ADVERTISEMENT + f" code {n} site{n}").split()) for n in range(100)
    }
    texts["rice"] = sketch(RICE.split())

    found = groups(texts)

    assert [len(group) for group in found] == [100, 1]
    assert found[1] == ["rice"]


def test_nobody_without_words_is_grouped_with_another() -> None:
    assert groups({"a": "", "b": "", "c": sketch(["x"])}) == [["a"], ["b"], ["c"]]


@given(texts=st.dictionaries(st.text(min_size=1, max_size=5), WORDS, max_size=20))
def test_each_is_in_exactly_one_group(texts: dict[str, list[str]]) -> None:
    found = groups({name: sketch(words) for name, words in texts.items()})

    assert sorted(name for group in found for name in group) == sorted(texts)
    assert [len(group) for group in found] == sorted((len(g) for g in found), reverse=True)


def test_the_words_of_a_document_are_its_titles_and_descriptions() -> None:
    document = {
        "titles": {"en": "Rice", "km": "ស្រូវ"},
        "descriptions": [{"type": "Abstract", "text": {"en": "Yields."}}],
    }

    assert words_of(document) == "Rice\nស្រូវ\nYields."


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ({"a": 1}, {"a": 1}, []),
        ({"titles": {"en": "A"}}, {"titles": {"en": "B"}}, [("titles", [Row("en", "A", "B")])]),
        (
            {"titles": {"en": "A"}},
            {"titles": {"en": "A", "km": "ក"}},
            [("titles", [Row("km", "", "ក")])],
        ),
        (
            {"creators": [{"name": "Sok"}, {"name": "Dara"}]},
            {"creators": [{"name": "Dara"}, {"name": "Sok"}, {"name": "Bopha"}]},
            [("creators", [Row("", "", "Bopha")])],
        ),
        (
            {},
            {"creators": [{"name_type": "Personal", "name": "Sok"}]},
            [("creators", [Row("", "", "Sok")])],
        ),
        ({"publication_year": 2025}, {}, [("publication_year", [Row("", "2025", "")])]),
        ({}, {"languages": ["km"]}, [("languages", [Row("", "", "km")])]),
        # Only moved: nothing that a curator would have to read again.
        ({"subjects": ["a", "b"]}, {"subjects": ["b", "a"]}, []),
    ],
)
def test_what_differs_is_told_part_by_part(
    old: dict[str, object], new: dict[str, object], expected: list[tuple[str, list[Row]]]
) -> None:
    assert [(d.field, list(d.rows)) for d in differences(old, new)] == expected


def test_files_differ_by_name_and_by_content() -> None:
    (found,) = differences(
        {}, {}, [["a.csv", "1" * 64], ["b.csv", "2" * 64]], [["b.csv", "3" * 64]]
    )

    assert found.field == "files"
    assert [(row.before != "", row.after != "") for row in found.rows] == [
        (True, False),
        (True, True),
    ]


def test_a_long_text_is_cut_to_where_it_differs() -> None:
    text = "word " * 200
    ((row,),) = [
        d.rows
        for d in differences({"d": {"en": text + "old" + text}}, {"d": {"en": text + "new" + text}})
    ]

    assert len(row.before) < 200
    assert "old" in row.before
    assert "new" in row.after
    assert row.before.startswith("…")


def test_every_state_is_somebodys() -> None:
    assert set(WITH_CURATORS) | set(WITH_DEPOSITOR) | {"published", "declined", "discarded"} == set(
        SUBMISSION.states
    )


def test_every_step_is_told_in_words() -> None:
    assert set(HAPPENED) == {t.event for t in SUBMISSION.transitions}
    assert set(SUBMISSION.labels) == set(HAPPENED) | set(SUBMISSION.states)
