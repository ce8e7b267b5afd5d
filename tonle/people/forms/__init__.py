"""Forms: what is asked, in which order. One room per subject, as services have."""

from __future__ import annotations

from tonle.people.forms.accounts import AppealForm, EraseForm, FirstStewardForm, TokenForm
from tonle.people.forms.keeping import (
    AnswerForm,
    CommunityForm,
    InviteForm,
    OrganisationForm,
    ReasonForm,
    VerifyForm,
)
from tonle.people.forms.parts import LanguageMaps
from tonle.people.forms.profile import ProfileForm

__all__ = [
    "AnswerForm",
    "AppealForm",
    "CommunityForm",
    "EraseForm",
    "FirstStewardForm",
    "InviteForm",
    "LanguageMaps",
    "OrganisationForm",
    "ProfileForm",
    "ReasonForm",
    "TokenForm",
    "VerifyForm",
]
