"""What funding keeps in rows: nothing of it is a record, and nobody else reads it."""

from tonle.funding.models.calls import Call, CallParty, CallText
from tonle.funding.models.following import Applicant, FollowedCall

__all__ = ["Applicant", "Call", "CallParty", "CallText", "FollowedCall"]
