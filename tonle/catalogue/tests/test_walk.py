"""A walk of everything public: each thing once, at its newest, and nothing missed."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.constants import NOW
from tonle.catalogue.log import recording
from tonle.catalogue.models import Effect, Intent, Record
from tonle.catalogue.placed import spans
from tonle.catalogue.services import withdraw
from tonle.catalogue.tests.factories import CURATOR, make_record
from tonle.catalogue.walk import (
    ANY,
    LONGEST_WRITE,
    Selection,
    Walked,
    count_walk,
    earliest_entry_at,
    newest_position,
    settled_at,
    walk,
    walk_one,
)

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("home")]


def _all(step: int, **given: Any) -> Iterator[Walked]:
    after = 0
    while page := walk(now=NOW, after=after, limit=step, **given):
        yield from page
        after = page[-1].pos


def _again(record: Record, minutes: int) -> None:
    assert record.document is not None
    with recording(NOW + timedelta(minutes=minutes)) as log:
        log.add(record.id, "revise", record.document.sha256)


def test_each_record_comes_once_in_the_order_in_which_it_last_changed() -> None:
    first, second, third = (make_record() for _ in range(3))
    _again(first, 1)

    for step in (1, 2, 100):
        assert [one.id for one in _all(step)] == [second.id, third.id, first.id]


@pytest.mark.parametrize("seed", range(8))
def test_what_changes_during_a_walk_comes_again_and_nothing_is_missed(seed: int) -> None:
    rng = random.Random(seed)
    records = [make_record() for _ in range(5)]
    changes = [rng.choice(records) for _ in range(12)]
    newest: dict[str, int] = {}
    after = 0
    while page := walk(now=NOW, after=after, limit=rng.randint(1, 4)):
        for one in page:
            assert one.pos > newest.get(one.id, 0), "the same state twice"
            newest[one.id] = one.pos
        after = page[-1].pos
        for _ in range(rng.randint(0, 2)):
            if changes:
                _again(changes.pop(), 1)

    assert newest == {record.id: _position(record) for record in records}


def _position(record: Record) -> int:
    one = walk_one(record.id, NOW)
    assert one is not None
    return one.pos


def test_a_withdrawn_or_hidden_record_comes_as_gone_or_not_at_all() -> None:
    here = [{"point": {"latitude": "11.5", "longitude": "104.9"}}]
    shown, withdrawn, hidden = (make_record(geo_locations=here) for _ in range(3))
    withdraw(
        record_id=withdrawn.id, category="error", reason={"en": "Wrong."}, actor=CURATOR, now=NOW
    )
    Effect.objects.create(record=hidden, action="read_metadata", rule="nobody")

    found = {one.id: one.gone for one in _all(10)}
    assert found == {shown.id: False, withdrawn.id: True, hidden.id: True}
    assert [one.id for one in _all(10, gone=False)] == [shown.id]
    assert [one.number for one in spans(NOW)] == [1]
    assert walk_one("0" * 15, NOW) is None


def test_selections_and_times_choose_the_same_on_every_step() -> None:
    rice = make_record(members=["KHM"])
    water = make_record(kind="software", communities=["mekong"])
    _again(rice, 10)

    def chosen(**given: Any) -> list[str]:
        return [one.id for one in _all(1, **given)]

    assert chosen(selection=Selection(kind="software")) == [water.id]
    assert chosen(selection=Selection(member="KHM")) == [rice.id]
    assert chosen(selection=Selection(community="mekong", kind="software")) == [water.id]
    assert chosen(selection=Selection(community="mekong", kind="dataset")) == []
    late = NOW + timedelta(minutes=5)
    assert chosen(since=late) == [rice.id]
    assert chosen(until=late) == [water.id]
    assert chosen(since=late, until=late) == []
    assert count_walk() == 2
    assert count_walk(Selection(member="KHM")) == 1
    assert count_walk(since=late) == 1
    assert earliest_entry_at() == NOW
    assert newest_position() == 3


def test_files_are_open_to_all_or_to_nobody_who_harvests() -> None:
    make_record()
    make_record(access={"level": "restricted"})

    assert [one.files_open for one in _all(10)] == [True, False]


@pytest.mark.parametrize("seed", range(4))
def test_who_goes_on_from_where_the_log_was_settled_misses_nothing(seed: int) -> None:
    """Changes name their instant when they begin and are seen when they end, in any order."""
    rng = random.Random(seed)
    records = [make_record() for _ in range(6)]
    clock, since, held = NOW, None, dict[str, int]()
    begun: list[tuple[datetime, Record]] = []

    def end(number: int) -> None:
        named, record = begun.pop(number)
        assert record.document is not None
        with recording(named) as log:
            log.add(record.id, "revise", record.document.sha256)
            Intent.objects.filter(record=record).delete()

    for _ in range(60):
        clock += timedelta(minutes=rng.randint(0, 90))
        too_long = [
            number for number, (named, record) in enumerate(begun)
            if clock - named > LONGEST_WRITE - timedelta(minutes=90)
            and not Intent.objects.filter(record=record).exists()
        ]  # fmt: skip
        step = rng.random()
        if too_long:
            end(too_long[0])
        elif step < 0.4 and len(begun) < len(records):
            record = next(one for one in records if one not in [record for _, record in begun])
            begun.append((clock, record))
            if rng.random() < 0.5:
                # Authorised, and rolled forward whenever the node comes up again.
                assert record.document is not None
                Intent.objects.create(
                    record=record, action="revise", document=record.document, staged={},
                    actor="dara", at=clock,
                )  # fmt: skip
        elif step < 0.6 and begun:
            end(rng.randrange(len(begun)))
        else:
            settled = settled_at(clock)
            held |= {one.id: one.pos for one in walk(now=clock, since=since, limit=1000)}
            # As OAI-PMH writes it: to the second.
            since = settled.replace(microsecond=0)
            assert since <= clock
    while begun:
        end(0)

    held |= {one.id: one.pos for one in walk(now=clock, since=since, limit=1000)}
    assert held == {record.id: _position(record) for record in records}


def test_a_log_at_rest_is_settled_until_lately() -> None:
    make_record()

    assert settled_at(NOW) == NOW
    assert settled_at(NOW + timedelta(days=9)) == NOW + timedelta(days=9) - LONGEST_WRITE


def test_whatever_has_a_member_is_a_part_too() -> None:
    lao, _none, khmer = make_record(members=["LAO"]), make_record(), make_record(members=["KHM"])

    assert [one.id for one in _all(1, selection=Selection(member=ANY))] == [lao.id, khmer.id]
    assert list(_all(1, selection=Selection(community=ANY))) == []
