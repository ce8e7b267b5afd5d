"""What a run may say of itself, and what is believed."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tonle.federation.harvest.clients import Received
from tonle.federation.harvest.describing import sound
from tonle.federation.harvest.rules.counting import (
    FAULTS,
    OUTCOMES,
    is_believable,
    merged,
    met,
    recount,
    verdict,
)
from tonle.federation.harvest.rules.reasons import reasons_of, sentence_of
from tonle.infra.i18n import say
from tonle.kernel.errors import Invalid
from tonle.kernel.sentences import Sentence

outcomes = st.sampled_from(sorted(OUTCOMES))


@pytest.mark.parametrize(
    ("before", "after", "now"),
    [
        ("", "unchanged", "unchanged"),
        ("added", "unchanged", "added"),
        ("added", "changed", "added"),
        ("returned", "changed", "returned"),
        ("changed", "unchanged", "changed"),
        ("added", "deleted", "deleted"),
        ("refused", "added", "added"),
        ("failed", "refused", "refused"),
        ("unchanged", "changed", "changed"),
    ],
)
def test_an_item_met_twice_has_one_outcome(before: str, after: str, now: str) -> None:
    assert merged(before, after) == now


@given(st.lists(st.tuples(st.integers(0, 5), outcomes), max_size=60))
def test_counts_are_of_items_however_often_they_are_met(meetings: list[tuple[int, str]]) -> None:
    counts: dict[str, int] = {}
    known: dict[int, str] = {}
    for item, outcome in meetings:
        now = merged(known.get(item, ""), outcome)
        counts = recount(counts, known.get(item, ""), now)
        known[item] = now

    assert met(counts) == len(known)
    assert counts == {name: list(known.values()).count(name) for name in set(known.values())}


@given(st.dictionaries(outcomes, st.integers(1, 1000)), st.booleans())
def test_partial_is_never_called_complete(counts: dict[str, int], came_to_its_end: bool) -> None:
    faulty = any(name in counts for name in FAULTS)

    said = verdict(counts, came_to_its_end=came_to_its_end)

    assert (said == "complete") == (came_to_its_end and not faulty)
    assert said != "failed" or not set(counts) - set(FAULTS)


def test_five_harvested_and_995_failed_is_partial() -> None:
    assert verdict({"added": 5, "failed": 995}, came_to_its_end=True) == "partial"
    assert verdict({"failed": 995}, came_to_its_end=True) == "failed"


@pytest.mark.parametrize(
    ("missing", "known", "believed"),
    [
        (0, 0, True),
        (1, 1, False),
        (1, 2, True),
        (35, 35, False),
        (50, 100, True),
        (51, 102, False),
        (200, 1000, True),
        (201, 1000, False),
    ],
)
def test_many_deletions_are_doubted(missing: int, known: int, believed: bool) -> None:
    assert is_believable(missing, known) is believed


def test_a_reason_is_said_in_the_readers_language_from_its_row() -> None:
    inner = Sentence("at most %(most)s", most=3)
    fault = Invalid([("titles", Sentence("Too many: %(why)s", why=inner)), ("x", "100% odd")])

    kept = reasons_of(fault)

    assert [reason["where"] for reason in kept] == ["titles", "x"]
    assert [say(sentence_of(reason)) for reason in kept] == ["Too many: at most 3", "100% odd"]


def test_the_words_of_a_source_are_kept_as_a_database_can() -> None:
    fault = Invalid(
        [("a\x00", Sentence("It says: %(why)s", why="bad \x00 \ud800")), ("", "\udfff")]
    )

    kept = json.dumps(reasons_of(fault))

    assert "\\u0000" not in kept
    assert "\\ud" not in kept


def test_a_name_that_no_database_holds_is_made_one_that_it_does() -> None:
    odd = Received(
        "a\x00b\ud83d", "2026\x00", False, b"{}", "ckan-json", "https://x.example/\ud83d"
    )

    kept = sound(odd)

    assert (kept.identifier, kept.datestamp, kept.home_url) == (
        "a\N{REPLACEMENT CHARACTER}b\N{REPLACEMENT CHARACTER}",
        "2026\N{REPLACEMENT CHARACTER}",
        "https://x.example/\N{REPLACEMENT CHARACTER}",
    )
    assert sound(kept) is kept
