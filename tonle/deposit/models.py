"""The tables of deposit, as its subjects declare them."""

from __future__ import annotations

from tonle.deposit.curation.models import Clearing, Remark, ShareLink, Submission, Withdrawal

__all__ = ["Clearing", "Remark", "ShareLink", "Submission", "Withdrawal"]
