"""Who may see and answer a question: for one, and as a filter for lists."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Q

from tonle.desk.models import Question, QuestionCommunity
from tonle.kernel.actors import NODE, SYSTEM, Actor, Role, Scope
from tonle.kernel.decisions import Decision, allow, deny
from tonle.kernel.errors import N_

NOBODY = Q(pk__in=())
BY_ASKER = frozenset({"send_to_contact", "send_to_desk"})
AT_DESK = frozenset({"dismiss", "reopen", "pass_on_to_steward"})


def keeps(actor: Actor) -> bool:
    """Whether the actor answers for the whole node."""
    return any(Role(name, NODE) in actor.roles for name in ("steward", "curator"))


def keeps_any(actor: Actor) -> bool:
    """Whether the actor keeps some desk: the node's, or that of a community."""
    return any(role.name in {"steward", "curator"} for role in actor.roles)


def asks(actor: Actor, question: Question) -> bool:
    return actor.kind == "person" and actor.id != "" and actor.id == question.asked_by


def is_contact(actor: Actor, question: Question) -> bool:
    return actor.kind == "person" and actor.id != "" and actor.id == question.contact


def communities_of(question: Question) -> Sequence[str]:
    return [row.community for row in question.communities.all()]


def at_desk(actor: Actor, question: Question) -> bool:
    """Whether the question lies on a desk of the actor's."""
    return keeps(actor) or any(
        actor.has("curator", Scope("community", id)) for id in communities_of(question)
    )


def _by_token(actor: Actor, scope: str) -> bool:
    """Whether a token is too narrow for it; a session never is."""
    return actor.token_scopes is not None and scope not in actor.token_scopes


def may_answer(actor: Actor, question: Question) -> Decision:
    """The contact of the record, and whoever keeps a desk it lies on, once it is confirmed."""
    if question.state == "asked":
        return deny(N_("This question is not confirmed yet."))
    if is_contact(actor, question) or at_desk(actor, question):
        return allow()
    return deny(N_("Only the record's contact and the curators' desk answer this question."))


def answerable(actor: Actor) -> Q:
    """Twin of `may_answer`."""
    if keeps(actor):
        return ~Q(state="asked")
    found = NOBODY
    if actor.kind == "person" and actor.id:
        found = found | Q(contact=actor.id)
    desks = [
        role.scope.id
        for role in actor.roles
        if role.name == "curator" and role.scope.kind == "community"
    ]
    if desks:
        rows = QuestionCommunity.objects.filter(community__in=desks)
        found = found | Q(pk__in=rows.values("question"))
    return found & ~Q(state="asked")


def may_read(actor: Actor, question: Question) -> Decision:
    """Who asked, and who answers. A stranger comes by the link in a letter instead."""
    return allow() if asks(actor, question) else may_answer(actor, question)


def visible_to(actor: Actor) -> Q:
    """Twin of `may_read`."""
    if actor.kind == "person" and actor.id:
        return answerable(actor) | Q(asked_by=actor.id)
    return answerable(actor)


def may_move(event: str, actor: Actor, question: Question) -> Decision:
    """The permission of the machine."""
    if actor == SYSTEM:
        return allow()
    if event in BY_ASKER:
        # A stranger is let in by the link, and acts as nobody.
        own = asks(actor, question) or (actor.id == "" and question.asked_by == "")
        return allow() if own else deny(N_("Only who asked may do this."))
    if event in AT_DESK and not at_desk(actor, question):
        return deny(N_("Only the curators' desk may do this."))
    return may_answer(actor, question)


def may_keep_desk(actor: Actor) -> Decision:
    """Change offices and calendars."""
    if actor.has("steward") and not _by_token(actor, "curate"):
        return allow()
    return deny(N_("Only a steward of the node may do this."))
