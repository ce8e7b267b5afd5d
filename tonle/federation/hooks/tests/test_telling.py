"""A receiver of ours, as reliable as receivers are: what it hears, and how often."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from pytest_django import Settings
from standardwebhooks.webhooks import Webhook

from tests.web_service import Asked, Made, Raw, Reply, WebService, cut, reply, silent
from tonle.catalogue import services as catalogue
from tonle.catalogue.models import Effect, Record
from tonle.catalogue.public import Selection, walk
from tonle.catalogue.tests.factories import CURATOR, make_draft, make_record
from tonle.federation.harvest.engine import Order, harvest
from tonle.federation.harvest.tests.factories import STEWARD, Clock, make_source
from tonle.federation.harvest.tests.servers.oai import OaiServer
from tonle.federation.hooks import lease, messages, sending, services, telling
from tonle.federation.hooks.errors import BeingTold, LeaseLost
from tonle.federation.hooks.models import Delivery, Hook
from tonle.federation.hooks.rules.matching import Wish, matches
from tonle.federation.hooks.services import Wanted
from tonle.federation.hooks.tasks import ask_for_all
from tonle.federation.hooks.telling import LEVEL, tell
from tonle.infra import crash, jobs, outbound
from tonle.infra.models import Job
from tonle.kernel.errors import NotFound
from tonle.people.notices.models import Notice
from tonle.people.tests.factories import holder

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]


def make_hook(receiver: WebService, clock: Clock, **wanted: Any) -> Hook:
    """A hook whose first test has gone by."""
    hook, secret = services.add_hook(
        wanted=Wanted(url=f"{receiver.url}/hook", **wanted), actor=STEWARD, now=clock()
    )
    assert secret.startswith("whsec_")
    Delivery.objects.all().delete()
    return hook


def heard(receiver: WebService) -> list[tuple[str, str]]:
    """(type, record) of each message that came."""
    return [(m["type"], m["data"]["id"]) for m in (one.json() for one in receiver.asked)]


def ids(receiver: WebService) -> list[str]:
    return [one.headers["webhook-id"] for one in receiver.asked]


def record(title: str, clock: Clock, **fields: Any) -> str:
    return make_record(now=clock(), titles={"en": title}, **fields).id


# --- what is said ---------------------------------------------------------------------------


def test_each_change_is_told_once_in_order_and_says_nothing_that_is_not_public(
    receiver: WebService, clock: Clock
) -> None:
    before = record("Before", clock)
    hook, secret = services.add_hook(
        wanted=Wanted(url=f"{receiver.url}/hook"), actor=STEWARD, now=clock()
    )
    make_draft(now=clock(), titles={"en": "Not yet"})
    rice = record("Rice", clock, access={"level": "restricted"})
    clock.advance(seconds=30)
    catalogue.set_access(record_id=rice, access={"level": "open"}, actor=CURATOR, now=clock())
    fish = record("Fish", clock)
    catalogue.withdraw(
        record_id=before, category="x", reason={"en": "Names a witness"}, actor=CURATOR, now=clock()
    )

    assert tell(hook.id, clock) == LEVEL

    ping, *told = (one.json() for one in receiver.asked)
    assert ping["type"] == "ping"
    assert [(m["type"], m["data"]["id"]) for m in told] == [
        ("record.published", rice),
        ("record.updated", rice),
        ("record.published", fish),
        ("record.withdrawn", before),
    ]
    positions = [m["data"]["position"] for m in told]
    assert positions == sorted(set(positions))
    assert "Names" not in str(told)
    assert "Rice" not in str(told)
    assert set(told[-1]["data"]) == {"id", "kind", "url", "api_url", "position", "log"}
    # What it says leads where anybody may read, and what is read there is no older.
    path = told[0]["data"]["api_url"].partition("/api/")[2]
    shown = Client().get(f"/api/{path}").json()
    assert shown["id"] == rice
    assert told[1]["data"]["updated_at"] == shown["updated_at"]
    for one in receiver.asked:
        assert one.headers["content-type"].startswith("application/json")
        stamp = datetime.fromtimestamp(int(one.headers["webhook-timestamp"]), UTC)
        expected = Webhook(secret).sign(one.headers["webhook-id"], stamp, one.body.decode())
        assert one.headers["webhook-signature"] == expected
    # The second time there is nothing to say.
    tell(hook.id, clock)
    assert len(receiver.asked) == 5
    assert len(set(ids(receiver))) == 5


def test_what_is_gone_by_its_turn_is_told_as_gone_alone(receiver: WebService, clock: Clock) -> None:
    hook = make_hook(receiver, clock)
    rice, fish = record("Rice", clock), record("Fish", clock)
    # Hidden by a decision, as the catalogue keeps it; the walks tell it as a deletion.
    Effect.objects.create(
        record=Record.objects.get(id=rice), action="read_metadata", rule="deny", source="test"
    )
    catalogue.withdraw(record_id=fish, category="x", reason={"en": "x"}, actor=CURATOR, now=clock())
    catalogue.reinstate(record_id=fish, actor=CURATOR, now=clock())

    tell(hook.id, clock)

    gone = {one.id for one in walk(now=clock()) if one.gone}
    assert gone == {rice}
    assert heard(receiver) == [
        ("record.withdrawn", rice),
        ("record.published", fish),
        ("record.restored", fish),
    ]


def test_a_hook_hears_of_what_it_wants_as_walks_select_it(
    receiver: WebService, clock: Clock
) -> None:
    hook = make_hook(receiver, clock, kind="software", events=["record.published"])
    record("Data", clock)
    tool = record("Tool", clock, kind="software", members=["KHM"])
    catalogue.set_access(
        record_id=tool, access={"level": "metadata_only"}, actor=CURATOR, now=clock()
    )

    tell(hook.id, clock)

    assert heard(receiver) == [("record.published", tool)]
    hook.refresh_from_db()
    assert hook.position == 3
    # The rule on documents and the walk's condition on rows are the same rule.
    for kind, member, community, access in (
        ("software", "", "", ""),
        ("", "KHM", "", ""),
        ("", "", "rice", ""),
        ("", "", "", "open"),
        ("dataset", "", "", "metadata_only"),
    ):
        chosen = Selection(kind, member, community, access)
        walked = {one.id for one in walk(now=clock(), selection=chosen)}
        wish = Wish(frozenset(), kind, member, community, access)
        everything = walk(now=clock())
        assert walked == {
            one.id for one in everything if matches(wish, "record.updated", one.document)
        }


def test_what_is_harvested_is_told_too_unless_a_hook_wants_this_node_alone(
    receiver: WebService, clock: Clock
) -> None:
    everything = make_hook(receiver, clock)
    own = make_hook(receiver, clock, own_only=True)
    with OaiServer(3) as repository:
        source = make_source(repository)
        harvest(source.id, Order(by="dara", clock=clock))
        repository.put(1, 60_000_000, deleted=True)
        harvest(source.id, Order(by="dara", clock=clock))

    tell(own.id, clock)
    assert receiver.asked == []
    tell(everything.id, clock)

    told = heard(receiver)
    assert [type for type, _ in told] == ["record.published"] * 2 + ["record.withdrawn"]
    assert len({name for _, name in told}) == 3
    assert Hook.objects.get(id=own.id).position == Hook.objects.get(id=everything.id).position == 4


# --- receivers that fail --------------------------------------------------------------------


def big(_asked: Asked) -> Reply:
    return Reply(200, b"x" * 300_000)


@pytest.mark.parametrize(
    ("answer", "status", "why"),
    [
        (reply(500, "It broke, says the receiver."), 500, "status 500"),
        (reply(404), 404, "status 404"),
        (reply(302, Location="http://127.0.0.2:1/inside"), 302, "not followed"),
        (cut, None, "cannot be reached"),
        (silent, None, "did not answer in time"),
    ],
    ids=["broken", "absent", "redirect inside", "cut", "silent"],
)
def test_what_is_not_taken_is_sent_again_under_its_id(
    receiver: WebService,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
    answer: Reply | Raw,
    status: int | None,
    why: str,
) -> None:
    monkeypatch.setattr(sending, "LIMITS", outbound.Limits(seconds=0.5, redirects=0))
    hook = make_hook(receiver, clock)
    rice = record("Rice", clock)
    fish = record("Fish", clock)
    # A huge answer is as good as any other: nobody reads it.
    receiver.answers(answer, Made(big))

    standing = tell(hook.id, clock)

    assert standing.seconds is not None
    assert 2 <= standing.seconds <= 5
    row = Delivery.objects.get()
    assert (row.state, row.status, row.tries) == ("waiting", status, 1)
    page = services.load(hook.id, STEWARD)
    assert why in str(page.reason["message"] % page.reason["data"])
    assert ("It broke" in row.answer) == (status == 500)
    # Too early: nobody is asked.
    assert tell(hook.id, clock).seconds
    assert len(receiver.asked) == 1
    clock.advance(seconds=6)
    tell(hook.id, clock)
    assert heard(receiver) == [
        ("record.published", rice), ("record.published", rice), ("record.published", fish),
    ]  # fmt: skip
    assert ids(receiver)[0] == ids(receiver)[1] != ids(receiver)[2]
    hook.refresh_from_db()
    assert (hook.tries, hook.reason, hook.next_at) == (0, {}, None)


def test_one_message_that_is_never_taken_is_given_up_and_the_next_goes(
    receiver: WebService, clock: Clock
) -> None:
    hook = make_hook(receiver, clock)
    rice, fish = record("Rice", clock), record("Fish", clock)
    receiver.answers(reply(500), reply(204))
    tell(hook.id, clock)
    stuck = Delivery.objects.get()

    with pytest.raises(NotFound):
        services.skip_message(hook_id=hook.id, delivery_id=stuck.id, actor=CURATOR, now=clock())
    with lease.held(hook.id, clock), pytest.raises(BeingTold):
        services.skip_message(hook_id=hook.id, delivery_id=stuck.id, actor=STEWARD, now=clock())
    for _time in range(2):
        services.skip_message(hook_id=hook.id, delivery_id=stuck.id, actor=STEWARD, now=clock())
    tell(hook.id, clock)

    assert heard(receiver) == [("record.published", rice), ("record.published", fish)]
    assert [one.state for one in Delivery.objects.order_by("key")] == ["dropped", "delivered"]
    sent = Delivery.objects.get(state="delivered")
    with pytest.raises(NotFound):
        services.skip_message(hook_id=hook.id, delivery_id=sent.id, actor=STEWARD, now=clock())


def test_a_slow_receiver_lets_others_have_their_turn(receiver: WebService, clock: Clock) -> None:
    hook = make_hook(receiver, clock)
    made = [record(f"Record {number}", clock) for number in range(4)]

    def slow(_asked: Asked) -> Reply:
        clock.advance(seconds=3)
        return reply(204)

    receiver.answers(Made(slow))

    assert tell(hook.id, clock) == telling.MORE
    assert len(receiver.asked) == 2
    while tell(hook.id, clock) != LEVEL:
        pass
    assert [one for _, one in heard(receiver)] == made


def test_what_people_want_sent_again_lets_others_have_their_turn_too(
    receiver: WebService, clock: Clock
) -> None:
    hook = make_hook(receiver, clock)
    for number in range(4):
        record(str(number), clock)
    assert tell(hook.id, clock) == LEVEL
    for delivery in Delivery.objects.filter(hook=hook):
        services.ask_again(hook_id=hook.id, delivery_id=delivery.id, actor=STEWARD, now=clock())
    record("new", clock)

    def slow(_asked: Asked) -> Reply:
        clock.advance(seconds=3)
        return reply(200)

    receiver.answers(Made(slow))
    assert tell(hook.id, clock) == telling.MORE
    # Two of them fill a turn of five seconds, and what is new comes after them.
    assert len(receiver.asked) == 4 + 2
    assert tell(hook.id, clock) == telling.MORE
    tell(hook.id, clock)
    assert len(receiver.asked) == 4 + 4 + 1


def test_an_address_inside_is_refused_when_it_is_given_and_when_it_is_met(
    receiver: WebService, clock: Clock, settings: Settings
) -> None:
    hook = make_hook(receiver, clock)
    record("Rice", clock)
    settings.TONLE_OUTBOUND_PRIVATE = []

    tell(hook.id, clock)

    assert receiver.asked == []
    assert Delivery.objects.get().reason["code"] == "outbound_address_refused"
    with pytest.raises(Exception, match="public network"):
        services.add_hook(wanted=Wanted(url=receiver.url), actor=STEWARD, now=clock())


def test_a_busy_receiver_is_left_alone_as_long_as_it_asks(
    receiver: WebService, clock: Clock
) -> None:
    hook = make_hook(receiver, clock)
    record("Rice", clock)
    receiver.answers(reply(429, Retry_After="7200"), reply(204))

    assert tell(hook.id, clock).seconds == 7200
    # A change meanwhile does not make it impatient.
    record("Fish", clock)
    assert ask_for_all(clock()) == 0
    clock.advance(seconds=7201)
    assert ask_for_all(clock()) == 1
    jobs.run_all_due(clock())

    assert len(receiver.asked) == 3


def test_a_receiver_that_is_gone_or_fails_for_days_is_stopped_and_stewards_are_told(
    receiver: WebService, clock: Clock
) -> None:
    rith = holder("rith", "steward", now=clock())
    hook = make_hook(receiver, clock)
    record("Rice", clock)
    receiver.answer(410)
    tell(hook.id, clock)
    hook.refresh_from_db()
    assert (hook.state, len(receiver.asked)) == ("stopped", 1)

    # Going on is a steward's; then it fails in another way, for three days.
    services.resume_hook(hook_id=hook.id, actor=STEWARD, now=clock())
    receiver.answer(503)
    began = clock()
    while Hook.objects.get().state == "active":
        standing = tell(hook.id, clock)
        clock.advance(seconds=(standing.seconds or 0) + 1)
    assert timedelta(days=3) <= clock() - began <= timedelta(days=4)
    told = Notice.objects.filter(account=rith, topic="federation.hook_stopped")
    assert told.count() == 2
    asked = len(receiver.asked)
    tell(hook.id, clock)
    assert len(receiver.asked) == asked

    # Nothing was lost, and what was said of it waits for nobody.
    receiver.answer(200)
    assert told.filter(read_at__isnull=True).count() == 1
    services.resume_hook(hook_id=hook.id, actor=STEWARD, now=clock())
    assert not told.filter(read_at__isnull=True).exists()
    tell(hook.id, clock)
    assert Hook.objects.get().position == 1
    assert len(set(ids(receiver))) == 1


def test_a_message_that_is_not_so_any_more_is_dropped_rather_than_sent_again(
    receiver: WebService, clock: Clock
) -> None:
    hook = make_hook(receiver, clock)
    rice = record("Rice", clock)
    receiver.answers(reply(500), reply(200))
    tell(hook.id, clock)
    catalogue.withdraw(record_id=rice, category="x", reason={"en": "x"}, actor=CURATOR, now=clock())
    clock.advance(seconds=6)

    tell(hook.id, clock)

    assert heard(receiver) == [("record.published", rice), ("record.withdrawn", rice)]
    assert ids(receiver)[0] != ids(receiver)[1]
    states = list(Delivery.objects.order_by("key").values_list("state", "tries"))
    assert states == [("dropped", 1), ("delivered", 1)]


# --- two at once, and crashes ---------------------------------------------------------------


class Killed(BaseException):
    """As SIGKILL, for a test that goes on: what was not committed is gone."""


def test_killed_between_sending_and_noting_it_sends_the_same_messages_again(
    receiver: WebService, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert [name for name in crash.POINTS if name.startswith("hooks.")] == ["hooks.sent"]
    hook = make_hook(receiver, clock)
    made = [record("Rice", clock), record("Fish", clock), record("Maps", clock)]

    def point(_name: str) -> None:
        if len(receiver.asked) == 2:
            raise Killed

    monkeypatch.setattr(crash, "point", point)
    with pytest.raises(Killed):
        tell(hook.id, clock)
    monkeypatch.setattr(crash, "point", lambda _name: None)
    # A killed process gives nothing back: its lease must end by its time.
    Hook.objects.update(held_until=clock() + lease.LEASE)
    with pytest.raises(BeingTold):
        tell(hook.id, clock)
    clock.advance(seconds=61)

    tell(hook.id, clock)

    told = list(zip(ids(receiver), (r for _, r in heard(receiver)), strict=True))
    assert told[:2] == told[2:4]
    assert [one for _, one in dict.fromkeys(told)] == made
    assert len(told) == 5
    assert Delivery.objects.count() == 3


def test_of_two_workers_one_sends(
    receiver: WebService, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    hook = make_hook(receiver, clock)
    record("Rice", clock)
    meanwhile: list[str] = []

    def in_the_middle(_name: str) -> None:
        with pytest.raises(BeingTold):
            tell(hook.id, clock)
        # Nor may a steward move the position under a message that is being sent.
        with pytest.raises(BeingTold):
            services.skip_to_now(hook_id=hook.id, actor=STEWARD, now=clock())
        meanwhile.append("busy")

    monkeypatch.setattr(crash, "point", in_the_middle)
    tell(hook.id, clock)

    assert meanwhile == ["busy"]
    assert len(receiver.asked) == 1


def test_who_lost_the_lease_notes_nothing(receiver: WebService, clock: Clock) -> None:
    hook = make_hook(receiver, clock)
    rice = record("Rice", clock)

    def sent(name: str) -> None:
        """The answer took so long that another worker has come and gone."""
        if name == "hooks.sent":
            clock.advance(seconds=61)
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(crash, "point", lambda _name: None)
                tell(hook.id, clock)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(crash, "point", sent)
        with pytest.raises(LeaseLost):
            tell(hook.id, clock)

    assert heard(receiver) == [("record.published", rice)] * 2
    assert len(set(ids(receiver))) == 1
    assert Delivery.objects.get().state == "delivered"


# --- many -----------------------------------------------------------------------------------


def test_many_changes_are_no_rows_until_their_turn_and_few_afterwards(
    receiver: WebService, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(messages, "STEP", 4)
    monkeypatch.setattr(telling, "KEPT", 5)
    hook = make_hook(receiver, clock)
    made = [record(f"Record {number}", clock) for number in range(11)]
    assert Job.objects.filter(name=telling.TELL_JOB, state="pending").count() == 1
    assert not Delivery.objects.exists()

    # A slice at a time; each call is a job's delivery.
    calls = 0
    while tell(hook.id, clock, stop=_after(receiver, 3)) != LEVEL:
        calls += 1

    assert calls >= 3
    assert [one for _, one in heard(receiver)] == made
    assert Delivery.objects.count() == 5
    clock.advance(days=31)
    telling.forget_old(clock())
    assert not Delivery.objects.exists()


def _after(receiver: WebService, messages_: int) -> Callable[[], bool]:
    begun = len(receiver.asked)
    return lambda: len(receiver.asked) >= begun + messages_


def test_nothing_is_sent_of_what_was_not_committed(receiver: WebService, clock: Clock) -> None:
    hook = make_hook(receiver, clock)

    def broken() -> None:
        with transaction.atomic():
            record("Rice", clock)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        broken()
    tell(hook.id, clock)

    assert receiver.asked == []


# --- secrets --------------------------------------------------------------------------------


def test_secrets_are_sealed_and_the_one_before_signs_for_another_day(
    receiver: WebService, clock: Clock, settings: Settings
) -> None:
    hook, first = services.add_hook(
        wanted=Wanted(url=receiver.url), actor=STEWARD, now=clock(), key="once"
    )
    again, nothing = services.add_hook(
        wanted=Wanted(url=receiver.url), actor=STEWARD, now=clock(), key="once"
    )
    assert (again.id, nothing) == (hook.id, "")
    _hook, second = services.rotate_secret(hook_id=hook.id, actor=STEWARD, now=clock())
    with connection.cursor() as cursor:
        cursor.execute("SELECT secret, old_secret FROM federation_hook")
        assert not any(secret[6:] in str(cursor.fetchall()) for secret in (first, second))
    hook.refresh_from_db()
    assert sending.secrets_of(hook, clock()) == [second, first]
    assert sending.secrets_of(hook, clock() + timedelta(days=1)) == [second]

    # The node's own key was changed: nothing can be signed, and no try would help.
    settings.SECRET_KEY = "another"
    record("Rice", clock)
    tell(hook.id, clock)
    hook.refresh_from_db()
    assert (hook.state, hook.reason["code"]) == ("stopped", "hook_secret_unreadable")
    assert receiver.asked == []
