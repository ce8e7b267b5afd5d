"""What a reviewer does: accept or not, having declared; write; hand in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from django.db import transaction

from tonle.funding.models import Review
from tonle.funding.panels import telling
from tonle.funding.panels.loading import own_review, text_of
from tonle.funding.panels.services import conflicts
from tonle.funding.rules import reviews
from tonle.funding.rules.machines import REVIEW
from tonle.infra.lifecycle import Outcome, perform
from tonle.kernel.actors import Actor
from tonle.kernel.errors import N_, Conflict, NotPermitted, Refusal, Refused
from tonle.kernel.sentences import invalid

_MOST_REASON: Final = 2_000


def accept(*, review_id: str, declares: bool, actor: Actor, now: datetime) -> Outcome:
    """Declare that nothing stands between, and take it on: then the whole proposal is read.

    By a person on a page, never by a token. Raises NotFound, NotPermitted, Invalid, Refused.
    """
    _demand_person(actor)
    if not declares:
        raise invalid("declares", N_("Say that nothing stands between you, or what does."))
    with transaction.atomic():
        row = own_review(review_id, actor)
        return perform(REVIEW, row, "accept", actor, now)


def decline(*, review_id: str, reason: str, actor: Actor, now: datetime) -> Outcome:
    """Not take it on, or give it up; a reason is welcome. Raises NotFound, Refused."""
    with transaction.atomic():
        row = own_review(review_id, actor)
        return perform(REVIEW, row, "decline", actor, now, note=reason.strip()[:_MOST_REASON])


def declare(*, review_id: str, kind: str, reason: str, actor: Actor, now: datetime) -> Outcome:
    """Say what stands between: somebody else is asked. Raises NotFound, Invalid, Refused."""
    _demand_person(actor)
    with transaction.atomic():
        row = own_review(review_id, actor, lock=True)
        conflicts.declared(row, kind, reason, actor, now)
        return perform(REVIEW, row, "declare", actor, now)


def save(
    *,
    review_id: str,
    scores: Mapping[str, str],
    words: Mapping[str, str],
    aside: str,
    edit: int,
    actor: Actor,
) -> Review:
    """Keep what is written so far; it need not be whole.

    scores, words: by criterion, as written; `reviews.ALL` for words on the whole. edit: the
    number of the state that the writer had before them; Conflict where another tab has written
    meanwhile. Raises NotFound, Invalid, Refused.
    """
    with transaction.atomic():
        row = own_review(review_id, actor, lock=True)
        if row.state != "accepted":
            raise Refused([Refusal("not_open", N_("This review cannot be written now."))])
        text = text_of(row)
        criteria = {one["id"]: one for one in text["criteria"]}
        kept = {
            id_: score
            for id_, one in criteria.items()
            if (score := reviews.score(one, scores.get(id_, ""))) is not None
        }
        told = {
            id_: said
            for id_ in (*criteria, reviews.ALL)
            if (said := reviews.said(f"words-{id_}", words.get(id_, "")))
        }
        beside = reviews.said("aside", aside)
        if (row.scores, row.words, row.aside) == (kept, told, beside):
            return row
        if row.edit != edit:
            raise Conflict
        row.scores, row.words, row.aside = kept, told, beside
        row.edit += 1
        row.save(update_fields=["scores", "words", "aside", "edit"])
    return row


def submit(*, review_id: str, edit: int, actor: Actor, now: datetime) -> Outcome:
    """Hand in what is written. Raises NotFound, NotPermitted, Refused; Conflict where it is
    another by now."""
    _demand_person(actor)
    with transaction.atomic():
        row = own_review(review_id, actor, lock=True)
        if row.edit != edit:
            raise Conflict
        # First the instant, which the state demands; a refusal takes both back.
        Review.objects.filter(pk=row.pk).update(submitted_at=now)
        return perform(REVIEW, row, "submit", actor, now)


def after_move(row: Review, outcome: Outcome, actor: Actor, now: datetime) -> None:
    """What is true at the same instant as a move of a review."""
    if outcome.event == "reopen":
        Review.objects.filter(pk=row.pk).update(submitted_at=None)
    telling.of_move(row, outcome, actor, now)


def _demand_person(actor: Actor) -> None:
    if actor.token_scopes is not None:
        raise NotPermitted(reason=N_("Somebody declares and judges on the page. No token does."))
