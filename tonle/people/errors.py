"""What can go wrong with accounts, roles, tokens and organisations."""

from __future__ import annotations

from tonle.kernel.errors import N_, Conflict, NotFound, Refusal, TonleError


class EmailTaken(Conflict):
    code = "email_taken"
    message = N_(
        "There is already an account with this e-mail address. Sign in, or reset its password."
    )


class NoSuchAccount(NotFound):
    code = "no_such_account"
    message = N_("There is no account with this name. See who there is with “tonle user list”.")


class NoSuchToken(NotFound):
    code = "no_such_token"
    message = N_("There is no token with this name. Tokens that are not yours count as absent.")


class PersonExists(Conflict):
    """data: orcid, id of the person who has it."""

    code = "person_exists"
    message = N_("%(orcid)s is the ORCID iD of the person %(id)s already. Change that one.")


class NoSuchOrganisation(NotFound):
    code = "no_such_organisation"


class OrganisationExists(Conflict):
    """data: scheme, value of the identifier, id of the organisation that has it."""

    code = "organisation_exists"
    message = N_("%(scheme)s %(value)s already names the organisation %(id)s. Change that one.")


class NoSuchCommunity(NotFound):
    code = "no_such_community"


class SlugTaken(Conflict):
    """data: slug."""

    code = "slug_taken"
    message = N_("There is already a community with the short name “%(slug)s”. Choose another.")


class LinkSpent(TonleError):
    """One answer for a link that was used, has lapsed, or never was."""

    code = "link_spent"
    http_status = 410
    message = N_(
        "This sign-in link no longer works: it holds for 15 minutes and for one use, on the "
        "machine of the node itself, while the node has no steward. "
        "Get a new one with “tonle user signin-link”."
    )


class InvitationSpent(TonleError):
    """One answer for an invitation that was used, withdrawn, has lapsed, or never was."""

    code = "invitation_spent"
    http_status = 410
    message = N_(
        "This invitation no longer works: it holds once and for a fortnight, and whoever sent it "
        "may take it back. Ask them for another."
    )


class NoSuchInvitation(NotFound):
    code = "no_such_invitation"


class NoSuchSuspension(NotFound):
    code = "no_such_suspension"


INVENTED = Refusal(
    "invented",
    N_(
        "You are being an invented person of the demonstration, and these change nothing for "
        "real people. Sign in as yourself."
    ),
)
INVITED_ALREADY = Refusal(
    "invited_already",
    N_("This address has an invitation to this role that still works. Withdraw it first."),
)
TOO_MANY_INVITATIONS = Refusal(
    "too_many_invitations",
    N_("You have as many open invitations as one person may have. Withdraw some first."),
)
APPEALED_ALREADY = Refusal(
    "appealed_already", N_("You have asked already, and your words were kept. Wait for the answer.")
)
NOTHING_TO_ANSWER = Refusal(
    "nothing_to_answer", N_("There is no appeal here that waits for an answer.")
)
DEMONSTRATION_TOKEN = Refusal(
    "demonstration_token",
    N_("Demonstration accounts have no tokens: they are used at the node’s own machine only."),
)
SUSPENDED = Refusal(
    "suspended",
    N_("This account is suspended, for a reason that was written down. Restore it instead."),
)
LAST_STEWARD = Refusal(
    "last_steward",
    N_("The node would be left without a steward. Make somebody else steward first."),
)
STEWARD_EXISTS = Refusal(
    "steward_exists",
    N_("A steward of this node can already sign in. Another is added with “tonle user role”."),
)
TOKEN_LABEL_TAKEN = Refusal(
    "token_label_taken",
    N_("You have a token with this name already. Choose another name, or revoke that one."),
)
TOO_MANY_TOKENS = Refusal(
    "too_many_tokens", N_("You have as many tokens as one account may have. Revoke one first.")
)
