"""From notices to letters, and from letters to channels: the jobs that do it.

`people.tell` gathers what waits for somebody into one letter. `people.send` hands one letter
to one channel and decides what comes next: done, the same channel later, or the next one.
Each step is its own job, asked for in the transaction that notes the one before, and
`run.complete()` stands in that transaction, too: a letter moves on exactly once, whoever
crashes. What cannot be made exact is the moment between a service's taking of a message and
our noting it. A crash then sends it again, with the same key: LINE knows it and sends it
once, a mail has the same Message-ID; Telegram, SMS and robots have nothing of the kind, and
a message twice is better than none.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.crypto import get_random_string, salted_hmac

from tonle.infra import crash, jobs
from tonle.infra.messaging import Channel, Delivered, Failed, Outcome, Reason, channel, robot
from tonle.infra.messaging.segments import segments
from tonle.kernel.errors import N_
from tonle.people.models import Account
from tonle.people.notices import services
from tonle.people.notices.models import (
    ChannelAddress,
    ChannelState,
    Letter,
    Notice,
    Preference,
    Robot,
    new_id,
)
from tonle.people.notices.telling import CODE_MINUTES, message_of
from tonle.people.notices.topics import Topic, topic
from tonle.people.selectors import has_verified_email

SEND_JOB = "people.send"
QUEUE = "messages"

MOST_TRIES = 5
FIRST_WAIT = timedelta(seconds=30)  # Then four times as long each: 30 s, 2 min, 8 min, 32 min.
FAILURES_BEFORE_REST = 3

CHANNEL_FAILED = Topic(
    "people.channel_failed",
    N_("Messages"),
    N_("One of your channels does not reach you any more. See which, and why."),
)

crash.declare(
    "messages.handed_over",
    "A message that a service took and that was not noted is sent again with the same key.",
)


# --- gathering ---------------------------------------------------------------------------


@jobs.handler(services.TELL_JOB, queue=QUEUE, max_attempts=8)
def tell(run: jobs.Run, now: datetime) -> None:
    """Make one letter of everything that waits for somebody and was not told yet."""
    with transaction.atomic():
        recipient = _locked_recipient(run.payload)
        if recipient is not None:
            _tell(recipient, now)
        run.complete()


def _locked_recipient(payload: dict[str, Any]) -> Account | Robot | None:
    """Who is told; locked, or two runs for one recipient would both gather the same."""
    if "robot" in payload:
        return Robot.objects.select_for_update().filter(pk=payload["robot"]).first()
    # no_key: rows that point to the account may still be written meanwhile.
    accounts = Account.objects.select_for_update(no_key=True)
    return accounts.filter(pk=payload["account"]).first()


def _tell(recipient: Account | Robot, now: datetime) -> None:
    account = recipient if isinstance(recipient, Account) else None
    robot = recipient if isinstance(recipient, Robot) else None
    waiting = Notice.objects.filter(told_at__isnull=True, account=account, robot=robot)
    # What was read on the page meanwhile needs no letter.
    notices = list(waiting.filter(read_at__isnull=True).order_by("created_at", "pk"))
    if account is not None and notices:
        at = _due(account.pk, notices) if account.is_active else None
        if at is not None and at > now:
            # They chose another hour since; the job comes again then.
            services.ask_for_letter({"account": account.pk}, at)
            return
        notices = notices if at is not None else []
    letter = None
    if notices:
        items = [{"topic": n.topic, "data": n.data, "link": n.link} for n in notices]
        letter = write(now, items=items, account=account, robot=robot)
    Notice.objects.filter(pk__in=[n.pk for n in notices]).update(letter=letter)
    waiting.update(told_at=now)


def _due(account_id: str, notices: list[Notice]) -> datetime | None:
    """When the first of them is due; None where the person wants none outside of the page."""
    preference = services.preference_of(account_id)
    all_due = [services.due(preference, topic(n.topic).urgent, n.created_at) for n in notices]
    return min((at for at in all_due if at is not None), default=None)


def write(
    now: datetime,
    *,
    account: Account | None = None,
    robot: Robot | None = None,
    kind: str = "waits",
    only: str = "",
    items: list[dict[str, Any]] | None = None,
) -> Letter:
    """Put a letter on its way, in the caller's transaction."""
    letter = Letter.objects.create(
        account=account,
        robot=robot,
        kind=kind,
        only=only,
        items=items or [],
        sent_key=services.new_uuid(),
        created_at=now,
    )
    _go_on(letter, now)
    return letter


