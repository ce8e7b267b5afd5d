"""Who reviews for a panel: let in by a link, in their own words, let go."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction

from tonle.funding.models import Call, CallText, Review, Reviewer, ReviewerLink
from tonle.funding.panels import permissions
from tonle.funding.panels.loading import Panel, panel_of
from tonle.funding.panels.services.conflicts import look
from tonle.funding.rules import panels
from tonle.funding.rules.machines import REVIEW
from tonle.infra import audit
from tonle.infra.idempotency import IdempotencyKey, once
from tonle.infra.lifecycle import perform
from tonle.infra.secret_links import digest_of, secret_of
from tonle.kernel import codes, identifiers
from tonle.kernel.actors import SYSTEM, Actor
from tonle.kernel.errors import N_, NotFound, NotPermitted, Refusal, Refused
from tonle.kernel.identifiers import normalise
from tonle.kernel.sentences import invalid
from tonle.kernel.text import normalise as plain
from tonle.kernel.text import one_line
from tonle.people import public as people

_PURPOSE: Final = "tonle.funding.reviewer_link"
SUBJECT: Final = "call"
LIVES: Final = timedelta(days=30)
MOST_LINKS: Final = 200
MOST_REVIEWERS: Final = 3_000
MOST_PROPOSALS: Final = 100
_LONGEST: Final = 300
_MOST_WORDS: Final = 5_000


@dataclass(frozen=True)
class Profile:
    """What a reviewer says of themselves. country: ISO 3166-1 alpha-3; themes: of the call.

    organisation: id on this node, ror: ROR iD, "" for none. knows: what they know, in any
    language. most: how many proposals they take at most.
    """

    name: str
    country: str
    institution: str
    knows: str
    most: int
    themes: tuple[str, ...] = ()
    organisation: str = ""
    ror: str = ""


def make_link(
    *,
    call_id: str,
    panel: str,
    side: str = "",
    label: str = "",
    actor: Actor,
    now: datetime,
    key: IdempotencyKey | None = None,
) -> tuple[ReviewerLink, str]:
    """A link that lets one reviewer in, and its secret. The node mails nobody.

    side: slug of the party whose country they count for, "" for none.
    Raises NotFound, NotPermitted, Invalid, Refused.
    """
    note = one_line(label)[:100]

    def work() -> str:
        found = panel_of(call_id, panel, actor)
        if side and side not in found.organisations:
            raise invalid("side", N_("Choose one of the parties."))
        if not permissions.lets_in(actor, panel, side, found.organisations):
            raise NotPermitted(reason=N_("Officers let reviewers of their own side in."))
        living = ReviewerLink.objects.filter(
            call=found.call, panel=panel, used_at=None, revoked_at=None, expires_at__gt=now
        )
        if living.count() >= MOST_LINKS:
            raise Refused(
                [Refusal("too_many_links", N_("There are many links already. Revoke one first."))]
            )
        name = identifiers.mint()
        ReviewerLink.objects.create(
            id=name, call=found.call, panel=panel, side=side,
            secret_sha256=digest_of(secret_of(_PURPOSE, name)), label=note,
            made_by=actor.id, made_at=now, expires_at=now + LIVES,
        )  # fmt: skip
        said = {"link": name, "panel": panel, "side": side}
        audit.record("funding.reviewer_link", SUBJECT, found.call.id, actor, now, said)
        return name

    asked = {"reviewer_link": call_id, "panel": panel, "side": side, "label": note}
    with transaction.atomic():
        link = ReviewerLink.objects.get(id=once(actor, key, asked, now, work))
    return link, secret_of(_PURPOSE, link.id)


def revoke_link(*, link_id: str, actor: Actor, now: datetime) -> None:
    """Let a link lead nowhere from now on. Twice is once. Raises NotFound, NotPermitted."""
    with transaction.atomic():
        link = ReviewerLink.objects.select_for_update(of=("self",)).filter(id=link_id).first()
        if link is None:
            raise NotFound
        found = panel_of(link.call.id, link.panel, actor)
        if not permissions.lets_in(actor, link.panel, link.side, found.organisations):
            raise NotPermitted(reason=N_("Officers let reviewers of their own side in."))
        if link.revoked_at is None and link.used_at is None:
            link.revoked_at = now
            link.save(update_fields=["revoked_at"])
            said = {"link": link.id}
            audit.record("funding.reviewer_link_revoked", SUBJECT, link.call.id, actor, now, said)


def link_of(secret: str, now: datetime) -> ReviewerLink:
    """A link that still leads in. Unknown, expired, revoked and spent are one answer: NotFound."""
    if not 20 <= len(secret) <= 100:
        raise NotFound
    link = (
        ReviewerLink.objects.select_related("call")
        .filter(secret_sha256=digest_of(secret), used_at=None, revoked_at=None, expires_at__gt=now)
        .first()
    )
    if link is None:
        raise NotFound
    return link


def join(*, secret: str, profile: Profile, actor: Actor, now: datetime) -> Reviewer:
    """Become a reviewer by a link, which is spent. Who is one of the call already stays as they
    are. Raises NotFound, NotPermitted, Invalid, Refused.
    """
    if actor.kind != "person" or not actor.id or actor.token_scopes is not None:
        raise NotPermitted(reason=N_("Sign in to review."))
    with transaction.atomic():
        link = link_of(secret, now)
        # Under the lock: two who follow one link at once are not both let in.
        call = Call.objects.select_for_update().get(pk=link.call_id)
        link = link_of(secret, now)
        before = Reviewer.objects.filter(call=call, account=actor.id).first()
        if before is not None and before.left_at is None:
            return before
        if Reviewer.objects.filter(call=call).count() >= MOST_REVIEWERS:
            raise Refused([Refusal("too_many_reviewers", N_("This call has many reviewers."))])
        clean = _checked(profile, _text(call))
        if before is not None:
            row = before
            row.left_at = None
        else:
            person = people.own_person(actor)
            row = Reviewer(
                id=identifiers.mint(), call=call, account=actor.id, joined_at=now,
                orcid=person.orcid if person is not None else "",
            )  # fmt: skip
        row.panel, row.side = link.panel, link.side
        _say(row, clean)
        row.save()
        link.used_at = now
        link.save(update_fields=["used_at"])
        said = {"link": link.id, "reviewer": row.id}
        audit.record("funding.reviewer_joined", SUBJECT, call.id, actor, now, said)
        look(call, now, reviewers=[row])
    return row


def change(*, reviewer_id: str, profile: Profile, actor: Actor, now: datetime) -> Reviewer:
    """Say something else of oneself; conflicts are looked for anew. Raises NotFound, Invalid."""
    with transaction.atomic():
        row = _own(reviewer_id, actor)
        _say(row, _checked(profile, _text(row.call)))
        row.save()
        audit.record(
            "funding.reviewer_changed", SUBJECT, row.call.id, actor, now, {"reviewer": row.id}
        )
        look(row.call, now, reviewers=[row])
    return row


def leave(*, reviewer_id: str, actor: Actor, now: datetime) -> None:
    """Review no more in this call, oneself or let go by who runs the panel; what was handed in
    stays. Twice is once. Raises NotFound, NotPermitted."""
    with transaction.atomic():
        row = (
            Reviewer.objects.select_for_update(of=("self",))
            .select_related("call")
            .filter(id=reviewer_id)
            .first()
        )
        if row is None:
            raise NotFound
        if not (permissions.reviews(actor) and row.account == actor.id):
            panel = panel_of(row.call.id, row.panel, actor)
            if not panel.is_run_by(actor):
                raise NotPermitted(reason=N_("Only who runs the panel does this."))
        if row.left_at is None:
            row.left_at = now
            row.save(update_fields=["left_at"])
            for review in row.reviews.filter(state__in=("asked", "accepted")).order_by("key"):
                perform(REVIEW, review, "release", SYSTEM, now)
            audit.record(
                "funding.reviewer_left", SUBJECT, row.call.id, actor, now, {"reviewer": row.id}
            )


def erase(account_id: str, _actor: Actor, now: datetime) -> None:
    """What is kept of an account that is erased: the name under which somebody judged, as long
    as the call is in the archive; nothing of who asked to review and never did."""
    mine = Reviewer.objects.filter(account=account_id)
    judged = Review.objects.filter(reviewer__in=mine, state="submitted").values("reviewer")
    for row in mine.exclude(pk__in=judged):
        for review in row.reviews.filter(state__in=("asked", "accepted")):
            perform(REVIEW, review, "release", SYSTEM, now)
        row.reviews.update(scores={}, words={}, aside="")
        row.conflicts.all().delete()
        Reviewer.objects.filter(pk=row.pk).update(
            name="–", institution="–", orcid="", ror="", organisation="", knows="", left_at=now
        )
    mine.update(account="", left_at=now)
    ReviewerLink.objects.filter(made_by=account_id, used_at=None).update(revoked_at=now)


def may_let_in(panel: Panel, actor: Actor) -> tuple[str, ...]:
    """The sides of which the actor lets reviewers in; "" for none's."""
    every = ("", *panel.organisations) if panel.slug == panels.JOINT else (panel.slug,)
    if panel.slug and panel.text["mode"] == "lead_agency":
        every = ("", *panel.organisations)
    return tuple(
        one for one in every if permissions.lets_in(actor, panel.slug, one, panel.organisations)
    )


