"""A steward's table of calls: words are kept, and what is not doubtful becomes data."""

from __future__ import annotations

from typing import Any

import pytest

from tonle.catalogue.document import problems
from tonle.catalogue.public import ParsedRecord
from tonle.funding.crosswalks import calls_csv, looks

HEADER = "title,funder,who_may_apply,amounts,currency,deadline"
ROW = "Call for wells,A fund; Another,Universities,300-1000.5,USD,31 May"


def read(*lines: str) -> list[ParsedRecord]:
    return list(calls_csv.read("\n".join(lines).encode(), "calls.csv").documents)


def profile(**cells: str) -> tuple[dict[str, Any], list[str]]:
    """The profile of one row with these cells, and what was told of it."""
    cells = {"title": "A call", "funder": "A fund", "deadline": "soon", **cells}
    (record,) = read(",".join(cells), ",".join(f'"{cell}"' for cell in cells.values()))
    assert record.document is not None, record.refusal
    assert problems(record.document, whole=False) == []
    said = dict(record.document["profile"])
    for name in ("schema", "funders_as_stated", "deadline_as_stated"):
        del said[name]
    return said, [one.where.rpartition(", ")[2] for one in record.warnings]


def test_a_row_is_an_opportunity_with_the_words_of_its_source() -> None:
    (record,) = read(HEADER, ROW)

    assert record.document is not None
    assert record.key == "file:calls.csv#Call for wells"
    assert record.document["kind"] == "funding_opportunity"
    assert record.document["titles"] == {"und": "Call for wells"}
    assert [one["name"] for one in record.document["contributors"]] == ["A fund", "Another"]
    assert record.document["profile"] == {
        "schema": "tonle-funding-opportunity/1",
        "funders_as_stated": "A fund; Another",
        "who_may_apply": "Universities",
        "amounts_as_stated": "300-1000.5",
        "currency": "USD",
        "deadline_as_stated": "31 May",
    }


def test_a_range_in_plain_digits_is_an_amount() -> None:
    said, told = profile(amounts="300000-1000000", currency="USD")

    assert said["amounts"] == [{"currency": "USD", "min_minor": 30000000, "max_minor": 100000000}]
    assert told == []


@pytest.mark.parametrize("words", ["up to 4000000", "about 5", "30 percent", "200000 per year"])
def test_an_amount_in_words_stays_in_words(words: str) -> None:
    said, told = profile(amounts=words, currency="USD")

    assert (said, told) == ({"amounts_as_stated": words, "currency": "USD"}, [])


def test_an_amount_in_columns_of_its_own_says_what_it_is_for() -> None:
    said, _ = profile(amount_max="1250.50", currency="USD", per="year")

    assert said["amounts"] == [{"currency": "USD", "max_minor": 125050, "per": "year"}]


def test_an_amount_that_its_currency_has_not_is_left_out_and_told_of() -> None:
    said, told = profile(amount_max="1250.50", currency="VND")

    assert ("amounts" in said, told) == (False, ["amount"])


@pytest.mark.parametrize(
    ("cells", "instant"),
    [
        ({"closes_at": "2027-03-31 17:00", "zone": "Asia/Phnom_Penh"}, "2027-03-31T10:00:00Z"),
        ({"closes_at": "2027-03-31T12:00:00+01:00"}, "2027-03-31T11:00:00Z"),
        ({"closes_at": "២០២៧-០៣-៣១ ១៧:០០", "zone": "Asia/Phnom_Penh"}, "2027-03-31T10:00:00Z"),
    ],
)
def test_a_deadline_with_day_time_and_zone_is_an_instant(
    cells: dict[str, str], instant: str
) -> None:
    said, told = profile(**cells)

    assert (said["closes_at"], told) == (instant, [])


@pytest.mark.parametrize(
    "cells",
    [
        {"closes_at": "2027-03-31", "zone": "Asia/Phnom_Penh"},
        {"closes_at": "2027-03-31 17:00"},
        {"closes_at": "end of March", "zone": "Asia/Phnom_Penh"},
    ],
)
def test_a_deadline_in_doubt_is_none(cells: dict[str, str]) -> None:
    said, told = profile(**cells)

    assert ("closes_at" in said, told) == (False, ["closes_at"])


def test_who_may_apply_becomes_rules() -> None:
    said, told = profile(
        countries="KH;LAO; CN-53", organisation_types="University; research institute"
    )

    assert told == []
    assert said["eligibility"] == [
        {"id": "countries", "scope": "applicant", "test": "country",
         "values": ["KHM", "LAO", "CN-53"]},
        {"id": "organisation-types", "scope": "applicant", "test": "organisation_type",
         "values": ["university", "research_institute"]},
    ]  # fmt: skip


def test_a_rule_with_a_value_that_nobody_knows_is_left_out_whole() -> None:
    said, told = profile(countries="KHM;Ruritania")

    assert (said, told) == ({}, ["countries"])


def test_titles_may_be_given_in_several_languages() -> None:
    (record,) = read("title,title_km,funder,zone", "A call,ការអំពាវនាវ,A fund,")

    assert record.document is not None
    assert record.document["titles"] == {"und": "A call", "km": "ការអំពាវនាវ"}


def test_a_row_without_a_title_is_refused_by_its_number() -> None:
    (record,) = read(HEADER, ",A fund,,,,")

    assert record.refusal is not None
    assert str(record.refusal.remarks[0]).startswith("row 2")


def test_tables_are_known_by_their_columns() -> None:
    assert looks.like_calls("x.csv", HEADER)
    assert looks.like_calls("x.tsv", "Title\tFunder\tCloses at")
    assert not looks.like_calls("x.csv", "title,author,year")
    assert not looks.like_calls("x.md", HEADER)
    assert not looks.like_calls("x.csv", "")


@pytest.mark.parametrize(
    "data",
    [b"", b"\x00", b"title,funder\n", b"\xff\xfe\x00", b'title,funder\n"x', b"a\rb\x00c\n\r,d"],
)
def test_reading_never_fails(data: bytes) -> None:
    calls_csv.read(data, "x.csv")
