"""Who publishes, changes and takes back: keepers, curators of a community, owners."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from tests.constants import NOW
from tonle.catalogue import drafts, services
from tonle.catalogue.models import Draft, Record, RecordCommunity
from tonle.catalogue.tests.factories import (
    BOPHA,
    CURATOR,
    DEPOSITOR,
    STEWARD,
    VOUCHED,
    VOUCHED_DEPOSITOR,
    curator_of,
    description,
    make_draft,
    make_record,
)
from tonle.kernel.actors import ANONYMOUS, Actor, Role, Scope
from tonle.kernel.errors import NotFound, NotPermitted

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]

LATER = NOW + timedelta(days=1)
RICE, FISH = curator_of("rice"), curator_of("fish")
ELSEWHERE = Actor(
    DEPOSITOR.id, roles=frozenset({Role("contributor", Scope("organisation", "royal"))})
)
EVERYBODY = {
    "anonymous": ANONYMOUS,
    "outsider": BOPHA,
    "owner": DEPOSITOR,
    "vouched owner": VOUCHED_DEPOSITOR,
    "owner vouched for elsewhere": ELSEWHERE,
    "another who is vouched for": VOUCHED,
    "curator of its community": RICE,
    "curator of another": FISH,
    "curator": CURATOR,
    "steward": STEWARD,
}
KEEP = {"curator of its community", "curator", "steward"}
PUBLISH = KEEP | {"vouched owner", "owner vouched for elsewhere"}


def first(record: Record, actor: Actor) -> None:  # One form for all of them.
    draft = make_draft(communities=["rice"])
    services.publish(draft_id=draft.id, actor=actor, now=LATER)


def revise(record: Record, actor: Actor) -> None:
    draft = drafts.create_successor(
        record_id=record.id, actor=CURATOR, now=LATER, replaces_files=False
    )
    services.publish(draft_id=draft.id, actor=actor, now=LATER)


def change_access(record: Record, actor: Actor) -> None:
    services.set_access(
        record_id=record.id, access={"level": "metadata_only"}, actor=actor, now=LATER
    )


def withdraw(record: Record, actor: Actor) -> None:
    services.withdraw(
        record_id=record.id, category="by_author", reason={"en": "So."}, actor=actor, now=LATER
    )


def reinstate(record: Record, actor: Actor) -> None:
    withdraw(record, CURATOR)
    services.reinstate(record_id=record.id, actor=actor, now=LATER)


def burden(record: Record, actor: Actor) -> None:
    services.set_effects(
        record_id=record.id,
        effects=[{"action": "read_files", "rule": "deny"}],
        actor=actor,
        now=LATER,
    )


def succeed(record: Record, actor: Actor) -> None:
    drafts.create_successor(record_id=record.id, actor=actor, now=LATER, replaces_files=True)


DEEDS: dict[str, tuple[Callable[[Record, Actor], None], set[str]]] = {
    "publish a first version": (first, PUBLISH),
    "publish a revision": (revise, PUBLISH),
    "change the access condition": (change_access, PUBLISH),
    "withdraw": (withdraw, KEEP),
    "reinstate": (reinstate, KEEP),
    "attach a decision": (burden, {"curator", "steward"}),
    "begin a next version": (succeed, PUBLISH | {"owner"}),
}


@pytest.mark.one_database
@pytest.mark.parametrize("deed", DEEDS)
@pytest.mark.parametrize("who", EVERYBODY)
def test_who_may_do_what(who: str, deed: str) -> None:
    record = make_record(communities=["rice"])
    work, may = DEEDS[deed]

    if who in may:
        work(record, EVERYBODY[who])
    else:
        with pytest.raises((NotPermitted, NotFound)):
            work(record, EVERYBODY[who])


def test_nobody_gains_a_record_by_writing_their_community_into_its_next_version() -> None:
    record = make_record(communities=["rice"])
    draft = drafts.create_successor(
        record_id=record.id, actor=DEPOSITOR, now=LATER, replaces_files=False
    )
    drafts.edit_draft(
        draft_id=draft.id,
        document=description(communities=["rice", "fish"]),
        actor=DEPOSITOR,
        now=LATER,
    )

    with pytest.raises(NotFound):
        services.publish(draft_id=draft.id, actor=FISH, now=LATER)


def test_a_draft_that_was_handed_to_a_community_belongs_to_it_once_published() -> None:
    draft = make_draft()
    drafts.assign_community(draft_id=draft.id, community="rice", actor=DEPOSITOR, now=NOW)

    record = services.publish(draft_id=draft.id, actor=RICE, now=LATER)

    assert list(RecordCommunity.objects.values_list("community", flat=True)) == ["rice"]
    assert record.created_by == DEPOSITOR.id
    following = drafts.create_successor(
        record_id=record.id, actor=DEPOSITOR, now=LATER, replaces_files=False
    )
    assert following.community == "rice"


@pytest.mark.parametrize("who", sorted(PUBLISH))
def test_publishing_twice_publishes_once_for_everybody_who_may(who: str) -> None:
    draft = make_draft(communities=["rice"])
    calls: list[Any] = [
        services.publish(draft_id=draft.id, actor=EVERYBODY[who], now=LATER) for _ in range(2)
    ]

    assert calls[0].id == calls[1].id
    assert Record.objects.get().version == 1
    assert Draft.objects.get().state == "published"