def _go_on(letter: Letter, at: datetime, *, placed: bool = False) -> None:
    jobs.enqueue(SEND_JOB, {"letter": letter.pk, "placed": placed}, run_at=at)


# --- sending -----------------------------------------------------------------------------


@dataclass(frozen=True)
class _Step:
    """One try: a letter, a channel, where to, and the code that it carries, if any."""

    letter: Letter
    name: str
    channel: Channel
    to: str
    address: ChannelAddress | None = None
    code: str = ""


@jobs.handler(SEND_JOB, queue=QUEUE, max_attempts=8, lease_seconds=90)
def send(run: jobs.Run, now: datetime) -> None:
    """Try one channel once. Three parts: decide, ask the service, note what came of it."""
    with transaction.atomic():
        step = _decide(run, now)
        if step is None:
            run.complete()
            return
        # The lease begins anew: asking takes at most a third of it.
        run.checkpoint(run.progress)
    message = message_of(step.letter, *_reads(step.letter), code=step.code)
    refused = _over_budget(step, message.short(), now)
    outcome = refused or step.channel.send(step.to, message, key=step.letter.sent_key)
    crash.point("messages.handed_over")
    with transaction.atomic():
        _note(step, outcome, run.now(), begun=now)
        run.complete()


def _reads(letter: Letter) -> tuple[str, str]:
    """Language and writing of whoever gets the letter, as they are kept."""
    if letter.robot:
        return letter.robot.language, ""
    return (letter.account.language, letter.account.writing) if letter.account else ("", "")


def _decide(run: jobs.Run, now: datetime) -> _Step | None:
    """What to try now; None where there is nothing to try, or not yet."""
    letter = (
        Letter.objects.select_for_update(of=("self",))
        .select_related("account", "robot")
        .filter(pk=run.payload["letter"], state=Letter.WAITING)
        .first()
    )
    if letter is None:
        return None
    step = _next_step(letter)
    if step is None:
        letter.state, letter.ended_at = Letter.FAILED, now
        letter.save(update_fields=["state", "ended_at"])
        return None
    at = _place(step, now, placed=bool(run.payload.get("placed")))
    if at > now:
        _go_on(letter, at, placed=True)
        return None
    letter.channel = step.name
    letter.tries[step.name] = letter.tries.get(step.name, 0) + 1
    letter.save(update_fields=["channel", "tries"])
    return _with_code(step, now)


def _place(step: _Step, now: datetime, *, placed: bool) -> datetime:
    """When this channel may be used for it: each letter takes one place in the channel's queue.

    So a thousand letters are spaced without meeting each other again and again. placed: it
    holds a place that has come; only a service that asked to wait still holds it back.
    """
    state = locked_state(step.name)
    if state.paused_until is not None and state.paused_until > now:
        return state.paused_until
    if placed:
        return now
    at = max(now, state.next_at) if state.next_at is not None else now
    state.next_at = at + timedelta(seconds=step.channel.interval_seconds)
    state.save(update_fields=["next_at"])
    return at


def locked_state(name: str) -> ChannelState:
    """How a channel fares, locked until the transaction ends."""
    ChannelState.objects.bulk_create([ChannelState(name=name)], ignore_conflicts=True)
    return ChannelState.objects.select_for_update().get(pk=name)


