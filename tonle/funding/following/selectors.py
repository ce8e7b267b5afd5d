"""What somebody follows and keeps; nobody else's is ever found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from tonle.catalogue.public import documents_of, everybodys
from tonle.funding.models import Applicant, FollowedCall
from tonle.funding.rules.answers import read_answers
from tonle.funding.rules.eligibility import Answers, Verdict, read_rules, verdicts
from tonle.funding.rules.opportunities import Opportunity, read_opportunity, status
from tonle.infra import days
from tonle.kernel.actors import Actor
from tonle.kernel.text import LanguageMap


@dataclass(frozen=True)
class Followed:
    """One call that somebody follows. call: None where the record is no longer shown to all.

    found: what its rules say of the follower; None where they keep no answers.
    """

    opportunity: str
    followed_at: datetime
    call: Opportunity | None
    status: str
    found: tuple[Verdict, ...] | None


# In which order they stand: what can be acted on first.
_ORDER = ("closing_soon", "open", "forecast", "unknown", "closed", "archived", "gone")


def followed_calls(*, actor: Actor, now: datetime) -> list[Followed]:
    """The actor's calls: those that close soonest first, those over last. Four queries."""
    if not actor.id:
        return []
    rows = list(FollowedCall.objects.filter(follower=actor.id).order_by("opportunity"))
    shown = documents_of(everybodys([row.opportunity for row in rows], now))
    answers = kept_answers(actor.id)
    found = []
    for row in rows:
        document = shown.get(row.opportunity)
        call = read_opportunity(document) if document is not None else None
        found.append(
            Followed(
                row.opportunity,
                row.followed_at,
                call,
                status(call, now) if call is not None else "gone",
                _judged(answers, call, now) if call is not None else None,
            )
        )

    return sorted(found, key=place)


def place(one: Followed) -> tuple[int, str, str]:
    """Where a call stands among the others; no two have the same."""
    closes = one.call.closes_at if one.call is not None else None
    return (_ORDER.index(one.status), closes.isoformat() if closes else "9", one.opportunity)


def follows(*, opportunity: str, actor: Actor) -> bool:
    """Whether the actor follows it. One query; none for anonymous."""
    if not actor.id or actor.kind != "person":
        return False
    return FollowedCall.objects.filter(follower=actor.id, opportunity=opportunity).exists()


def applicant(*, actor: Actor) -> Applicant | None:
    """What the actor keeps to be judged by. One query."""
    return Applicant.objects.filter(pk=actor.id).first() if actor.id else None


def kept_answers(account_id: str) -> Answers | None:
    """The answers that an account keeps; None for none. One query. Raises Invalid."""
    kept = Applicant.objects.filter(pk=account_id).first()
    return read_answers(kept.answers) if kept is not None else None


def judged(account_id: str, call: Opportunity, now: datetime) -> tuple[Verdict, ...] | None:
    """What the rules of a call say of an account's answers. Raises Invalid."""
    return _judged(kept_answers(account_id), call, now)


def names(ids: Sequence[str], actor: Actor, now: datetime) -> Mapping[str, LanguageMap]:
    """What the actor's followed calls are called, for the page of notices. Three queries."""
    rows = dict(
        FollowedCall.objects.filter(pk__in=ids, follower=actor.id).values_list("id", "opportunity")
    )
    shown = documents_of(everybodys(rows.values(), now))
    return {id_: shown[record]["titles"] for id_, record in rows.items() if record in shown}


def _judged(
    answers: Answers | None, call: Opportunity, now: datetime
) -> tuple[Verdict, ...] | None:
    return (
        None
        if answers is None
        else verdicts(read_rules(call.eligibility), answers, days.day_of(now))
    )
