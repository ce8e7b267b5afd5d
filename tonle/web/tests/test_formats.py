"""Numbers, dates and sizes as readers write them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from tonle.web import documents, formats, languages, licences, writing


@pytest.mark.parametrize(
    ("value", "code", "text"),
    [
        ("2024", "en", "2024"),
        ("2024-05", "en", "May 2024"),
        ("2024-05-03", "en", "3 May 2024"),
        ("2024-05-03T10:00:00Z", "en", "3 May 2024"),
        ("2020/2024-01", "en", "2020 – January 2024"),
        ("/2024", "en", "… – 2024"),
        ("2024-13", "en", "2024-13"),
        ("about 1900", "en", "about 1900"),
        ("2024-05-03", "km", "3 ឧសភា 2024"),
        ("2024-05-03", "zh-hans", "2024年5月3日"),
        (date(2024, 5, 3), "en", "3 May 2024"),
        (datetime(2024, 5, 3, 23, tzinfo=UTC), "en", "3 May 2024"),
    ],
)
def test_a_date_is_said_in_words_and_never_lost(value: date | str, code: str, text: str) -> None:
    assert formats.day(value, code) == text


@pytest.mark.parametrize(
    ("size_bytes", "text"),
    [
        (0, "0\xa0B"),
        (999, "999\xa0B"),
        (1000, "1\xa0kB"),
        (1_482_310, "1.5\xa0MB"),
        (999_999, "1\xa0MB"),
        (5 * 10**18, "5,000\xa0PB"),
    ],
)
def test_a_size_is_rounded(size_bytes: int, text: str) -> None:
    assert formats.size(size_bytes, "en") == text


@pytest.mark.parametrize(
    ("value", "code", "text"),
    [
        ("2026-11-22", "th", "๒๒ พฤศจิกายน พ.ศ. ๒๕๖๙"),
        ("2026-11-22", "lo", "໒໒ ພະຈິກ ພ.ສ. ໒໕໖໙"),
        # Until 1940 the year began in April.
        ("1930-02", "th", "กุมภาพันธ์ พ.ศ. ๒๔๗๒"),
        ("2020/2026", "th", "พ.ศ. ๒๕๖๓ – พ.ศ. ๒๕๖๙"),
        # Their readers count otherwise, or not from January on.
        ("2026-11-22", "km", "២២ វិច្ឆិកា ២០២៦"),
        ("2026-11-22", "en", "22 November 2026"),
        ("circa 1900", "th", "circa 1900"),
    ],
)
def test_a_reader_may_choose_era_and_digits(value: str, code: str, text: str) -> None:
    with writing.override(writing.Writing(buddhist=True, native=True)):
        assert formats.day(value, code) == text
    assert formats.day(value, code) != text or code == "en" or value.startswith("circa")


def test_a_moment_is_said_in_the_order_of_its_language() -> None:
    value = datetime(2026, 11, 22, 0, 5, tzinfo=UTC)
    zone = ZoneInfo("Asia/Vientiane")
    assert formats.instant(value, "zh-Hans", zone) == "2026年11月22日 07:05 UTC+7"
    assert formats.instant(value, "vi", zone) == "07:05 UTC+7 22 tháng 11, 2026"
    with writing.override(writing.Writing(buddhist=True, native=True)):
        assert formats.instant(value, "lo", zone) == "໒໒ ພະຈິກ ພ.ສ. ໒໕໖໙, ໐໗:໐໕ UTC+7"


@pytest.mark.parametrize(
    ("remembered", "extension"),
    [
        ("th", ""),
        ("th-u-ca-buddhist", "-u-ca-buddhist"),
        ("TH-U-NU-native-ca-buddhist", "-u-ca-buddhist-nu-native"),
        ("zh-hans-u-nu-native", "-u-nu-native"),
        ("km-u-ca-buddhistic" + "x" * 9999, ""),
        ("-u-" * 5000, ""),
    ],
)
def test_how_a_reader_writes_stays_in_the_cookie(remembered: str, extension: str) -> None:
    assert writing.split(remembered)[1].extension == extension
    assert languages.reading(remembered, "km").endswith(extension)


def test_digits_are_those_of_the_script() -> None:
    assert formats.local_digits("1996", "km") == "១៩៩៦"
    assert formats.local_digits("1996", "en") == "1996"


def test_a_day_of_a_year_that_is_said_already_stays_in_one_piece() -> None:
    assert formats.day_in_year(date(2026, 4, 14), "en") == "14\N{NO-BREAK SPACE}Apr"
    assert formats.day_in_year(date(2026, 4, 14), "km") == "14\N{NO-BREAK SPACE}មេសា"


def test_a_city_is_called_as_its_readers_do_or_as_it_calls_itself() -> None:
    assert formats.city_name("Asia/Phnom_Penh", "km") == "ភ្នំពេញ"
    assert formats.city_name("Asia/Ho_Chi_Minh", "km") == "Ho Chi Minh"
    assert formats.city_name("Somewhere/No_City", "km") == "No City"


def test_an_unknown_language_is_shown_by_its_tag() -> None:
    assert formats.language_name("km", "en") == "Khmer"
    assert formats.language_name("x-mine", "en") == "x-mine"
    assert formats.number(1234567, "not a language") == "1,234,567"


@pytest.mark.parametrize(
    ("asked", "remembered", "accepted", "chosen"),
    [
        ("km", "en", "en", "km"),
        ("", "km", "en", "km"),
        ("", "km-u-nu-native", "en", "km"),
        ("", "", "km-KH,km;q=0.9,en;q=0.8", "km"),
        ("", "", "fr, *", "en"),
        ("xx", "yy", "zz", "en"),
        ("../etc", "\x00", "km;q=nonsense" * 400, "en"),
        ("", "", "", "en"),
    ],
)
def test_the_language_is_asked_remembered_accepted_or_english(
    asked: str, remembered: str, accepted: str, chosen: str
) -> None:
    assert languages.choose(asked, remembered, accepted) == chosen


@pytest.mark.parametrize(
    ("identifier", "part"),
    [
        ("CC-BY-4.0", "any purpose. Name those"),
        ("CC-BY-NC-SA-4.0", "not to earn money"),
        ("CC0-1.0", "without asking"),
        ("GPL-3.0-or-later", "source under the same"),
        ("MIT OR Apache-2.0", ""),
        ("Unknown-9", ""),
    ],
)
def test_a_licence_is_said_in_plain_words_or_not_at_all(identifier: str, part: str) -> None:
    sentence = licences.in_plain_words(identifier)
    assert part in sentence
    assert bool(part) == bool(sentence)


def test_any_document_becomes_rows() -> None:
    rows = dict(
        documents.facts(
            {
                "schema": "x/1",
                "name": {"en": "gauge", "km": "ឧបករណ៍វាស់"},
                "year": 1996,
                "open": False,
                "since": "1996-01",
                "at": "https://example.org/a?b",
                "owner": {"scheme": "ror", "value": "03yrm5c26"},
                "parts": [{"a": "b", "c": [1, 2]}],
                "empty": [],
                "nothing": None,
            }
        )
    )
    assert {key: how.sort for key, how in rows.items()} == {
        "name": "language_map",
        "year": "number",
        "open": "flag",
        "since": "date",
        "at": "link",
        "owner": "identifier",
        "parts": "list",
    }
    assert documents.shown("javascript:alert(1)") == documents.Shown("text", "javascript:alert(1)")


def test_sets_of_facts_with_common_fields_become_a_table() -> None:
    table = documents.shown([{"goal": "invest", "year": 2025}, {"goal": "firms", "by": "state"}])
    assert table is not None
    assert (table.sort, table.value) == ("table", ["goal", "year", "by"])
    assert [[cell and cell.value for cell in row] for row in table.items] == [
        ["invest", 2025, None],
        ["firms", None, "state"],
    ]
    for not_one in (
        [{"goal": "one alone"}],
        [{"goal": "a", "parts": [1, 2]}, {"goal": "b"}],
        [{f"field_{n}": n + 1 for n in range(7)}] * 2,
        [{"goal": "a"}, "b"],
    ):
        other = documents.shown(not_one)
        assert other is not None
        assert other.sort == "list"


def test_a_document_without_end_is_cut() -> None:
    deep: dict[str, object] = {}
    for _ in range(50):
        deep = {"inside": deep, "x": "y"}
    assert documents.facts(deep)
    many = documents.shown(list(range(1000)))
    assert many is not None
    assert (len(many.items), many.left_out) == (documents.MOST, 1000 - documents.MOST)


@pytest.mark.parametrize(
    ("zone", "text"),
    [
        ("UTC", "3 May 2024, 23:30 UTC"),
        ("Asia/Phnom_Penh", "4 May 2024, 06:30 UTC+7"),
        ("Asia/Yangon", "4 May 2024, 06:00 UTC+6:30"),
        ("America/New_York", "3 May 2024, 19:30 UTC−4"),
    ],
)
def test_a_moment_is_said_as_clocks_there_show_it(zone: str, text: str) -> None:
    value = datetime(2024, 5, 3, 23, 30, tzinfo=UTC)
    assert formats.instant(value, "en", ZoneInfo(zone)) == text
