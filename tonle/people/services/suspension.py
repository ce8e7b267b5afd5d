"""Suspending an account for a reason, appealing, and opening it again.

Only a person suspends, never a machine by itself. Whoever is suspended may sign in as far as
the page that says why, and may answer there, once. Their drafts stay as they are, unseen.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.core import signing
from django.db import transaction

from tonle.infra import audit
from tonle.kernel import identifiers
from tonle.kernel.actors import NODE, Actor
from tonle.kernel.errors import N_, Refused
from tonle.kernel.sentences import invalid
from tonle.kernel.text import normalise
from tonle.people import errors, letters, permissions, topics
from tonle.people.models import Account, Suspension
from tonle.people.notices.services import end_notices, notify, notify_holders
from tonle.people.selectors import holders
from tonle.people.services.common import locked_account, require, stay_among_their_own
from tonle.people.services.roles import refuse_last_steward
from tonle.people.services.sessions import end_sessions, end_tokens

MOST_AT_ONCE = 1000  # accounts; a wave of spam is closed in one go
LONGEST = 4000  # characters of a reason, an appeal or an answer
LINK_LIFE_S = 3600  # seconds for which the page behind the sign-in stays readable
_SALT = "tonle.people.suspension"


@transaction.atomic
def suspend_accounts(
    *, accounts: Sequence[str], reason: str, actor: Actor, now: datetime
) -> list[Suspension]:
    """Close accounts until somebody opens them again: all of them, or on any refusal none.

    accounts: their ids; one that is suspended already stays as it is. reason: what their
    owners read. Sessions and tokens end at once. Returns the suspensions that hold now.
    Raises NoSuchAccount, NotPermitted, Refused (the last steward), Invalid.
    """
    text = _words("reason", reason, N_("Say why: the account’s owner reads it, and may answer."))
    wanted = list(dict.fromkeys(accounts))
    if len(wanted) > MOST_AT_ONCE:
        raise invalid("accounts", N_("At most %(limit)s accounts at a time."), limit=MOST_AT_ONCE)
    # In one order, so that two curators closing the same wave never wait for each other.
    return [_suspend(locked_account(id), text, actor, now) for id in sorted(wanted)]


def _suspend(account: Account, reason: str, actor: Actor, now: datetime) -> Suspension:
    require(permissions.may_suspend(actor, account, now))
    stay_among_their_own(actor, account)
    held = _open_suspension(account.pk)
    if held is not None:
        return held
    refuse_last_steward(account, now)
    made = Suspension.objects.create(
        id=identifiers.mint(),
        account=account,
        reason=reason,
        suspended_by=actor.id,
        suspended_at=now,
    )
    account.is_active = False
    account.save(update_fields=["is_active"])
    end_sessions(account)
    end_tokens(account, now)
    letters.ask_for(account, "suspended", now)
    audit.record(
        "account_suspended",
        "account",
        account.pk,
        actor,
        now,
        {"suspension": made.id},
        personal={"reason": reason},
        subject=account.pk,
    )
    return made


@transaction.atomic
def restore_account(
    *, account_id: str, actor: Actor, now: datetime, answer: str = ""
) -> Suspension | None:
    """Open a suspended account again. None where it was not suspended (any more).

    answer: what the owner is told, also to an appeal. Raises NoSuchAccount, NotPermitted.
    """
    account = locked_account(account_id)
    held = _open_suspension(account_id)
    if held is None:
        return None
    require(permissions.may_restore(actor, held))
    return _lift(account, held, normalise(answer).strip()[:LONGEST], actor, now)


def _lift(
    account: Account, held: Suspension, answer: str, actor: Actor, now: datetime
) -> Suspension:
    held.lifted_at, held.lifted_by = now, actor.id
    if held.appealed_at is not None and held.answered_at is None:
        held.answered_at, held.answered_by, held.answer = now, actor.id, answer
    held.save()
    end_notices(about=_about(held), now=now, topics=[topics.APPEAL.name])
    account.is_active = True
    account.save(update_fields=["is_active"])
    notify(account_id=account.pk, topic=topics.RESTORED.name, link="/me", now=now)
    letters.ask_for(account, "restored", now)
    data = {"suspension": held.id}
    audit.record("account_restored", "account", account.pk, actor, now, data, subject=account.pk)
    return held


# --- the appeal --------------------------------------------------------------------------


def appeal_link(account: Account) -> str | None:
    """A signed path to the page that says why; None where the account is not suspended.

    Given out only after the account's password, passkey or provider was accepted.
    """
    held = _open_suspension(account.pk)
    return f"/accounts/suspended/{signing.dumps(held.id, salt=_SALT)}" if held else None


def suspension_behind(signed: str, now: datetime) -> Suspension:
    """The suspension a signed path leads to. Raises NoSuchSuspension for any other path."""
    try:
        id = signing.loads(signed, salt=_SALT, max_age=LINK_LIFE_S)
    except signing.BadSignature:
        raise errors.NoSuchSuspension from None
    found = Suspension.objects.filter(pk=id, lifted_at__isnull=True).first()
    if found is None or found.suspended_at > now:
        raise errors.NoSuchSuspension
    return found


def may_appeal(suspension: Suspension) -> bool:
    """Whether its owner has not answered yet."""
    return suspension.lifted_at is None and suspension.appealed_at is None


@transaction.atomic
def appeal(*, signed: str, text: str, now: datetime) -> Suspension:
    """The owner's answer, once; the stewards are told. The same words again change nothing.

    Raises NoSuchSuspension, Refused, Invalid.
    """
    found = suspension_behind(signed, now)
    words = _words("text", text, N_("Say in your words why this is wrong."))
    held = Suspension.objects.select_for_update().get(pk=found.pk)
    if held.appeal == words:
        return held
    if not may_appeal(held):
        raise Refused([errors.APPEALED_ALREADY])
    held.appeal, held.appealed_at = words, now
    held.save(update_fields=["appeal", "appealed_at"])
    owner = Actor(held.account_id)
    audit.record(
        "suspension_appealed",
        "account",
        held.account_id,
        owner,
        now,
        {"suspension": held.id},
        personal={"appeal": words},
        subject=held.account_id,
    )
    notify_holders(
        role="steward",
        topic=topics.APPEAL.name,
        link="/steward/appeals",
        now=now,
        key=held.id,
        about=_about(held),
    )
    return held


def _about(held: Suspension) -> str:
    return f"suspension/{held.id}"


@transaction.atomic
def decide_appeal(
    *, suspension_id: str, lift: bool, answer: str, actor: Actor, now: datetime
) -> Suspension:
    """Answer an appeal: the account opens again, or the suspension stands.

    Raises NoSuchSuspension, NotPermitted (also to who suspended, where there is another
    steward), Refused (nothing waits), Invalid (no answer).
    """
    found = Suspension.objects.select_for_update().filter(pk=suspension_id).first()
    if found is None or not permissions.may_read_suspension(actor, found):
        raise errors.NoSuchSuspension
    stewards = len(holders(role="steward", scope=NODE, now=now))
    require(permissions.may_decide_appeal(actor, found, stewards))
    words = _words("answer", answer, N_("Say why you decide so: the account’s owner reads it."))
    if found.appealed_at is None or found.answered_at is not None or found.lifted_at is not None:
        raise Refused([errors.NOTHING_TO_ANSWER])
    if lift:
        return _lift(locked_account(found.account_id), found, words, actor, now)
    found.answer, found.answered_by, found.answered_at = words, actor.id, now
    found.save(update_fields=["answer", "answered_by", "answered_at"])
    end_notices(about=_about(found), now=now, topics=[topics.APPEAL.name])
    letters.ask_for(found.account, "appeal_answered", now)
    audit.record(
        "suspension_upheld",
        "account",
        found.account_id,
        actor,
        now,
        {"suspension": found.id},
        subject=found.account_id,
    )
    return found


def _open_suspension(account_id: str) -> Suspension | None:
    return Suspension.objects.filter(account_id=account_id, lifted_at__isnull=True).first()


def _words(field: str, text: str, missing: str) -> str:
    words = normalise(text).strip()
    if not words:
        raise invalid(field, missing)
    if len(words) > LONGEST:
        raise invalid(
            field, N_("This is too long: at most %(limit)s characters are kept."), limit=LONGEST
        )
    return words
