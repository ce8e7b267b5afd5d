"""Who hears what of a proposal, in the transaction in which it happens."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.urls import reverse

from tonle.funding.models import Proposal, ProposalAnswer
from tonle.funding.proposals import permissions, topics
from tonle.funding.rules.proposals import TITLE
from tonle.infra.lifecycle import Outcome
from tonle.kernel.actors import Actor
from tonle.kernel.text import LanguageMap
from tonle.people.public import Topic, end_notices, notify

MATTER = "proposal"


def about(row: Proposal) -> str:
    return f"{MATTER}/{row.id}"


def of_joining(row: Proposal, leader: str, link: str, now: datetime) -> None:
    _tell(row, topics.JOINED, [leader], link, now)


def of_signature(row: Proposal, signer: str, sha256: str, now: datetime) -> None:
    """One has signed: the other investigators are asked to."""
    others = row.people.filter(role__in=permissions.ANSWERING).exclude(account__in=["", signer])
    signed = row.signatures.filter(sha256=sha256).values("account")
    waiting = others.exclude(account__in=signed).values_list("account", flat=True)
    _tell(row, topics.SIGN, waiting, sha256[:16], now)


def of_move(row: Proposal, outcome: Outcome, actor: Actor, now: datetime) -> None:
    """It is submitted, or withdrawn: all of its people hear of it. What offices say of it
    they hear when all is released, and not before."""
    if outcome.event not in {"submit", "withdraw"}:
        return
    everybody = row.people.exclude(account="").values_list("account", flat=True)
    end_notices(about=about(row), now=now, topics=[topics.SIGN.name, topics.SOON.name])
    topic = topics.SUBMITTED if outcome.target == "submitted" else topics.WITHDRAWN
    others = [one for one in everybody if one != actor.id or topic is topics.SUBMITTED]
    _tell(row, topic, others, str(outcome.seq), now)


def of_deadline(row: Proposal, days: int, now: datetime) -> None:
    """The call closes in so many days, and what is written is not submitted: its lead hears it."""
    lead = row.people.filter(role="lead").values_list("account", flat=True)
    _tell(row, topics.SOON, [one for one in lead if one], f"{row.version}:{days}", now)


def names(ids: Sequence[str], actor: Actor, _now: datetime) -> dict[str, LanguageMap]:
    """Titles of the reader's own proposals by id. One query."""
    mine = Proposal.objects.filter(permissions.own(actor), id__in=ids)
    found: dict[str, LanguageMap] = {}
    rows = ProposalAnswer.objects.filter(proposal__in=mine, question=TITLE).exclude(value="")
    for id_, language, value in rows.values_list("proposal__id", "language", "value"):
        found.setdefault(id_, {})[language] = value
    return found


def _tell(row: Proposal, topic: Topic, accounts: Iterable[str], key: str, now: datetime) -> None:
    link = reverse("funding:proposal", args=[row.id])
    for account in dict.fromkeys(accounts):
        notify(
            account_id=account, topic=topic.name, link=link, now=now,
            key=f"{row.id}:{key}", about=about(row),
        )  # fmt: skip
