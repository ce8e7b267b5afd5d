"""What funding keeps in rows: nothing of it is a record, and nobody else reads it."""

from tonle.funding.models.calls import Call, CallParty, CallText
from tonle.funding.models.following import Applicant, FollowedCall
from tonle.funding.models.panels import (
    AssignmentRun,
    Conflict,
    PairWish,
    Review,
    Reviewer,
    ReviewerLink,
)
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
    "AssignmentRun",
    "Call",
    "CallParty",
    "CallText",
    "Conflict",
    "FollowedCall",
    "PairWish",
    "Proposal",
    "ProposalAnswer",
    "ProposalCost",
    "ProposalLink",
    "ProposalPartner",
    "ProposalParty",
    "ProposalPerson",
    "ProposalSignature",
    "ProposalVersion",
    "Review",
    "Reviewer",
    "ReviewerLink",
]
