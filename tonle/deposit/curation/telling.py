"""Who is told what: that something waits, and where. Never what it says."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse

from tonle.deposit.curation.models import Submission
from tonle.kernel.actors import NODE, Scope
from tonle.people import public as people


def depositor(submission: Submission, topic: str, now: datetime, link: str = "") -> None:
    """Tell the depositor that there is something to read. In the caller's transaction."""
    people.notify(
        account_id=submission.depositor,
        topic=topic,
        link=link or f"/deposit/{submission.id}",
        now=now,
        data={"kind": submission.kind},
        key=f"{topic}/{submission.id}/{submission.state_seq}",
    )


def curators(submission: Submission, topic: str, now: datetime) -> None:
    """Tell those who could take it on: the community's curators, and the node's.

    Of newcomers' deposits once a day, however many come: a wave of spam must not bury the
    messages that matter.
    """
    link = reverse("deposit:review", args=[submission.id])
    key = f"{topic}/{submission.id}/{submission.state_seq}"
    if submission.newcomer and topic == "deposit.handed_in":
        link = reverse("deposit:queue") + "?tab=newcomers"
        key = f"{topic}/newcomers/{now.date().isoformat()}"
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
            data={"kind": submission.kind},
            key=key,
            but=submission.depositor,
        )


def whoever_has_it(submission: Submission, topic: str, now: datetime) -> None:
    """Tell the curator who took it on; while nobody did, nobody is disturbed."""
    if submission.curator:
        people.notify(
            account_id=submission.curator,
            topic=topic,
            link=reverse("deposit:review", args=[submission.id]),
            now=now,
            data={"kind": submission.kind},
            key=f"{topic}/{submission.id}/{submission.state_seq}/{now.isoformat()}",
        )