def _own(reviewer_id: str, actor: Actor) -> Reviewer:
    rows = Reviewer.objects.select_for_update(of=("self",)).select_related("call")
    row = rows.filter(id=reviewer_id, account=actor.id, left_at=None).first()
    if row is None or not permissions.reviews(actor):
        raise NotFound
    return row


def _text(call: Call) -> Mapping[str, Any]:
    document: Mapping[str, Any] = CallText.objects.get(call=call, state="agreed").document
    return document


def _say(row: Reviewer, said: Profile) -> None:
    row.name, row.country, row.institution = said.name, said.country, said.institution
    row.organisation, row.ror, row.knows = said.organisation, said.ror, said.knows
    row.themes, row.most = list(said.themes), said.most


def _checked(said: Profile, text: Mapping[str, Any]) -> Profile:
    """As it is kept. Raises Invalid."""
    name, institution = one_line(said.name), one_line(said.institution)
    knows = plain(said.knows)
    if not 1 <= len(name) <= _LONGEST:
        raise invalid("name", N_("Write the name."))
    if not 1 <= len(institution) <= _LONGEST:
        raise invalid("institution", N_("Write the name of the institution."))
    if said.country not in {str(one.data["alpha3"]) for one in codes.codes("countries").values()}:
        raise invalid("country", N_("Choose the country."))
    if not 1 <= len(knows) <= _MOST_WORDS:
        raise invalid("knows", N_("Say what you know, in up to 5,000 characters."))
    if not 1 <= said.most <= MOST_PROPOSALS:
        raise invalid("most", N_("Write how many you take: 1 to 100."))
    themes = {one["id"] for one in text["themes"]}
    if said.organisation and people.organisation(said.organisation) is None:
        raise invalid("organisation", N_("There is no such organisation here."))
    ror = normalise("ror", said.ror) if said.ror.strip() else ""
    chosen = tuple(dict.fromkeys(one for one in said.themes if one in themes))
    return Profile(
        name, said.country, institution, knows, said.most, chosen, said.organisation, ror
    )
