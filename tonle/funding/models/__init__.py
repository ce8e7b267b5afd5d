"""What funding keeps in rows: nothing of it is a record, and nobody else reads it."""

from tonle.funding.models.calls import Call, CallParty, CallText
from tonle.funding.models.following import Applicant, FollowedCall
from tonle.funding.models.proposals import (
    Proposal,
    ProposalAnswer,
    ProposalCost,
    ProposalLink,
    ProposalPartner,
    ProposalParty,
    ProposalPerson,
    ProposalSignature,
    ProposalVersion,
)

__all__ = [
    "Applicant",
    "Call",
    "CallParty",
    "CallText",
    "FollowedCall",
    "Proposal",
    "ProposalAnswer",
    "ProposalCost",
    "ProposalLink",
    "ProposalPartner",
    "ProposalParty",
    "ProposalPerson",
    "ProposalSignature",
    "ProposalVersion",
]
