"""Vectors without a database: what is read, in which languages, how lists become one, and what
lies on disk after a stop at any moment."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.options import BASE_DIR
from tonle.search.shelf import Shelf
from tonle.search.tests.memory import MemorySource, document, history
from tonle.search.tests.small_model import DIMENSIONS, SmallModel
from tonle.search.tests.vectors_child import follower
from tonle.search.vectors import store
from tonle.search.vectors.fusion import fused
from tonle.search.vectors.texts import (
    LONGEST_QUESTION,
    LONGEST_TEXT,
    languages_mask,
    masks,
    question_text,
    text_of,
    tongue_of,
)

CENTRES = SmallModel.centres


# --- what is read ---------------------------------------------------------------------


def test_a_text_holds_all_titles_and_each_description_once_and_has_a_bound() -> None:
    thing = replace(
        document(1),
        titles={"km": "ទឹក", "en": "Water"},
        texts=[{"km": "ទន្លេ", "en": "A river"}, {"th": "แม่น้ำ"}, {}, {"en": "A river"}],
    )
    assert text_of(thing) == "ទឹក\nWater\nA river\nแม่น้ำ"
    assert len(text_of(replace(thing, texts=[{"en": "word " * 9_000}]))) <= LONGEST_TEXT
    assert text_of(replace(thing, titles={}, texts=[])) == ""


def test_a_long_question_is_cut_where_a_word_ends() -> None:
    assert question_text("  clean   water ") == "clean water"
    cut = question_text("water " * 100)
    assert len(cut) <= LONGEST_QUESTION
    assert cut.endswith("water")
    assert len(question_text("水" * 1_000)) == LONGEST_QUESTION


@pytest.mark.parametrize(
    ("text", "reader", "tongue"),
    [
        ("ទឹក and water", "en", "en"),
        ("គុណភាពទឹក pH", "en", "km"),
        ("ນ້ຳ", "th", "lo"),
        ("น้ำ", "lo", "th"),
        ("ရေ", "en", "my"),
        ("水质", "en", "zh"),
        ("nước sạch", "en", "vi"),
        ("nuoc sach", "vi", "vi"),
        ("clean water", "km", "en"),
        ("2019", "km", "en"),
    ],
)
def test_letters_tell_the_language_of_a_question(text: str, reader: str, tongue: str) -> None:
    assert tongue_of(text, reader) == tongue


def test_what_is_looked_for_is_in_another_language_than_the_question() -> None:
    of, without = masks("en", ()) or (0, 0)
    for tags, fits in ((["km"], True), (["en"], False), (["en", "km"], False), (["fr"], True)):
        mask = languages_mask(tags)
        assert bool(mask & of and not mask & without) is fits
    # Narrowed to a language, what has it will do, whatever else it has.
    assert masks("en", ["km"]) == (languages_mask(["km-KH"]), 0)
    assert masks("en", ["en"]) is None
    assert languages_mask([]) == languages_mask(["fr"])


# --- two lists as one -----------------------------------------------------------------


def test_what_both_lists_have_comes_first_and_nothing_twice() -> None:
    assert fused(["a", "b", "c"], ["x", "b"]) == ["b", "a", "x", "c"]
    assert fused([], ["x", "x", "y"]) == ["x", "y"]


@given(st.lists(st.lists(st.sampled_from("abcdef"), unique=True), max_size=4))
def test_fused_lists_hold_everything_once_and_keep_an_order_all_agree_on(
    lists: list[list[str]],
) -> None:
    together = fused(*lists)
    assert sorted(together) == sorted({key for one in lists for key in one})
    if len(lists) == 1:
        assert together == lists[0]


# --- on disk --------------------------------------------------------------------------


@pytest.fixture
def memory() -> MemorySource:
    source = MemorySource()
    for key, titles in {
        "rice": {"th": "ข้าว"},
        "fish": {"km": "ត្រី"},
        "water": {"en": "Water"},
        "blank": {},
    }.items():
        tags = {"lang": list(titles)}
        source.put(replace(document(1), key=key, titles=titles, texts=[], facets=tags))
    return source


def nearest(folder: Path, question: str, **asked: int) -> list[str]:
    current = Shelf(folder).current()
    assert current is not None
    reader = store.Reader(current.path, DIMENSIONS)
    try:
        found = reader.nearest(SmallModel().question(question), CENTRES, 5, **asked)
    finally:
        reader.close()
    return [thing.key.removeprefix("memory:") for thing in found if thing.likeness > 0.5]


def test_vectors_follow_what_comes_changes_and_goes(tmp_path: Path, memory: MemorySource) -> None:
    model = SmallModel()
    at_work = follower(tmp_path, memory, model)
    assert at_work.catch_up() == 3  # What has no text has no vector.
    assert nearest(tmp_path, "paddy") == ["rice"]
    assert nearest(tmp_path, "paddy", of=languages_mask(["km"])) == []
    assert nearest(tmp_path, "paddy", without=languages_mask(["th"])) == []
    assert at_work.catch_up() == 0

    # Changed without changing what is read: nothing is made. With it: one vector.
    memory.put(replace(memory.things["rice"], year=1999))
    assert at_work.catch_up() == 0
    memory.retitle("rice", {"th": "ป่าไม้"})
    memory.withdraw("fish")
    assert at_work.catch_up() == 1
    assert nearest(tmp_path, "rice") == []
    assert nearest(tmp_path, "forest") == ["rice"]
    assert nearest(tmp_path, "fish") == []
    status = at_work.status()
    assert (status.things, status.rows, status.behind) == (2, 4, {"memory": 0})
    # Nothing of what a thing meant is left on disk.
    current = Shelf(tmp_path).current()
    assert current is not None
    kept = np.fromfile(current.path / "full.i8", dtype=np.int8).reshape(4, DIMENSIONS)
    assert [bool(row.any()) for row in kept] == [False, False, True, True]


def test_feeds_that_began_anew_cost_no_vector_that_is_known(
    tmp_path: Path, memory: MemorySource
) -> None:
    model = SmallModel()
    follower(tmp_path, memory, model).catch_up()
    memory.era, memory.feed = "second", ["water", "rice"]
    del memory.things["fish"]
    assert follower(tmp_path, memory, model).catch_up() == 0
    assert model.texts == 3
    assert nearest(tmp_path, "fish") == []
    assert nearest(tmp_path, "rice") == ["rice"]
    # Another model's vectors are of another space.
    model.name = "other"
    assert follower(tmp_path, memory, model).catch_up() == 2


def test_a_stop_loses_nothing_and_repeats_little(tmp_path: Path, memory: MemorySource) -> None:
    class Stopping(threading.Event):
        """Set after so many looks at it."""

        def __init__(self, looks: int) -> None:
            super().__init__()
            self.looks = looks

        def is_set(self) -> bool:
            self.looks -= 1
            return self.looks < 0

    model = SmallModel()
    for looks in range(1, 9):
        follower(tmp_path, memory, model).catch_up(stop=Stopping(looks))
    follower(tmp_path, memory, model).catch_up()
    assert model.texts == 3
    assert nearest(tmp_path, "water") == ["water"]


def test_bytes_that_nobody_vouched_for_are_written_over(
    tmp_path: Path, memory: MemorySource
) -> None:
    model = SmallModel()
    follower(tmp_path, memory, model).catch_up()
    current = Shelf(tmp_path).current()
    assert current is not None
    # A process died between the bytes and their names.
    for name in ("full.i8", "codes.u1", "tongues.u1"):
        with (current.path / name).open("ab") as file:
            file.write(b"\xff" * 1_000)
    memory.put(replace(memory.things["fish"], key="more", titles={"km": "ទីផ្សារ"}))
    follower(tmp_path, memory, model).catch_up()
    assert nearest(tmp_path, "market") == ["more"]
    assert nearest(tmp_path, "fish") == ["fish"]


@pytest.mark.deep
@pytest.mark.parametrize("point", ["vectors.before_commit:3", "vectors.after_commit:3"])
def test_killed_while_it_commits_it_goes_on_from_the_last(tmp_path: Path, point: str) -> None:
    source, whole, again = MemorySource(), SmallModel(), SmallModel()
    history(source, 40)
    follower(tmp_path / "whole", source, whole).catch_up()
    code = subprocess.run(
        [sys.executable, "-m", "tonle.search.tests.vectors_child", tmp_path / "killed", "40"],
        cwd=BASE_DIR,
        env={**os.environ, "TONLE_CRASH_AT": point},
        check=False,
    ).returncode
    assert code == -signal.SIGKILL
    at_work = follower(tmp_path / "killed", source, again)
    at_work.catch_up()
    assert 0 < again.texts < whole.texts
    assert at_work.status().things == len(source.things)
    for question in ("rice", "fish", "market"):
        assert nearest(tmp_path / "killed", question) == nearest(tmp_path / "whole", question)


def test_half_empty_vectors_are_taken_over_by_new_ones(
    tmp_path: Path, memory: MemorySource, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "_FEW_EMPTY", 1)
    model = SmallModel()
    at_work = follower(tmp_path, memory, model)
    at_work.catch_up()
    for title in ("ข้าว น้ำ", "ปลา", "ข้าว ปลา", "ป่าไม้"):
        memory.retitle("rice", {"th": title})
        at_work.catch_up()
    assert at_work.status().rows == 3
    assert nearest(tmp_path, "forest") == ["rice"]
    assert model.texts == 7


def test_codes_find_what_whole_vectors_would(tmp_path: Path) -> None:
    """Of 3,000 things the nearest ten, with candidates by codes and without."""
    dice = np.random.default_rng(7)
    vectors = dice.standard_normal((3_000, DIMENSIONS)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    writer = store.Writer(tmp_path, DIMENSIONS)
    for number, vector in enumerate(vectors):
        writer.put(f"k{number}", bytes(16), store.kept(vector, CENTRES.texts), 1)
    writer.commit({})
    writer.publish()
    writer.close()
    reader = store.Reader(tmp_path, DIMENSIONS)
    asked = vectors[5] + 0.05 * dice.standard_normal(DIMENSIONS).astype(np.float32)
    found = [thing.key for thing in reader.nearest(asked, CENTRES, 10)]
    exact = [f"k{at}" for at in np.argsort(-(vectors @ asked))[:10]]
    assert found[0] == exact[0] == "k5"
    assert len(set(found) & set(exact)) >= 8
    reader.close()
