"""Out and in again: our own JSON whole; every other format with the documented losses alone."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tonle.catalogue import starter
from tonle.catalogue.crosswalks import parse
from tonle.catalogue.crosswalks.losses import GAINED, LOST, NO_WORKS
from tonle.catalogue.crosswalks.tests.documents import TIDY, documents, minimal
from tonle.catalogue.crosswalks.tests.ways import (
    NOT_READ_BACK,
    PLAIN,
    READER_OF,
    changed,
    described,
    drawn,
    full,
    plain,
    written,
)
from tonle.catalogue.crosswalks.tonle_record import OWN_FIELDS
from tonle.catalogue.crosswalks.writers import FORMATS
from tonle.catalogue.document import OWN_FIELDS as OF_THE_CATALOGUE
from tonle.catalogue.kinds import kinds

ANY = st.deferred(lambda: documents(TIDY))
LOSSY = sorted(set(LOST) - {"tonle-record"})


def test_every_format_that_is_written_is_read_back_or_said_not_to_be() -> None:
    # DCAT describes catalogues; what comes back of it is documented with its reader.
    assert set(FORMATS) == (set(READER_OF) | NOT_READ_BACK) - {"tonle-record", *PLAIN}
    assert set(LOST) == set(GAINED) == set(READER_OF) - {"dcat", "dcat-jsonld"}


def test_what_the_catalogue_writes_is_what_the_reader_leaves_behind() -> None:
    assert set(OWN_FIELDS) == set(OF_THE_CATALOGUE)


@given(ANY)
def test_our_own_json_comes_back_whole(document: dict[str, Any]) -> None:
    assert changed("tonle-record", document) == (set(), set())


def test_many_documents_come_back_from_one_file_whole() -> None:
    some = full()[:20]
    lines = b"\n".join(written("tonle-record", document) or b"" for document in some)
    parsed = parse("tonle-record", lines, "records.jsonl")
    came = [described(one.document) for one in parsed.documents if one.document is not None]
    assert came == [described(document) for document in some]


def test_the_documents_that_were_drawn_are_of_every_kind() -> None:
    assert {one["kind"] for one in drawn()} == {one.name for one in kinds()}


@cache
def outcomes(name: str) -> list[tuple[dict[str, Any], tuple[set[str], set[str]] | str | None]]:
    """What becomes of each document in a format; two tests ask."""
    return [(one, changed(name, one)) for one in (*drawn(), *full(), *plain())]


@pytest.mark.parametrize("name", LOSSY)
def test_nothing_is_lost_or_gained_but_what_is_documented(name: str) -> None:
    for document, outcome in outcomes(name):
        if isinstance(outcome, str):
            # Nobody answers for it, or it is no work.
            assert not document.get("creators") or document["kind"] in NO_WORKS.get(name, ())
        elif outcome is not None:
            lost, gained = outcome
            assert lost - set(LOST[name]) == set(), document
            assert gained - set(GAINED[name]) == set(), document


@pytest.mark.parametrize("name", LOSSY)
def test_what_is_documented_does_happen(name: str) -> None:
    lost: set[str] = set()
    gained: set[str] = set()
    for _, outcome in outcomes(name):
        if isinstance(outcome, tuple):
            lost |= outcome[0]
            gained |= outcome[1]
    assert set(LOST[name]) - lost == set()
    assert set(GAINED[name]) - gained == set()


def test_the_starter_set_comes_back_whole_in_our_own_json() -> None:
    for _, one in starter.documents():
        assert changed("tonle-record", {**minimal(one["kind"]), **one}) == (set(), set())
