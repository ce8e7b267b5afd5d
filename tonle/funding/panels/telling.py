"""Who hears what of a review, in the transaction in which it happens. No message names anybody,
nor a proposal: it leads to a page that says what its reader may know."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse

from tonle.funding.models import Review
from tonle.funding.panels import topics
from tonle.funding.rules.panels import address
from tonle.infra.lifecycle import Outcome
from tonle.kernel.actors import Actor
from tonle.people.public import Topic, end_notices, notify

MATTER = "review"


def about(row: Review) -> str:
    return f"{MATTER}/{row.id}"


def of_asking(row: Review, now: datetime) -> None:
    _to_reviewer(row, topics.ASKED, "0", now)


def of_move(row: Review, outcome: Outcome, actor: Actor, now: datetime) -> None:
    """What was asked is answered; who asked, or who was asked, hears what the other did."""
    end_notices(about=about(row), now=now, topics=[topics.ASKED.name, topics.GIVEN_BACK.name])
    if outcome.event == "reopen":
        _to_reviewer(row, topics.GIVEN_BACK, str(outcome.seq), now)
    elif outcome.event == "release" and row.reviewer.account != actor.id:
        _to_reviewer(row, topics.RELEASED, str(outcome.seq), now)
    elif outcome.event in {"decline", "declare"}:
        notify(
            account_id=row.asked_by, topic=topics.REFUSED.name, now=now,
            link=reverse("funding:panel", args=[row.reviewer.call.id, address(row.reviewer.panel)]),
            key=f"{row.id}:{outcome.seq}", about=about(row),
        )  # fmt: skip


def _to_reviewer(row: Review, topic: Topic, key: str, now: datetime) -> None:
    if row.reviewer.account:
        notify(
            account_id=row.reviewer.account, topic=topic.name, now=now,
            link=reverse("funding:review", args=[row.id]), key=f"{row.id}:{key}", about=about(row),
        )  # fmt: skip
