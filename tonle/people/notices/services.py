"""Telling people that something waits, and what they may decide about it."""

from __future__ import annotations

import re
import uuid
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from django.conf import settings
from django.db import IntegrityError, transaction

from tonle.infra import audit, jobs
from tonle.infra.messaging import PERSONAL
from tonle.kernel.actors import NODE, Actor, Scope
from tonle.kernel.errors import N_, Invalid, NotPermitted
from tonle.kernel.sentences import Sentence
from tonle.people.models import Account
from tonle.people.notices import permissions, topics
from tonle.people.notices.models import Notice, Preference, Robot
from tonle.people.rules import rhythm
from tonle.people.selectors import holders

TELL_JOB = "people.tell"

# An address that a program made: names and numbers, and none of somebody's words, not even
# in percents.
_LINK = re.compile(r"/(?!/)[A-Za-z0-9._~:@/?&=#+-]{0,499}")


# --- telling -----------------------------------------------------------------------------


@transaction.atomic
def notify(
    *,
    account_id: str,
    topic: str,
    link: str,
    now: datetime,
    data: Mapping[str, object] | None = None,
    key: str | None = None,
    about: str = "",
) -> str | None:
    """Tell one person that something waits, on the page now and elsewhere as they chose.

    topic: registered with `register_topic`. link: where it waits, a path of this node.
    data: fills the places of the topic's sentence with the counts and codes that the topic
    names, and nothing else, since it goes through services of others. key: the same again, for
    this person and topic, tells nothing new. about: the matter, `<kind>/<public id>`, with which
    the notice ends (`end_notices`) and
    by which the reader's page names it (`register_matter`). Returns the notice's id; None where
    the account is closed or unknown, or the key was told before. Stands or falls with the
    caller's transaction.
    """
    _check(topic, link, data)
    if not Account.objects.filter(pk=account_id, is_active=True).exists():
        return None
    notice = _put(Notice(account_id=account_id, about=about), topic, link, now, data, key)
    if notice is None:
        return None
    at = due(preference_of(account_id), topics.topic(topic).urgent, now)
    if at is None:
        # Nobody is to be told outside: a later change of mind is about later notices.
        Notice.objects.filter(pk=notice.pk).update(told_at=now)
    else:
        ask_for_letter({"account": account_id}, at)
    return notice.id


@transaction.atomic
def notify_holders(
    *,
    role: str,
    scope: Scope = NODE,
    topic: str,
    link: str,
    now: datetime,
    data: Mapping[str, object] | None = None,
    key: str | None = None,
    but: str = "",
    about: str = "",
) -> int:
    """Tell everybody who holds a role in exactly this scope, and the group robots set for it.

    but: an account that needs no telling, such as the one who acts. Returns how many people
    were told. Otherwise as `notify`.
    """
    _check(topic, link, data)
    told = [
        notify(account_id=holder, topic=topic, link=link, now=now, data=data, key=key, about=about)
        for holder in holders(role=role, scope=scope, now=now)
        if holder != but
    ]
    robots = Robot.objects.filter(role=role, scope_kind=scope.kind, scope_id=scope.id)
    for robot in robots.order_by("id"):
        if _put(Notice(robot=robot, about=about), topic, link, now, data, key):
            ask_for_letter({"robot": robot.id}, now + rhythm.GATHERING)
    return sum(one is not None for one in told)


def end_notices(*, about: str, now: datetime, topics: Collection[str]) -> int:
    """What these topics said of a matter is over: it waits for nobody, and no letter tells it.

    In the caller's transaction. Returns how many had not been read. One update by an index.
    """
    unread = Notice.objects.filter(about=about, topic__in=topics, read_at__isnull=True)
    return unread.update(read_at=now) if about else 0


def _check(topic: str, link: str, data: Mapping[str, object] | None) -> None:
    """Refuse what a programmer got wrong, before anybody is told."""
    if not topics.known(topic):
        raise ValueError(f"no topic is called {topic}")
    if not _LINK.fullmatch(link):
        raise ValueError("a notice leads to a path of this node, which quotes nobody")
    for name, value in (data or {}).items():
        if not topics.topic(topic).carries(name, value):
            raise ValueError(f"a notice of {topic} carries no such {name}")


def _put(
    notice: Notice,
    topic: str,
    link: str,
    now: datetime,
    data: Mapping[str, object] | None,
    key: str | None,
) -> Notice | None:
    """Store it, or None where its key was told before."""
    notice.topic, notice.link, notice.data = topic, link, dict(data or {})
    notice.key, notice.created_at = key, now
    try:
        # A savepoint: a key that was told before must not spoil the caller's transaction.
        with transaction.atomic():
            notice.save(force_insert=True)
    except IntegrityError:
        if key is None:
            raise
        return None
    return notice


