"""Two lists side by side: every row once, every planted error told, nothing promised too much."""

from __future__ import annotations

import random
from collections import Counter
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tonle.funding.rules.reconcile import (
    OURS,
    THEIRS,
    Analysis,
    Answer,
    read_list,
    read_sheet,
    reconcile,
)
from tonle.funding.rules.reconcile.files import Sheet
from tonle.funding.rules.reconcile.matching import CERTAIN, DOUBTFUL
from tonle.funding.rules.reconcile.pairing import LEAST
from tonle.funding.rules.reconcile.written import as_csv as table_as_csv
from tonle.funding.rules.reconcile.written import as_json, as_lines, as_table, as_xlsx
from tonle.funding.rules.tests import lists
from tonle.search.public import normalise, word_texts

ANALYSIS = Analysis(normalise, word_texts)


def seeds(most: int) -> list[Any]:
    """As many lists as that with --deep, usually one."""
    return [0, *(pytest.param(seed, marks=pytest.mark.deep) for seed in range(1, most))]


def sheet(head: list[str], rows: list[list[str]]) -> Sheet:
    return read_sheet(lists.as_csv(head, rows, "utf-8", ","))


def answered(ours: Sheet, theirs: Sheet) -> Answer:
    return reconcile(read_list(ours, OURS, ANALYSIS), read_list(theirs, THEIRS, ANALYSIS))


@cache
def seeded(seed: int) -> tuple[lists.Lists, Answer]:
    made = lists.made(seed)
    return made, planted(made)


def planted(made: lists.Lists) -> Answer:
    return answered(sheet(lists.OUR_HEAD, made.ours), sheet(lists.THEIR_HEAD, made.theirs))


def places(answer: Answer, which: str) -> list[int]:
    """The row of each place of the answer."""
    listed = answer.ours if which == OURS else answer.theirs
    return [
        *listed.head,
        *listed.blank,
        *(one.row for one in listed.unread),
        *(getattr(one, which) for one in answer.pairs),
        *(one.row for one in answer.single[which]),
        *(one.row for one in answer.doubled[which]),
    ]


def project_of(made: lists.Lists, which: str, row: int) -> int | None:
    # The head is row 1.
    truth: list[int | None] = getattr(made, f"of_{which}")
    return truth[row - 2]


def is_told(answer: Answer, made: lists.Lists, one: lists.Planted) -> bool:
    """Whether the answer says what was done to a row."""
    rows = [
        row for row in range(2, len(made.ours) + 2) if project_of(made, OURS, row) == one.project
    ]
    if one.kind == "alone":
        return any(
            project_of(made, one.which, single.row) == one.project
            for single in answer.single[one.which]
        )
    if one.kind == "twice":
        return any(
            project_of(made, one.which, doubled.row) == one.project
            for doubled in answer.doubled[one.which]
        )
    pair = next((pair for pair in answer.pairs if pair.ours in rows), None)
    if pair is None or project_of(made, THEIRS, pair.theirs) != one.project:
        return False
    wanted = {
        "amount": ("amount", "differs"),
        "currency": ("currency", "differs"),
        "theme": ("theme", "differs"),
        "no reference": ("reference", "missing"),
        "another's reference": ("reference", "differs"),
        "exchanged": ("lead", "exchanged"),
        "romanisation": ("lead", "spelling"),
        "title": ("title", "differs"),
        "another person": ("lead", "differs"),
    }
    told = {(odd.field, odd.kind) for odd in pair.compared.disagreements}
    # A theme of which nobody could learn what the other office calls it is told as such.
    return wanted[one.kind] in told or one.kind in pair.compared.not_compared


@pytest.mark.parametrize("seed", seeds(6))
def test_no_planted_error_passes_silently(seed: int) -> None:
    made, answer = seeded(seed)

    assert (len(answer.ours.rows), len(answer.theirs.rows)) == (70, 66)
    assert len(answer.ours.unread) == len(answer.theirs.unread) == 1
    assert [one for one in made.planted if not is_told(answer, made, one)] == []
    assert len(made.planted) > 40


@pytest.mark.parametrize("seed", seeds(6))
def test_what_is_called_certain_is_so_and_no_true_pair_is_lost(seed: int) -> None:
    made, answer = seeded(seed)

    for pair in answer.pairs:
        truth = project_of(made, OURS, pair.ours), project_of(made, THEIRS, pair.theirs)
        assert truth[0] == truth[1] or pair.grade == DOUBTFUL
    assert len(answer.pairs) == lists.COMMON
    graded = Counter(pair.grade for pair in answer.pairs)
    # An officer has to look at some of them, and not at all.
    assert graded[CERTAIN] > lists.COMMON * 2 // 3


