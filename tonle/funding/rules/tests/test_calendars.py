"""Days as iCalendar: any text comes out of a reader as it went in, in lines that fit."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from tonle.funding.rules.calendars import Event, calendar, escape, fold

AT = datetime(2027, 5, 3, 23, 59, tzinfo=timezone(timedelta(hours=7)))
TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"], include_characters="\n"))


@given(TEXT)
def test_folded_lines_fit_and_unfold_to_what_they_were(text: str) -> None:
    line = escape(text)
    folded = fold(line)

    assert folded.endswith("\r\n")
    assert all(len(piece.encode()) <= 75 for piece in folded.split("\r\n"))
    assert folded.removesuffix("\r\n").replace("\r\n ", "") == line


@given(TEXT)
def test_escaped_text_is_one_line_and_reads_back(text: str) -> None:
    escaped = escape(text)

    assert "\n" not in escaped
    assert _read(escaped) == text


def test_an_instant_is_written_in_utc() -> None:
    event = Event("1-closes@node", 3, AT, AT, "Closes", "", "https://node/1", sure=False)

    lines = calendar([event], name="Calls", made_by="-//Node").split("\r\n")

    assert "DTSTART:20270503T165900Z" in lines
    assert "SEQUENCE:3" in lines
    assert "STATUS:TENTATIVE" in lines
    assert "DTSTAMP:00010102T000000Z" in calendar(
        [Event("1", 0, datetime(1, 1, 2, tzinfo=UTC), AT, "", "", "")], name="", made_by=""
    )


def _read(escaped: str) -> str:
    letters, rest = [], iter(escaped)
    for letter in rest:
        if letter == "\\":
            following = next(rest)
            letters.append("\n" if following == "n" else following)
        else:
            letters.append(letter)
    return "".join(letters)
