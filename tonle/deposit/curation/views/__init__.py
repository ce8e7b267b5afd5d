"""The pages of curation: the desk, one deposit, newcomers, what is shared, what is taken back."""

from tonle.deposit.curation.views.desk import desk, file, review, withdrawals
from tonle.deposit.curation.views.owner import act, ask_withdrawal, share
from tonle.deposit.curation.views.sharing import shared, shared_file
from tonle.deposit.curation.views.triage import clearings, newcomers

__all__ = [
    "act",
    "ask_withdrawal",
    "clearings",
    "desk",
    "file",
    "newcomers",
    "review",
    "share",
    "shared",
    "shared_file",
    "withdrawals",
]
