"""Who may invite to a role, and see invitations: whoever may give that role there."""

from __future__ import annotations

from django.db.models import Q

from tonle.kernel.actors import Actor, Scope
from tonle.kernel.decisions import Decision, allow, deny
from tonle.people.models import Invitation
from tonle.people.permissions.common import GIVERS, NOBODY, bar
from tonle.people.permissions.roles import givable_by
from tonle.people.rules.roles import gives
from tonle.people.rules.scopes import ROLES


def may_manage_invitation(actor: Actor, invitation: Invitation) -> Decision:
    """See an invitation and withdraw it. Nobody ever sees its link again."""
    if reason := bar(actor, ROLES):
        return deny(reason)
    scope = Scope(invitation.scope_kind, invitation.scope_id)
    own = invitation.invited_by == actor.id
    return allow() if own or gives(actor, invitation.role, scope) else deny(GIVERS)


def invitations_visible_to(actor: Actor) -> Q:
    """Twin of may_manage_invitation."""
    if bar(actor, ROLES):
        return NOBODY
    return Q(invited_by=actor.id) | givable_by(actor)
