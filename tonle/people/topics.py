"""What people are told about their accounts and roles."""

from __future__ import annotations

from tonle.kernel.errors import N_
from tonle.people.notices.topics import Topic, register_topic

_ROLES = N_("Your roles")

ROLE_GIVEN = Topic("people.role_given", _ROLES, N_("You were given a role on this node."))
ROLE_TAKEN = Topic("people.role_taken", _ROLES, N_("A role of yours on this node has ended."))
VOUCHED = Topic("people.vouched", _ROLES, N_("Somebody here has vouched for you."))
UNVOUCHED = Topic("people.unvouched", _ROLES, N_("Nobody vouches for you here any more."))
RESTORED = Topic("people.restored", N_("Your account"), N_("Your account is open again."), True)
ACCEPTED = Topic(
    "people.invitation_accepted", N_("Invitations"), N_("An invitation of yours was accepted.")
)
APPEAL = Topic(
    "people.appeal",
    N_("Appeals"),
    N_("Somebody whose account was suspended asks you to look again."),
    urgent=True,
    asks=True,
)
VERIFIED = Topic(
    "people.organisation_verified",
    N_("Your organisation"),
    N_("Whether your organisation is verified here has changed."),
)


def register() -> None:
    """Called once, from `apps.ready`."""
    for topic in (
        ROLE_GIVEN,
        ROLE_TAKEN,
        VOUCHED,
        UNVOUCHED,
        RESTORED,
        ACCEPTED,
        APPEAL,
        VERIFIED,
    ):
        register_topic(topic)