def _next_step(letter: Letter) -> _Step | None:
    if letter.robot is not None:
        name = robot_state(letter.robot)
        found = robot(letter.robot.kind, letter.robot.secret)
        worn_out = name in letter.failed or letter.tries.get(name, 0) >= MOST_TRIES
        if found is None or worn_out:
            return None
        return _Step(letter, name, found, letter.robot.url)
    if letter.account is None or not letter.account.is_active:
        return None
    preference = services.preference_of(letter.account.pk)
    wanted = [letter.only] if letter.only else _order(preference)
    addresses = {a.channel: a for a in ChannelAddress.objects.filter(account=letter.account)}
    for name in wanted:
        found = channel(name)
        # As often as it may be tried, or by a worker that died each time: the next one.
        if name in letter.failed or letter.tries.get(name, 0) >= MOST_TRIES or found is None:
            continue
        address = addresses.get(name)
        to = _usable(letter, name, address)
        if to:
            return _Step(letter, name, found, to, address)
    return None


def _order(preference: Preference) -> list[str]:
    """The channels in the order of trying: those chosen, then mail, unless it was stopped."""
    wanted = [name for name in preference.channels if name != "mail" or preference.mail]
    return list(dict.fromkeys([*wanted, *(["mail"] if preference.mail else [])]))


def _usable(letter: Letter, name: str, address: ChannelAddress | None) -> str:
    """Where the channel reaches the person, or "" where it must not be used."""
    if name == "mail":
        assert letter.account is not None  # noqa: S101 # Chosen by the caller; for the types.
        email = letter.account.email
        resting = address is not None and not address.works() and address.address == email
        return "" if resting or not has_verified_email(letter.account.pk) else email
    if address is None:
        return ""
    proving = letter.kind == "code" and address.verified_at is None
    return address.address if proving or address.works() else ""


def robot_state(found: Robot) -> str:
    """The name under which a robot's state is kept."""
    return f"robot:{found.pk}"


def _with_code(step: _Step, now: datetime) -> _Step:
    """The step with a fresh code, where the letter is to prove the address it goes to.

    Made now and not when it was asked for: so no job and no letter ever holds it.
    """
    if step.letter.kind != "code" or step.address is None:
        return step
    code = get_random_string(6, "0123456789")
    step.address.code_sha256 = digest_of_code(code)
    step.address.code_expires_at = now + timedelta(minutes=CODE_MINUTES)
    step.address.code_tries = 0
    step.address.save(update_fields=["code_sha256", "code_expires_at", "code_tries"])
    return _Step(step.letter, step.name, step.channel, step.to, step.address, code)


def digest_of_code(code: str) -> str:
    """What is stored of a code. Keyed: six digits are soon tried through by a thief of rows."""
    normal = code.strip().upper()
    return salted_hmac("tonle.people.codes", normal, algorithm="sha256").hexdigest()


def _over_budget(step: _Step, text: str, now: datetime) -> Failed | None:
    """Book what an SMS will cost; a refusal where the month's budget does not hold it."""
    if step.name != "sms":
        return None
    cost, month = segments(text), f"{now:%Y-%m}"
    with transaction.atomic():
        state = locked_state(step.name)
        spent = state.segments if state.month == month else 0
        most = settings.TONLE_SMS_MONTHLY
        if most and spent + cost > most:
            return Failed(Reason.QUOTA, permanent=True)
        state.month, state.segments = month, spent + cost
        state.save(update_fields=["month", "segments"])
    return None


# --- noting ------------------------------------------------------------------------------