@pytest.mark.parametrize("seed", seeds(3))
def test_the_order_of_the_rows_does_not_matter(seed: int) -> None:
    made = lists.made(seed)
    order = list(range(len(made.theirs)))
    random.Random(seed).shuffle(order)

    _, one = seeded(seed)
    other = answered(
        sheet(lists.OUR_HEAD, made.ours),
        sheet(lists.THEIR_HEAD, [made.theirs[at] for at in order]),
    )

    def pairs(answer: Answer, place: list[int]) -> list[tuple[int, list[str], str]]:
        return [
            (pair.ours, made.theirs[place[pair.theirs - 2]], pair.grade) for pair in answer.pairs
        ]

    assert pairs(one, list(range(len(order)))) == pairs(other, order)


@pytest.mark.parametrize("seed", seeds(3))
def test_a_list_agrees_with_itself(seed: int) -> None:
    made = lists.made(seed)
    rows = [row for at, row in enumerate(made.ours[:-1]) if at not in made.copies[OURS]]

    answer = answered(sheet(lists.OUR_HEAD, rows), sheet(lists.OUR_HEAD, rows))

    assert [(pair.ours, pair.grade) for pair in answer.pairs] == [
        (pair.theirs, CERTAIN) for pair in answer.pairs
    ]
    assert len(answer.pairs) == len(rows)
    assert not any(pair.compared.disagreements for pair in answer.pairs)


def test_the_other_side_gets_the_same_pairs() -> None:
    made = lists.made(5)
    one, other = sheet(lists.OUR_HEAD, made.ours), sheet(lists.THEIR_HEAD, made.theirs)

    def seen(answer: Answer) -> set[tuple[int, int, str, int]]:
        return {(pair.ours, pair.theirs, pair.grade, pair.score) for pair in answer.pairs}

    turned = {(theirs, ours, *rest) for ours, theirs, *rest in seen(answered(other, one))}
    assert seen(answered(one, other)) == turned


def test_what_the_other_office_calls_a_theme_is_learned() -> None:
    _, answer = seeded(1)

    meanings = {(one.theirs, one.ours) for one in answer.meanings if one.field == "theme"}

    assert ("清洁能源", "Clean energy") in meanings


# Rows of strangers: cells that are short, empty, repeated, broken or of any script.
_CELLS = st.one_of(
    st.sampled_from(
        ["", "", "KC-1", "KC-2", "kc 1", "Solar pumps", "Solar pump", "太阳能水泵", "王小明",
         "Wang Xiaoming", "សុខ ដារ៉ា", "Sok Dara", "1,000", "1.000", "#REF!", "a@example.org",
         "0000-0002-1825-0097", "\ufffd", "n/a", "x\ny"]
    ),
    st.text(max_size=12),
)  # fmt: skip
_ROWS = st.lists(st.lists(_CELLS, max_size=11), max_size=9)


@settings(max_examples=60, deadline=None)
@given(_ROWS, _ROWS)
def test_every_row_stands_in_the_answer_exactly_once(
    ours: list[list[str]], theirs: list[list[str]]
) -> None:
    one = read_sheet(as_xlsx([lists.OUR_HEAD, *ours]))
    other = read_sheet(as_xlsx([lists.THEIR_HEAD, *theirs]))

    answer = answered(one, other)

    for which, read in ((OURS, one), (THEIRS, other)):
        expected = sorted([*(number for number, _ in read.rows), *read.blank])
        assert sorted(places(answer, which)) == expected
    for pair in answer.pairs:
        assert pair.reasons
        assert pair.score >= LEAST


@settings(max_examples=25, deadline=None)
@given(_ROWS, _ROWS)
def test_every_answer_can_be_written(ours: list[list[str]], theirs: list[list[str]]) -> None:
    sheets = [read_sheet(as_xlsx([lists.OUR_HEAD, *rows])) for rows in (ours, theirs)]
    answer = answered(*sheets)

    table = as_table(answer, str)

    assert list(as_lines(answer, str))
    assert as_json(answer, str)["summary"]["pairs"] == len(answer.pairs)
    assert {len(row) for row in table} == {len(table[0])}
    assert len(read_sheet(as_xlsx(table)).rows) == len(table)
    assert table_as_csv(table).startswith(b"\xef\xbb\xbf")
