"""What the guards ask about a submission, looked up only when one asks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import cached_property
from typing import Any

from django.conf import settings
from django.db.models import Q

from tonle.catalogue import public as catalogue
from tonle.deposit import checks
from tonle.deposit.curation.models import Submission
from tonle.kernel import canonical
from tonle.kernel.actors import NODE, Actor, Scope
from tonle.kernel.errors import Refusal
from tonle.people import public as people

REVIEW_ALL = "all"


class Case:
    """One submission as the machine's guards see it. Each attribute costs its query once."""

    def __init__(self, submission: Submission, now: datetime) -> None:
        self._submission = submission
        self._now = now
        self.depositor = submission.depositor
        self.curator = submission.curator
        self.decided_by = submission.decided_by
        self.appeals = submission.appeals

    @cached_property
    def document(self) -> dict[str, Any]:
        body = bytes(self._submission.draft.body)
        return canonical.loads(body) if body else {}

    @cached_property
    def file_count(self) -> int:
        return self._submission.draft.files.count()

    @cached_property
    def draft_state(self) -> str:
        return self._submission.draft.state

    @cached_property
    def mail_verified(self) -> bool:
        return people.has_verified_email(self.depositor)

    @cached_property
    def vouched(self) -> bool:
        return is_vouched(self.depositor, self._now)

    @cached_property
    def may_publish_alone(self) -> bool:
        if settings.TONLE_DEPOSIT_REVIEW == REVIEW_ALL or not self.vouched:
            return False
        community = people.community(self._submission.community)
        return community is None or not community.review_required

    @cached_property
    def undecided(self) -> Sequence[Refusal]:
        return tuple(checks.undecided(self._submission.id))

    def closed_communities(self, decider: Actor) -> list[str]:
        """Communities that the document names and that take it neither from its depositor nor
        from whoever decides about it. Those that the record has already, or that it was begun
        for, were looked at then. Up to three queries for each.
        """
        submission = self._submission
        known = {submission.community, *catalogue.communities_of(submission.draft.record)}
        named = {name: None for name in self.document.get("communities", ()) if name not in known}
        if not named:
            return []
        askers = (people.actor_by_id(self.depositor, self._now), decider)
        return [name for name in named if not any(takes_deposits(name, asker) for asker in askers)]

    @cached_property
    def other_waiting(self) -> int:
        return Submission.objects.filter(
            ~Q(key=self._submission.key),
            depositor=self.depositor,
            state__in=("submitted", "in_review", "appealed"),
        ).count()

    @cached_property
    def other_curators(self) -> bool:
        """Whether anybody but the depositor, or but who declined, could decide."""
        able = set(curators_of(self._submission.community, self._now))
        return bool(able - {self.depositor, self.decided_by})

    @cached_property
    def curator_name(self) -> str:
        return name_of(self.curator)


def facts(submission: Submission, now: datetime) -> dict[str, Any]:
    return {"case": Case(submission, now)}


def curators_of(community: str, now: datetime) -> list[str]:
    """Who may decide about a deposit for this community, or for none. Two or three queries."""
    found = people.holders(role="curator", scope=NODE, now=now)
    found += people.holders(role="steward", scope=NODE, now=now)
    if community:
        found += people.holders(role="curator", scope=Scope("community", community), now=now)
    return sorted(set(found))


def is_vouched(account_id: str, now: datetime) -> bool:
    """Whether somebody vouched for the person, or they look after the node themselves."""
    return people.is_vouched(people.actor_by_id(account_id, now))


def name_of(account_id: str) -> str:
    """What a colleague is called: the name they gave, else their mail address."""
    found = people.known([account_id]).get(account_id)
    return (found.name or found.email) if found else account_id


def takes_deposits(community_id: str, actor: Actor) -> bool:
    """Whether the community is open, and takes what this actor hands in."""
    community = people.community(community_id)
    if community is None or community.pk != community_id or not community.is_open:
        return False
    if community.hand_in == "anyone" or people.curates(actor, community_id):
        return True
    return actor.has("member", Scope("community", community_id))
