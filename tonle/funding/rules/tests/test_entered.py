"""A call as fields of a form and back: nothing is lost, and no time is guessed."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tonle.deposit.forms.by_kind import steps_of
from tonle.deposit.forms.rules import steps
from tonle.funding.rules import entered
from tonle.funding.rules.eligibility import CAREER_STAGES, ORGANISATION_TYPES
from tonle.funding.rules.local_times import instant_at, local_texts, read_clock
from tonle.kernel.dates import format_instant
from tonle.kernel.errors import Invalid
from tonle.kernel.fields import Reader, Writer

TODAY = date(2026, 11, 23)
ZONES = ("Asia/Phnom_Penh", "Asia/Kathmandu", "Europe/Berlin", "America/New_York", "UTC")

words = st.text("abc ខ្ញុំ ลาว", min_size=1, max_size=12).map(str.strip).filter(bool)
maps = st.dictionaries(st.sampled_from(["en", "km", "th", "und"]), words, min_size=1, max_size=3)
slugs = st.from_regex(r"[a-z][a-z0-9-]{0,9}", fullmatch=True)
# With seconds and fractions, within the hours that clocks repeat, and in zones of other nodes.
instants = st.integers(1_577_836_800_000, 4_102_444_800_000).map(
    lambda ms: format_instant(datetime.fromtimestamp(ms / 1000, UTC))
)
sums = st.integers(0, 10**15)


def _maybe(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=fields)


def _with(
    needs: dict[str, st.SearchStrategy[Any]], **may: st.SearchStrategy[Any]
) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(needs, optional=may)


def _some(of: st.SearchStrategy[Any]) -> st.SearchStrategy[list[Any]]:
    return st.lists(of, min_size=1, max_size=3)


def _rule(test: str, **more: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    scopes = st.sampled_from(["applicant", "consortium"])
    return _with({"id": slugs, "test": st.just(test), **more}, scope=scopes, text=maps)


rules = st.one_of(
    _rule("words"),
    _rule("country", values=_some(st.sampled_from(["KHM", "JPN", "CN-YN", "XQX"]))),
    _rule("career_stage", values=_some(st.sampled_from([*CAREER_STAGES, "unheard"]))),
    _rule("organisation_type", values=_some(st.sampled_from(ORGANISATION_TYPES))),
    _rule("partners_at_least", number=st.integers(1, 9)),
)
currencies = st.sampled_from(["KHR", "VND", "USD", "KWD", "XQX"])
profiles = _maybe(
    zone=st.sampled_from([*ZONES, "Nowhere/At_All"]),
    opens_at=instants,
    closes_at=instants,
    deadlines=_some(
        _with({"id": slugs, "name": maps, "at": instants}, zone=st.sampled_from(ZONES))
    ),
    corrigenda=_some(
        _with(
            {"number": st.integers(1, 9), "at": instants, "text": maps},
            changed=_some(st.sampled_from([*entered.CHANGED, "stages"])),
        )
    ),
    forecast=st.booleans(),
    deadline_as_stated=words,
    who_may_apply=words,
    amounts=_some(
        _with({"currency": currencies}, min_minor=sums, max_minor=sums, note=maps,
              per=st.sampled_from(entered.PER))
    ),
    funders=_some(_with({"name": maps}, country=st.sampled_from(["KHM", "JPN"]))),
    themes=_some(_with({"id": slugs, "name": maps})),
    languages=_some(st.sampled_from(["km", "en", "jra"])),
    documents=_some(_with({"name": maps, "url": st.just("https://fund.example/guide")})),
    eligibility=_some(rules),
    url=st.just("https://fund.example/"),
    apply_url=st.just("https://fund.example/apply"),
)  # fmt: skip


def _document(profile: dict[str, Any]) -> dict[str, Any]:
    schema = {"schema": "tonle-funding-opportunity/1"}
    return {"kind": "funding_opportunity", "titles": {}, "profile": {**schema, **profile}}


@given(profiles)
@settings(deadline=None, max_examples=80)
def test_a_call_that_comes_back_as_it_went_changes_nothing(profile: dict[str, Any]) -> None:
    document = _document(profile)
    for step in steps_of("funding_opportunity").values():
        applied = steps.apply(step, document, steps.fields(step, document), TODAY)

        assert applied == steps.Applied(document)


@given(profiles)
@settings(deadline=None, max_examples=80)
def test_another_theme_changes_the_themes_alone(profile: dict[str, Any]) -> None:
    document = _document(profile)
    step = steps_of("funding_opportunity")["particulars"]
    values = steps.fields(step, document)
    out = Writer()
    row = out.row("themes", 9)
    out.language_map(f"{row}-name", {"en": "A theme of its own"})
    applied = steps.apply(step, document, {**values, **out.values}, TODAY)

    assert applied.problems == {}
    assert applied.changed == ("profile/themes",)
    made = applied.document["profile"]
    assert made["themes"][:-1] == profile.get("themes", [])
    assert {**made, "themes": None} == {**document["profile"], "themes": None}


@given(sums, st.sampled_from(["KHR", "VND", "USD", "KWD"]))
def test_no_minor_unit_is_lost_on_its_way_through_a_form(minor: int, currency: str) -> None:
    out = Writer()
    entered.write_amounts({"amounts": [{"currency": currency, "max_minor": minor}]}, out)
    # Without what the row carries along, so that it is read anew.
    values = {name: texts for name, texts in out.values.items() if not name.endswith("-rest")}

    assert entered.read_amounts(Reader(values), TODAY) == [
        {"currency": currency, "max_minor": minor}
    ]


@given(st.dates(date(2020, 1, 1), date(2040, 1, 1)), st.times(), st.sampled_from(ZONES))
def test_a_local_time_is_its_instant_or_is_refused(day: date, clock: time, zone: str) -> None:
    local = datetime.combine(day, clock.replace(microsecond=0))
    there = ZoneInfo(zone)
    # What clocks show within a day, second by second, is too much; each instant near it is not.
    near = [local.replace(tzinfo=UTC) + timedelta(minutes=15 * n) for n in range(-72, 73)]
    meant = [at for at in near if at.astimezone(there).replace(tzinfo=None) == local]
    try:
        found = [instant_at(local.date(), local.time(), there)]
    except Invalid:
        assert len(meant) != 1
    else:
        assert found == meant


@pytest.mark.parametrize(
    ("day", "clock", "zone", "reason"),
    [
        (date(2027, 3, 28), time(2, 0), "Europe/Berlin", "set forward"),
        (date(2027, 3, 28), time(2, 59, 59), "Europe/Berlin", "set forward"),
        (date(2027, 10, 31), time(2, 0), "Europe/Berlin", "set back"),
        (date(2027, 3, 14), time(2, 30), "America/New_York", "set forward"),
        (date(2027, 11, 7), time(1, 30), "America/New_York", "set back"),
        # A whole day that never was: Samoa went over the date line.
        (date(2011, 12, 30), time(12, 0), "Pacific/Apia", "set forward"),
    ],
)
def test_times_that_clocks_skip_or_repeat_are_refused(
    day: date, clock: time, zone: str, reason: str
) -> None:
    with pytest.raises(Invalid) as refused:
        instant_at(day, clock, ZoneInfo(zone))
    assert reason in refused.value.problems[0][1]


def test_beside_a_change_of_clocks_times_are_what_they_say() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    assert instant_at(date(2027, 3, 28), time(3), berlin) == datetime(2027, 3, 28, 1, tzinfo=UTC)
    assert instant_at(date(2027, 10, 31), time(3), berlin) == datetime(2027, 10, 31, 2, tzinfo=UTC)


def test_an_instant_in_a_repeated_hour_stays_the_one_it_is() -> None:
    """Both show 02:30; a record that has one of them keeps it while nobody types another."""
    for at in ("2027-10-31T00:30:00Z", "2027-10-31T01:30:00Z"):
        profile = {"zone": "Europe/Berlin", "closes_at": at}
        out = Writer()
        entered.write_zone(profile, out)
        entered.write_closes(profile, out)
        reader = Reader(out.values)

        assert out.values["closes_at-time"] == ["02:30"]
        assert entered.read_time("closes_at")(reader, TODAY) == at
        assert reader.problems == {}


def test_of_a_refused_time_neither_zone_nor_instants_are_saved() -> None:
    profile = {"zone": "Asia/Bangkok", "opens_at": "2027-01-01T00:00:00Z"}
    document = _document(profile)
    step = steps_of("funding_opportunity")["particulars"]
    values = steps.fields(step, document) | {
        "zone": ["Europe/Berlin"],
        "closes_at-day": ["28/03/2027"],
        "closes_at-time": ["02.30"],
    }
    applied = steps.apply(step, document, values, TODAY)

    assert set(applied.problems) == {"closes_at-time"}
    assert applied.document == document


@pytest.mark.parametrize(
    ("text", "clock"),
    [
        ("17:00", time(17)),
        ("9.05", time(9, 5)),
        ("១៧:៣០", time(17, 30)),
        ("23:59:59", time(23, 59, 59)),
    ],
)
def test_times_of_day_are_read_as_people_write_them(text: str, clock: time) -> None:
    assert read_clock(text) == clock


@pytest.mark.parametrize("text", ["24:00", "12:60", "5pm", "17", "1:2", "", "noon"])
def test_what_is_no_time_of_day_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        read_clock(text)


def test_what_a_row_carries_cannot_smuggle_in_another_shape() -> None:
    written = {
        "themes-0-row": ["1"],
        "themes-0-name-0-row": ["1"],
        "themes-0-name-0-text": ["Water"],
        "themes-0-name-0-lang": ["en"],
    }
    for rest in ('{"held": {"name": "x"}}', '{"held": []}', "[]", "no", '{"held": {"name": {}}}'):
        made = entered.read_themes(Reader({**written, "themes-0-rest": [rest]}), TODAY)
        assert made[0]["name"] == {"en": "Water"}


def test_an_instant_out_of_all_calendars_shows_nothing() -> None:
    assert local_texts("9999-12-31T23:59:59Z", ZoneInfo("Asia/Tokyo")) == ("", "")
