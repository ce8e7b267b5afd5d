"""What proposals tell people about."""

from __future__ import annotations

from tonle.kernel.errors import N_
from tonle.people.public import Topic, register_topic

_LABEL = N_("Proposals that you write")

JOINED = Topic("funding.proposal_joined", _LABEL, N_("Somebody joined your proposal."))
SIGN = Topic("funding.proposal_sign", _LABEL, N_("A proposal waits for your signature."),
             urgent=True, asks=True)  # fmt: skip
SUBMITTED = Topic("funding.proposal_submitted", _LABEL, N_("Your proposal is submitted."),
                  urgent=True)  # fmt: skip
WITHDRAWN = Topic("funding.proposal_withdrawn", _LABEL, N_("A proposal of yours is withdrawn."),
                  urgent=True)  # fmt: skip
SOON = Topic("funding.proposal_soon", _LABEL, N_("A call that you write a proposal for closes "
             "soon, and what you have written is not submitted."),
             urgent=True, asks=True)  # fmt: skip


def register() -> None:
    for topic in (JOINED, SIGN, SUBMITTED, WITHDRAWN, SOON):
        register_topic(topic)
