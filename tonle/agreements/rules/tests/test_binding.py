"""Days and parties against an enumeration that asks every day what the words say."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from tonle.agreements.rules.binding import (
    Consent,
    Deed,
    NonRenewal,
    Standing,
    Survival,
    Termination,
    Text,
    Withdrawal,
    between,
    bindings,
    end_of_force,
    entry_into_force,
    standings,
)
from tonle.kernel.dates import add_months

FIRST = date(2023, 12, 28)  # a leap day and ends of months lie ahead
DAYS = 120
PARTIES = ("KH", "CN", "LA")

days = st.integers(0, DAYS).map(lambda n: FIRST + timedelta(days=n))
texts = st.builds(
    Text,
    version=st.integers(1, 3),
    needed=st.integers(1, 3),
    after_days=st.integers(0, 40),
    not_before=st.none() | days,
    until=st.none() | days,
    months=st.none() | st.integers(1, 3),
    renews=st.integers(0, 2),
    notice=st.integers(0, 2),
    survivals=st.sampled_from(
        [(), (Survival("confidentiality", 1),), (Survival("settlement"), Survival("data", 2))]
    ),
)
withdrawals = st.builds(
    lambda party, day, later: Withdrawal(party, day, day + timedelta(days=later)),
    st.sampled_from(PARTIES),
    days,
    st.integers(0, 60),
)
deeds = st.one_of(
    st.builds(Consent, st.sampled_from(PARTIES), st.integers(1, 3), days),
    st.builds(Consent, st.sampled_from(PARTIES), st.integers(1, 3), days),
    st.builds(Consent, st.sampled_from(PARTIES), st.integers(1, 3), days),
    withdrawals,
    st.builds(NonRenewal, st.integers(1, 3), days),
    st.builds(Termination, days),
)


class ByTheDay:
    """What the docstrings say, asked of every day from before the first to after the last."""

    def __init__(self, texts: list[Text], deeds: list[Deed]) -> None:
        self.texts = {text.version: text for text in texts}
        self.deeds = deeds
        self.days = [FIRST + timedelta(days=n) for n in range(-2, DAYS + 420)]
        self.entered = {v: self._entered(text) for v, text in self.texts.items()}
        self.bound: dict[tuple[str, date], int] = {}
        self.was: dict[tuple[str, int], date] = {}
        for day in self.days:
            for party in PARTIES:
                self._day(party, day)

    def willing(self, party: str, text: Text, day: date) -> bool:
        for deed in self.deeds:
            if not isinstance(deed, Consent) or (deed.party, deed.version) != (party, text.version):
                continue
            if day < deed.on + timedelta(days=text.after_days):
                continue
            if not any(
                isinstance(w, Withdrawal)
                and w.party == party
                and w.notified >= deed.on
                and w.effective <= day
                for w in self.deeds
            ):
                return True
        return False

    def open(self, text: Text, day: date) -> bool:
        if text.not_before and day < text.not_before:
            return False
        if text.until and day >= text.until:
            return False
        return not any(isinstance(d, Termination) and d.effective <= day for d in self.deeds)

    def _entered(self, text: Text) -> date | None:
        for day in self.days:
            willing = [party for party in PARTIES if self.willing(party, text, day)]
            if self.open(text, day) and len(willing) >= text.needed:
                return day
        return None

    def in_force(self, text: Text, day: date) -> bool:
        entered = self.entered[text.version]
        if entered is None or day < entered or not self.open(text, day):
            return False
        if text.months is None:
            return True
        end = text.months
        while add_months(entered, end) <= day:
            stopped = any(
                isinstance(d, NonRenewal)
                and d.version == text.version
                and d.notified <= add_months(entered, end - text.notice)
                for d in self.deeds
            )
            if not text.renews or stopped:
                return False
            end += text.renews
        return True

    def _day(self, party: str, day: date) -> None:
        for version in sorted(self.texts, reverse=True):
            text = self.texts[version]
            if self.in_force(text, day) and self.willing(party, text, day):
                self.bound[party, day] = version
                self.was.setdefault((party, version), day)
                return
            if (party, version) in self.was:
                return  # bound by this one once: no longer by an older one


def one_of_each(texts: list[Text]) -> list[Text]:
    return list({text.version: text for text in texts}.values())


@given(st.lists(texts, max_size=3).map(one_of_each), st.lists(deeds, max_size=9))
def test_who_is_bound_is_what_every_day_says(texts: list[Text], deeds: list[Deed]) -> None:
    told = ByTheDay(texts, deeds)
    held = bindings(texts, deeds)

    assert {
        (bound.party, day): bound.version
        for bound in held
        for day in told.days
        if day in bound.period
    } == told.bound
    for text in texts:
        assert entry_into_force(text, deeds) == told.entered[text.version]


@given(
    st.lists(texts, max_size=3).map(one_of_each),
    st.lists(deeds, max_size=9),
    st.integers(-2, DAYS + 300),
)
def test_a_standing_is_that_of_its_day(texts: list[Text], deeds: list[Deed], after: int) -> None:
    told = ByTheDay(texts, deeds)
    day = FIRST + timedelta(days=after)
    found = standings(texts, deeds, day)

    for party, standing in found.items():
        assert standing.version == told.bound.get((party, day))
        if standing.version is None:
            continue
        assert standing.since is not None
        assert standing.since <= day
        assert not standing.survives
        assert told.bound.get((party, standing.since - timedelta(days=1))) != standing.version
        if standing.until is not None:
            assert told.bound[party, standing.until - timedelta(days=1)] == standing.version
            if standing.until in told.days:
                assert told.bound.get((party, standing.until)) != standing.version
    for one in found.values():
        for other in found.values():
            assert between(one, other) == between(other, one)


BOTH = Text(version=1, needed=2)


def test_it_binds_from_the_last_signature_on() -> None:
    deeds = [Consent("KH", 1, date(2026, 3, 1)), Consent("CN", 1, date(2026, 3, 9))]

    assert standings([BOTH], deeds, date(2026, 3, 8))["KH"] == Standing()
    assert standings([BOTH], deeds, date(2026, 3, 9))["KH"].since == date(2026, 3, 9)


def test_who_joins_later_is_bound_from_then_on() -> None:
    deeds = [
        Consent("KH", 1, date(2026, 3, 1)),
        Consent("CN", 1, date(2026, 3, 9)),
        Consent("LA", 1, date(2026, 5, 1)),
    ]
    text = Text(version=1, needed=2, after_days=30)

    assert standings([text], deeds, date(2026, 5, 30))["LA"] == Standing()
    assert standings([text], deeds, date(2026, 5, 31))["LA"].since == date(2026, 5, 31)


def test_who_does_not_take_the_new_version_keeps_the_old_one() -> None:
    deeds = [Consent(party, 1, date(2026, 1, 1)) for party in PARTIES]
    deeds += [Consent("KH", 2, date(2027, 1, 1)), Consent("CN", 2, date(2027, 2, 1))]
    found = standings([BOTH, Text(version=2, needed=2)], deeds, date(2027, 2, 1))

    assert [found[party].version for party in ("CN", "KH", "LA")] == [2, 2, 1]
    assert between(found["KH"], found["CN"]) == 2
    assert between(found["KH"], found["LA"]) == 1


def test_a_renewal_is_stopped_by_a_notice_in_time_and_not_a_day_later() -> None:
    text = Text(version=1, needed=1, months=12, renews=12, notice=6)
    signed = Consent("KH", 1, date(2024, 8, 31))

    in_time: list[Deed] = [signed, NonRenewal(1, date(2025, 2, 28))]
    late: list[Deed] = [signed, NonRenewal(1, date(2025, 3, 1))]
    assert end_of_force(text, in_time) == date(2025, 8, 31)
    assert end_of_force(text, late) == date(2026, 8, 31)
    assert end_of_force(text, [signed]) is None


def test_what_is_said_to_go_on_goes_on() -> None:
    text = Text(
        version=1,
        needed=1,
        until=date(2026, 1, 31),
        survivals=(Survival("confidentiality", 1), Survival("settlement of disputes")),
    )
    deeds = [Consent("KH", 1, date(2025, 1, 1))]

    def survives(day: date) -> tuple[str, ...]:
        return standings([text], deeds, day)["KH"].survives

    assert survives(date(2026, 1, 30)) == ()
    assert survives(date(2026, 1, 31)) == ("confidentiality", "settlement of disputes")
    assert survives(date(2026, 2, 28)) == ("settlement of disputes",)


def test_who_leaves_and_comes_back_is_bound_twice() -> None:
    deeds: list[Deed] = [
        Consent("KH", 1, date(2025, 1, 1)),
        Withdrawal("KH", date(2025, 3, 1), date(2025, 9, 1)),
        Consent("KH", 1, date(2026, 1, 1)),
    ]
    held = bindings([Text(version=1, needed=1)], deeds)

    assert [(b.period.start, b.period.end) for b in held] == [
        (date(2025, 1, 1), date(2025, 9, 1)),
        (date(2026, 1, 1), None),
    ]
    assert standings([Text(version=1, needed=1)], deeds, date(2025, 12, 31))["KH"] == Standing()
