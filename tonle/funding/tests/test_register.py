"""The register: its page, its feeds, and what the landing page of a call says."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from xml.etree import ElementTree

import pytest
from django.test import Client

from tonle.catalogue.tests.conftest import home as home
from tonle.catalogue.tests.factories import make_record
from tonle.funding.tests.calls import CAMBODIA, correct, make_call
from tonle.infra import clock

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("home"),
    pytest.mark.one_database,
]

DAY = timedelta(days=1)
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def now() -> datetime:
    return clock.now()


def read(address: str, **asked: Any) -> str:
    answer = Client().get(address, asked)
    assert answer.status_code == 200
    return answer.content.decode()


def unfolded(body: str) -> list[dict[str, str]]:
    """The events of a calendar, read by another reader than its writer."""
    assert body.endswith("\r\n")
    assert all(len(line.encode()) <= 75 for line in body.split("\r\n"))
    events: list[dict[str, str]] = []
    for line in body.replace("\r\n ", "").split("\r\n"):
        name, _colon, value = line.partition(":")
        if line == "BEGIN:VEVENT":
            events.append({})
        elif events:
            events[-1].setdefault(name, value)
    return events


def test_what_closes_soon_comes_first_and_what_is_closed_not_at_all(now: datetime) -> None:
    make_call("Spring", closes_at=now + 60 * DAY)
    make_call("Hurry", closes_at=now + 3 * DAY)
    make_call("Over", closes_at=now - DAY)
    make_call("Coming", opens_at=now + DAY, closes_at=now + 90 * DAY)
    make_call("Undated")

    page = read("/funding")

    order = [page.index(name) for name in ("Hurry", "Spring", "Coming", "Undated")]
    assert order == sorted(order)
    assert "Over" not in page
    assert "Closes soon" in page


def test_the_list_is_narrowed_by_rules_and_by_nothing_that_is_no_answer(now: datetime) -> None:
    make_call("Mine", closes_at=now + 30 * DAY, eligibility=[CAMBODIA])
    make_call("Theirs", closes_at=now + 30 * DAY, eligibility=[{**CAMBODIA, "values": ["LAO"]}])
    firms = {"id": "firms", "test": "organisation_type", "values": ["enterprise"]}
    make_call("Firms", closes_at=now + 30 * DAY, eligibility=[firms])

    page = read("/funding", country="KHM", organisation="university")

    assert "Mine" in page
    assert "Theirs" not in page
    assert "Firms" not in page
    assert "Theirs" in read("/funding", country="Atlantis", zone="Mars/Olympus", page="zero")


def test_a_long_list_has_pages_that_keep_what_was_asked(now: datetime) -> None:
    for number in range(21):
        make_call(f"Call number {number:02}", closes_at=now + (30 + number) * DAY)

    first, second = read("/funding", zone="Asia/Tokyo"), read("/funding", page="2")

    assert "Call number 19" in first
    assert "Call number 20" not in first
    assert "?zone=Asia%2FTokyo&amp;page=2" in first
    assert "Call number 20" in second


def test_a_deadline_is_shown_by_the_clock_of_the_funder_and_of_the_reader() -> None:
    call = make_call(
        opens_at="2090-01-01T00:00:00Z", closes_at="2090-05-03T21:59:00Z", zone="Europe/Berlin"
    )

    page = read(f"/records/{call.id}")
    tokyo = read("/funding", zone="Asia/Tokyo")

    assert "23:59 UTC+2" in page
    assert "04:59 UTC+7" in page
    assert "06:59 UTC+9" in tokyo
    assert "Announced" in page


def test_the_landing_page_says_what_the_record_says_of_the_call(now: datetime) -> None:
    call = make_call(
        closes_at=now + 3 * DAY,
        amounts=[
            {"currency": "USD", "min_minor": 30_000_000, "max_minor": 100_000_000, "per": "year"},
            {"currency": "XYZ", "max_minor": 1},
        ],
        eligibility=[CAMBODIA],
        documents=[{"name": {"en": "Guide"}, "url": "https://example.org/guide"}],
        corrigenda=[{"number": 1, "at": "2026-01-01T00:00:00Z", "text": {"en": "A week more."}}],
    )

    page = read(f"/records/{call.id}")

    assert "Closes soon" in page
    assert "USD 300,000–1,000,000 a year" in page
    assert "XYZ" not in page
    assert "The applicant’s organisation is in one of these: Cambodia." in page
    assert "https://example.org/guide" in page
    assert "A week more." in page
    assert f"/funding/{call.id}.ics" in page


def test_a_kept_page_ends_when_the_call_stands_otherwise(now: datetime) -> None:
    closes = (now + timedelta(minutes=5)).replace(microsecond=0)
    call = make_call(closes_at=closes)

    for address in (f"/records/{call.id}", "/funding", "/funding/deadlines.ics"):
        answer = Client().get(address)
        assert answer.tonle_cache.changes_at == closes  # type: ignore[attr-defined] # pagecache's.


def test_a_calendar_has_each_day_once_and_its_sequence_grows(now: datetime) -> None:
    closes = (now + 30 * DAY).replace(microsecond=0)
    title = "Rice, water; and a title that is far longer than any line of a calendar: ទន្លេសាប" * 2
    further = {"id": "letter", "name": {"en": "Letter"}, "at": "2090-01-01T12:00:00Z"}
    call = make_call(title, closes_at=closes, deadlines=[further])
    address = f"/funding/{call.id}.ics"

    before = unfolded(read(address))
    correct(
        call,
        now=now,
        corrigenda=[{"number": 2, "at": "2026-01-01T00:00:00Z", "text": {"en": "Later."}}],
    )
    after = unfolded(read(address))

    assert [one["UID"] for one in before] == [one["UID"] for one in after]
    assert [one["SEQUENCE"] for one in before] == ["0", "0"]
    assert [one["SEQUENCE"] for one in after] == ["2", "2"]
    assert before[0]["DTSTART"] == f"{closes:%Y%m%dT%H%M%SZ}"
    assert before[1]["DTSTART"] == "20900101T120000Z"
    escaped = title.replace(",", "\\,").replace(";", "\\;")
    assert before[0]["SUMMARY"] == f"Closes: {escaped}"
    assert len(unfolded(read("/funding/deadlines.ics"))) == 2


def test_there_is_no_calendar_of_what_is_hidden_or_no_call(now: datetime) -> None:
    other = make_record(kind="dataset", profile={"schema": "tonle-dataset/1"})

    for name in (other.id, "0000000000000", "nothing"):
        assert Client().get(f"/funding/{name}.ics").status_code == 404


def test_the_feed_is_xml_whatever_titles_hold(now: datetime) -> None:
    make_call("Rice & <water>", closes_at=now + 30 * DAY)
    make_call("Over", closes_at=now - DAY)

    feed = ElementTree.fromstring(read("/funding/deadlines.atom"))  # noqa: S314 # Our own.

    entries = feed.findall(f"{ATOM}entry")
    assert [one.findtext(f"{ATOM}title") for one in entries] == ["Rice & <water>"]
    assert "applied for until" in str(entries[0].findtext(f"{ATOM}summary"))


def test_where_no_call_is_open_the_register_says_so_and_what_there_is(now: datetime) -> None:
    make_call("Over", closes_at=now - DAY)
    make_call("Over for long", closes_at=now - 10 * DAY)
    make_call("Archived", closes_at=now - 400 * DAY)
    make_call("Coming", opens_at=now + DAY, closes_at=now + 90 * DAY)

    page = read("/funding")

    assert "No call is open now" in page
    assert "Calls that are announced: 1." in page
    order = [page.index(name) for name in ("Coming", "Recently closed", "Over", "Over for long")]
    assert order == sorted(order)
    assert "Archived<" not in page
    for address in ("/funding/deadlines.atom", "/funding/deadlines.ics", "kind=funding_opportun"):
        assert address in page[page.index("No call is open now") :]

    make_call("Open", closes_at=now + 30 * DAY, eligibility=[CAMBODIA])
    page = read("/funding")
    assert "No call is open now" not in page
    assert "Recently closed" not in page
    barred = read("/funding", country="LAO", organisation="nobody")
    assert "No call that is open now fits what you chose" in barred


def test_what_is_past_by_its_source_s_words_is_no_longer_listed(now: datetime) -> None:
    make_call("Nobody knows", deadline_as_stated="31 December")
    past = make_call("Long past", deadline_as_stated="2010 to 2022")
    late = make_call("Just past", deadline_as_stated=f"{now - 40 * DAY:%B %Y}")

    page = read("/funding")

    assert "Nobody knows" in page
    assert "Long past" not in page
    assert page.index("Recently closed") < page.index("Just past")
    assert "takes no more applications" in read(f"/records/{past.id}")
    assert "By the words of its source it is over." in read(f"/records/{late.id}")


def test_the_list_is_narrowed_by_theme_and_funder(now: datetime) -> None:
    rice = {"id": "rice", "name": {"en": "Rice growing"}}
    fund = {"name": {"en": "Fund & Sons"}, "identifiers": [{"scheme": "ror", "value": "05a28rw58"}]}
    make_call("Paddy", closes_at=now + 30 * DAY, themes=[rice])
    make_call("Both", closes_at=now + 30 * DAY, themes=[rice], funders=[fund])
    make_call("Neither", closes_at=now + 30 * DAY, funders=[{"name": {"en": "Another"}}])

    page = read("/funding", theme="rice")
    assert ("Paddy" in page, "Both" in page, "Neither" in page) == (True, True, False)
    # Nothing is said of rules that bar, which were not asked about.
    assert "a rule that bars" not in page
    page = read("/funding", theme="rice", funder="05a28rw58")
    assert ("Paddy" in page, "Both" in page, "Neither" in page) == (False, True, False)
    assert "Fund &amp; Sons" in page
    page = read("/funding", funder="Another")
    assert ("Paddy" in page, "Both" in page, "Neither" in page) == (False, False, True)
    # What is no choice is left out, as of the other questions.
    page = read("/funding", theme="gold", funder="nobody")
    assert all(name in page for name in ("Paddy", "Both", "Neither"))


def test_a_reader_chooses_the_clock_of_a_call(now: datetime) -> None:
    call = make_call("A call of noon", closes_at="2090-05-03T05:00:00Z", zone="Asia/Bangkok")
    address = f"/records/{call.id}"

    assert "12:00 UTC+7" in read(address)
    tokyo = read(address, zone="Asia/Tokyo")
    assert ("12:00 UTC+7" in tokyo, "14:00 UTC+9" in tokyo) == (True, True)
    # One that is not among the choices is a zone all the same.
    assert "05:00 UTC" in read(address, zone="Africa/Accra")
    # From the register the choice goes along.
    assert f"{address}?zone=Asia%2FTokyo" in read("/funding", zone="Asia/Tokyo")
    # The next reader, who chose none, is shown the node's.
    assert "UTC+9" not in read(address)


@pytest.mark.parametrize(
    "zone", ["Mars/Olympus", "../../etc/passwd", "Asia", "<b>", "x" * 4000, "ភ្នំពេញ"]
)
def test_a_zone_that_is_none_is_named_and_the_page_is_shown(zone: str, now: datetime) -> None:
    call = make_call(closes_at=now + 30 * DAY)

    for address in (f"/records/{call.id}", "/funding"):
        page = read(address, zone=zone)
        assert "is no time zone that this node knows" in page
        assert "Phnom Penh" in page
        assert "<b>" not in page


def test_pages_by_another_clock_are_kept_apart_and_end_alike(now: datetime) -> None:
    closes = (now + timedelta(minutes=5)).replace(microsecond=0)
    call = make_call(closes_at=closes)

    for address in (f"/records/{call.id}", "/funding"):
        plain, chosen = (Client().get(address, asked) for asked in ({}, {"zone": "Asia/Tokyo"}))
        assert chosen.tonle_cache.changes_at == closes  # type: ignore[attr-defined] # pagecache's.
        assert chosen["ETag"] != plain["ETag"]
        assert chosen["Vary"] == plain["Vary"]
        assert "Cookie" in chosen["Vary"]


def test_an_earlier_version_keeps_its_deadlines(now: datetime) -> None:
    call = make_call(closes_at="2090-05-03T05:00:00Z")
    correct(call, now=now, closes_at="2090-06-03T05:00:00Z")

    for address in (f"/records/{call.id}", f"/records/{call.id}/v1"):
        assert "2090" in read(address)


def test_an_empty_register_says_so() -> None:
    page = read("/funding")
    assert "No call is open now" in page
    assert "None is announced either." in page
    assert unfolded(read("/funding/deadlines.ics")) == []
    assert ElementTree.fromstring(read("/funding/deadlines.atom")) is not None  # noqa: S314 # Our own.