def ask_for_letter(recipient: dict[str, str], at: datetime) -> None:
    """Ask for the recipient's next letter; one waits at a time, at the earliest instant."""
    (kind, id), *_rest = recipient.items()
    jobs.enqueue(TELL_JOB, recipient, run_at=at, unique_key=f"tell:{kind}:{id}")


def preference_of(account_id: str) -> Preference:
    """How the person wants to be told; the defaults where they never said. One query."""
    found = Preference.objects.filter(pk=account_id).first()
    return found or Preference(account_id=account_id)


def due(preference: Preference, urgent: bool, now: datetime) -> datetime | None:
    """When a notice of now is told outside of the page; None for never."""
    return rhythm.due_at(
        now,
        rhythm=preference.rhythm,
        urgent=urgent,
        urgent_at_once=preference.urgent_at_once,
        hour=preference.hour,
        weekday=preference.weekday,
        zone=preference.zone or settings.TONLE_TIME_ZONE,
    )


@transaction.atomic
def note_on_page(*, account_id: str, topic: str, link: str, now: datetime, key: str) -> None:
    """As `notify`, for what stands on the page alone: that a channel fails, say."""
    _check(topic, link, None)
    _put(Notice(account_id=account_id, told_at=now), topic, link, now, None, key)


# --- reading -----------------------------------------------------------------------------


def mark_read(*, notice_id: str, actor: Actor, now: datetime) -> str | None:
    """Say that one's own notice was read. Returns where it leads; None if it is not there.

    Raises NotPermitted.
    """
    mine = Notice.objects.filter(pk=notice_id, account_id=own_account(actor))
    found = mine.first()
    if found is None:
        return None
    mine.filter(read_at__isnull=True).update(read_at=now)
    return found.link


def mark_all_read(*, actor: Actor, now: datetime) -> int:
    """Say that all of one's notices were read. Returns how many were not. Raises NotPermitted."""
    mine = Notice.objects.filter(account_id=own_account(actor), read_at__isnull=True)
    return mine.update(read_at=now)


# --- how one wants to be told ------------------------------------------------------------


@transaction.atomic
def save_preference(
    *,
    actor: Actor,
    now: datetime,
    channels: Sequence[str],
    mail: bool,
    rhythm: str,
    urgent_at_once: bool,
    hour: int,
    weekday: int,
    zone: str,
) -> Preference:
    """Store how one wants to be told; what waits already follows it. Raises NotPermitted, Invalid.

    channels: in the order of trying. mail: whether it may be used at all.
    """
    account_id = own_account(actor)
    _check_preference(channels, rhythm, hour, weekday, zone)
    preference, _made = Preference.objects.update_or_create(
        account_id=account_id,
        defaults={
            "channels": list(dict.fromkeys(channels)),
            "mail": mail,
            "rhythm": rhythm,
            "urgent_at_once": urgent_at_once,
            "hour": hour,
            "weekday": weekday,
            "zone": zone,
        },
    )
    untold = Notice.objects.filter(account_id=account_id, told_at__isnull=True)
    for topic in set(untold.values_list("topic", flat=True)):
        at = due(preference, topics.topic(topic).urgent, now)
        if at is not None:
            ask_for_letter({"account": account_id}, at)
    return preference


def own_account(actor: Actor) -> str:
    """The account of somebody who decides about their own messages. Raises NotPermitted."""
    decision = permissions.may_choose_messages(actor)
    if not decision:
        raise NotPermitted(reason=decision)
    return actor.id


def _check_preference(
    channels: Sequence[str], rhythm_: str, hour: int, weekday: int, zone: str
) -> None:
    problems: list[tuple[str, str]] = []
    if not set(channels) <= set(PERSONAL):
        problems.append(("channels", Sentence(N_("Choose from the channels of this node."))))
    if rhythm_ not in rhythm.RHYTHMS:
        problems.append(("rhythm", Sentence(N_("Choose one of the answers."))))
    if not 0 <= hour < 24 or not 0 <= weekday < 7:
        problems.append(("hour", Sentence(N_("Choose an hour and a day of the week."))))
    if zone and zone not in {settings.TONLE_TIME_ZONE, *rhythm.ZONES}:
        problems.append(("zone", Sentence(N_("Choose a time zone from the list."))))
    if problems:
        raise Invalid(problems)


@transaction.atomic
def stop_letters(*, account_id: str, now: datetime) -> bool:
    """End letters by mail, as the link in each of them does. The second call changes nothing.

    Whoever holds the link may: it ends something, shows nothing, and the owner can undo it.
    """
    account = Account.objects.filter(pk=account_id).first()
    if account is None:
        return False
    preference, made = Preference.objects.get_or_create(
        account_id=account_id, defaults={"mail": False}
    )
    if made or preference.mail:
        Preference.objects.filter(pk=account_id).update(mail=False)
        audit.record(
            "letters_stopped", "account", account_id, Actor(account_id), now, subject=account_id
        )
    return True


def new_uuid() -> str:
    """What tells a service that two requests are one."""
    return str(uuid.uuid4())
