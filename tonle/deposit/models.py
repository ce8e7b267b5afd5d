"""The tables of deposit, as its subjects declare them."""

from __future__ import annotations

from tonle.deposit.access.models import AccessRequest
from tonle.deposit.checks.models import FileCheck, PersonalFinding
from tonle.deposit.curation.models import Clearing, Remark, ShareLink, Submission, Withdrawal
from tonle.deposit.field.models import LookedInto
from tonle.deposit.uploads.models import Upload

__all__ = [
    "AccessRequest",
    "Clearing",
    "FileCheck",
    "LookedInto",
    "PersonalFinding",
    "Remark",
    "ShareLink",
    "Submission",
    "Upload",
    "Withdrawal",
]
