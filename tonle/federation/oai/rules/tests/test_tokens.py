"""Tokens (section 3.5) and datestamps (section 3.3)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tonle.federation.oai.rules import dates, tokens
from tonle.federation.oai.rules.tokens import Token
from tonle.federation.oai.rules.xml import attributes, escaped

WORDS = st.text("abcXYZ019-_.!~*'()", min_size=1, max_size=12)
TOKENS = st.builds(
    Token,
    prefix=WORDS,
    after=st.integers(0, 10**17),
    done=st.integers(0, 10**17),
    size=st.none() | st.integers(0, 10**17),
    spec=st.just("") | st.lists(WORDS, min_size=1, max_size=3).map(":".join),
    until=st.sampled_from(["", "2026-01-01", "2026-01-01T00:00:00Z"]),
    lineage=st.text("0123456789abcdef", min_size=8, max_size=8),
)


@given(TOKENS)
def test_3_5_a_token_says_all_it_was_made_of(token: Token) -> None:
    text = tokens.write(token)

    assert tokens.read(text) == token
    # RFC 3986 lets these stand in a query, so a harvester that escapes nothing goes on as well.
    assert quote(text, safe="!'()*-._~,:") == text


@given(st.text())
def test_3_5_what_is_no_token_is_refused(text: str) -> None:
    assert tokens.read(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "1,oai_dc,5,5,10,,,0a1b2c3",
        "2,oai_dc,5,5,10,,,0a1b2c3d",
        "1,oai dc,5,5,10,,,0a1b2c3d",
        "1,oai_dc,-5,5,10,,,0a1b2c3d",
        "1,oai_dc,05,5,10,,,0a1b2c3d",
        "1,oai_dc,5,,10,,,0a1b2c3d",
        "1,oai_dc,5,5,10,a b,,0a1b2c3d",
        "1,oai_dc,5,5,10,,never,0a1b2c3d",
        "1,oai_dc,5,5,10,,,0a1b2c3d,",
        "1,oai_dc,9999999999999999999,5,10,,,0a1b2c3d",
        "1,oai_dc,៥,5,10,,,0a1b2c3d",
    ],
)
def test_3_5_a_token_that_was_changed_is_refused(text: str) -> None:
    assert tokens.read(text) is None


def test_3_3_a_day_lasts_to_its_last_instant_and_a_second_too() -> None:
    day, second = dates.read("2026-11-22"), dates.read("2026-11-22T02:30:00Z")

    assert day is not None
    assert second is not None
    assert day.first == datetime(2026, 11, 22, tzinfo=UTC)
    assert day.last == datetime(2026, 11, 23, tzinfo=UTC) - timedelta(microseconds=1)
    assert second.last - second.first == timedelta(microseconds=999_999)


def test_3_3_the_ends_of_time_are_datestamps_as_well() -> None:
    assert dates.read("0001-01-01") is not None
    assert dates.read("9999-12-31") is not None
    assert dates.read("0000-01-01") is None


@given(
    st.integers(0, 200_000_000_000).map(
        lambda ms: datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=31 * ms)
    )
)
def test_3_3_an_instant_lies_within_the_datestamp_it_is_written_as(at: datetime) -> None:
    stamp = dates.read(dates.write(at))

    assert stamp is not None
    assert stamp.first <= at <= stamp.last


def test_no_character_that_xml_cannot_hold_is_written() -> None:
    assert escaped("a\x00\x0b\ud800\uffff<b>&\u200b") == "a&lt;b&gt;&amp;\u200b"
    assert attributes({"a": 'x"<\n'}) == ' a="x&quot;&lt;&#10;"'
