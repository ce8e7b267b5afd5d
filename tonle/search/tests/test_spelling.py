""" "Did you mean", over a small index, and the distance of words."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tonle.search.selectors import search
from tonle.search.spelling import apart, slips
from tonle.search.tests.conftest import Find
from tonle.search.tests.memory import NOW, MemorySource, document

# What was typed, and what is offered: measured by reading it. None: nothing better is known.
SLIPS = {
    "hydrolgy": "hydrology",
    "hydrollogy of the lake": "hydrology of the lake",
    "Hyrdology": "Hydrology",
    "yhdrology": "hydrology",
    "fisheris -rice": "fishery -rice",  # As the index folds it.
    "nông nghiêpp": "nông nghiep",
    "tring cá": None,  # Too short to tell.
    "hydrology": None,  # It finds enough.
    "xyzzyplugh": None,
    "ohe": "ນ້ຳ",
    "mtg]": "ทะเล",
    "sjrUv": "ស្រូវ",
    "ไฟะำพ": "water",
    "ข้าว": None,  # "-hk;" on the other keys, which would leave out a word.
    "nuwowcs": "nước",
    "nu7o71c sa5ch": "nước sạch",
    "???": None,
    # A wrong vowel or tone.
    "ស្រវូ": "ស្រូវ",
    "ស្រុវ": "ស្រូវ",
    "ນ້າ": "ນ້ຳ",
    "ကခဂ": None,
}


def test_slips_are_understood_and_nothing_else_is(find: Find, source: MemorySource) -> None:
    titles = ["Hydrology of the lake", "Fisheries and water", "Nước sạch cho nông nghiệp", "ນ້ຳ",
              "ทะเล", "ស្រូវ"]  # fmt: skip
    for number in range(12 * len(titles)):
        title = titles[number % len(titles)]
        source.put(
            replace(document(number), titles={"en": title}, texts=[], names=[], identifiers=[])
        )
    find()
    offered = {}
    for typed in SLIPS:
        page = search(typed, language="en", now=NOW, helping=True)
        offered[typed] = page.meant.query if page.meant else None
        assert not page.meant or page.meant.total > page.total or page.interpretation.with_all == 0
    assert offered == SLIPS
    assert search("hydrolgy", language="en", now=NOW).meant is None

    # What is offered is there: not a word of what was withdrawn.
    for key in [k for k, thing in source.things.items() if "Hydrology" in thing.titles["en"]]:
        source.withdraw(key)
    find()
    assert search("hydrolgy", language="en", now=NOW, helping=True).meant is None


@pytest.mark.parametrize(
    ("one", "other", "distance"),
    [("rice", "rice", 0), ("rcie", "rice", 1), ("ric", "rice", 1), ("riice", "rice", 1),
     ("mice", "rice", 1), ("ecir", "rice", 3), ("hydrlgy", "hydrology", 2), ("a", "abcd", 3)],
)  # fmt: skip
def test_words_are_so_many_slips_apart(one: str, other: str, distance: int) -> None:
    assert apart(one, other, 2) == distance


def test_every_word_one_slip_away_is_looked_up() -> None:
    near = set(slips("lake"))
    assert {"lke", "laek", "take", "lakes", "flake", "lare"} <= near
    assert all(apart("lake", other, 1) <= 1 for other in near)


@given(st.text("abc", max_size=7), st.text("abc", max_size=7))
def test_it_is_as_far_there_as_back(one: str, other: str) -> None:
    assert apart(one, other, 3) == apart(other, one, 3)
    assert (apart(one, other, 3) == 0) == (one == other)
