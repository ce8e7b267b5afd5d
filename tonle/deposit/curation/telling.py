"""Who is told what: that something waits, and where. Never what it says."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.urls import reverse

from tonle.deposit.curation import permissions
from tonle.deposit.curation.models import Submission
from tonle.deposit.curation.selectors import titles_of
from tonle.infra import days
from tonle.infra.lifecycle import Outcome
from tonle.kernel.actors import NODE, Actor, Scope
from tonle.kernel.text import LanguageMap
from tonle.people import public as people

# What asks somebody to act, and the state in which it does.
_ASKED_IN: Final = {
    "deposit.handed_in": "submitted",
    "deposit.appealed": "appealed",
    "deposit.changes_asked": "changes_asked",
    "deposit.declined": "declined",
}
# What all newcomers' deposits of a day are told of as.
NEWCOMERS: Final = "newcomers/all"


def depositor(submission: Submission, topic: str, now: datetime, link: str = "") -> None:
    """Tell the depositor that there is something to read. In the caller's transaction."""
    people.notify(
        account_id=submission.depositor,
        topic=topic,
        link=link or f"/deposit/{submission.id}",
        now=now,
        key=f"{topic}/{submission.id}/{submission.state_seq}",
        about=_about(submission),
    )


def curators(submission: Submission, topic: str, now: datetime) -> None:
    """Tell those who could take it on: the community's curators, and the node's.

    Of newcomers' deposits once a day, however many come: a wave of spam must not bury the
    messages that matter.
    """
    link = reverse("deposit:review", args=[submission.id])
    key = f"{topic}/{submission.id}/{submission.state_seq}"
    about = _about(submission)
    if submission.newcomer and topic == "deposit.handed_in":
        link = reverse("deposit:queue") + "?tab=newcomers"
        key = f"{topic}/newcomers/{days.day_of(now).isoformat()}"
        about = NEWCOMERS
    scopes = [NODE]
    if submission.community:
        scopes.insert(0, Scope("community", submission.community))
    for scope in scopes:
        people.notify_holders(
            role="curator",
            scope=scope,
            topic=topic,
            link=link,
            now=now,
            key=key,
            but=submission.depositor,
            about=about,
        )


def whoever_has_it(submission: Submission, topic: str, now: datetime) -> None:
    """Tell the curator who took it on; while nobody did, nobody is disturbed."""
    if submission.curator:
        people.notify(
            account_id=submission.curator,
            topic=topic,
            link=reverse("deposit:review", args=[submission.id]),
            now=now,
            key=f"{topic}/{submission.id}/{submission.state_seq}/{now.isoformat()}",
            about=_about(submission),
        )


def after(submission: Submission, outcome: Outcome, actor: Actor, now: datetime) -> None:
    """What was asked of somebody ends with the state that asked it. In the same transaction."""
    del actor
    over = [topic for topic, state in _ASKED_IN.items() if state != outcome.target]
    people.end_notices(about=_about(submission), now=now, topics=over)
    if not submission.newcomer or outcome.source != "submitted":
        return
    # These are told of together, once a day.
    if not Submission.objects.filter(newcomer=True, state="submitted").exists():
        people.end_notices(about=NEWCOMERS, now=now, topics=["deposit.handed_in"])


def names(ids: Sequence[str], actor: Actor, now: datetime) -> dict[str, LanguageMap]:
    """The titles of deposits that the actor may see, by id. Two queries."""
    del now
    rows = Submission.objects.filter(permissions.visible_to(actor), draft__id__in=ids)
    found = rows.select_related("draft__record__document")
    return {one.id: titles_of(one) for one in found}


def _about(submission: Submission) -> str:
    return f"deposit/{submission.id}"