def _note(step: _Step, outcome: Outcome, now: datetime, *, begun: datetime) -> None:
    """Store what came of a try, and ask for the next one: another channel at once, else later."""
    letter = Letter.objects.select_for_update().get(pk=step.letter.pk)
    state = locked_state(step.name)
    if isinstance(outcome, Delivered):
        letter.state, letter.ended_at = Letter.DELIVERED, now
        letter.segments = outcome.segments
        letter.save(update_fields=["state", "ended_at", "segments"])
        state.ok_at, state.failures = now, 0
        state.save(update_fields=["ok_at", "failures"])
        _well(step)
        return
    if not outcome.reason.of_the_address or letter.robot_id:
        state.failed_at, state.reason = now, outcome.reason.code
        state.failures += 1
    if outcome.retry_after is not None:
        state.paused_until = now + timedelta(seconds=max(1.0, outcome.retry_after))
    state.save(update_fields=["failed_at", "reason", "failures", "paused_until"])
    tries = letter.tries.get(step.name, 1)
    if outcome.permanent or tries >= MOST_TRIES:
        letter.failed[step.name] = outcome.reason.code
        letter.save(update_fields=["failed"])
        _ill(step, outcome, now)
        _go_on(letter, begun)
    else:
        wait = FIRST_WAIT * 4 ** (tries - 1)
        _go_on(letter, max(now + wait, state.paused_until or now))


def _well(step: _Step) -> None:
    if step.address is not None and step.letter.kind != "code":
        ChannelAddress.objects.filter(pk=step.address.pk).update(failures=0, reason="")


def _ill(step: _Step, failed: Failed, now: datetime) -> None:
    """Note at the person's address that a letter could not go there, and tell them on the page.

    An address that will never work rests at once; another after three letters in a row, so
    that a service out of order for an hour costs nobody their channel.
    """
    account = step.letter.account
    if account is None:
        return
    address = step.address
    if address is None:
        address, _made = ChannelAddress.objects.get_or_create(
            account=account,
            channel=step.name,
            defaults={"id": new_id(), "created_at": now, "verified_at": now},
        )
    if step.name == "mail":
        address.address = step.to
    address.failures += 1
    address.reason = failed.reason.code
    of_us = failed.reason in {Reason.CLOSED, Reason.KEY, Reason.QUOTA, Reason.ABSENT}
    too_often = address.failures >= FAILURES_BEFORE_REST and not of_us
    if failed.reason.of_the_address or too_often:
        address.resting_since = address.resting_since or now
    address.save(update_fields=["address", "failures", "reason", "resting_since"])
    if step.letter.kind == "waits":
        services.note_on_page(
            account_id=account.pk,
            topic=CHANNEL_FAILED.name,
            link="/me/channels",
            now=now,
            # Once a week at most: it is about the channel, not about each letter.
            key=f"{step.name}:{now:%G-%V}",
        )


# --- tidying -----------------------------------------------------------------------------

KEPT = timedelta(days=180)
LONGEST_WAY = timedelta(days=4)
SHOWN = timedelta(days=30)  # failed letters, on the steward’s page


@jobs.handler("people.tidy_notices", max_attempts=3)
def tidy(run: jobs.Run, now: datetime) -> None:
    """Forget what is long done: letters, notices that were read, codes that nobody used."""
    old = now - KEPT
    # A letter is on its way for hours, not days: this one lost its job, by a fault of ours.
    Letter.objects.filter(state=Letter.WAITING, created_at__lt=now - LONGEST_WAY).update(
        state=Letter.FAILED, ended_at=now
    )
    Letter.objects.filter(created_at__lt=old).exclude(state=Letter.WAITING).delete()
    Notice.objects.filter(account__isnull=False, read_at__lt=old).delete()
    Notice.objects.filter(account__is_active=False, created_at__lt=old).delete()
    Notice.objects.filter(robot__isnull=False, told_at__lt=now - timedelta(days=30)).delete()
    ChannelAddress.objects.filter(
        verified_at__isnull=True, created_at__lt=now - timedelta(days=7)
    ).delete()
    run.checkpoint(None)


jobs.cron("people.tidy_notices", every_seconds=jobs.DAY, offset_seconds=19 * 3600)
