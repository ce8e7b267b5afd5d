"""The pages of curation: the desk, one deposit, newcomers, what is shared, what is taken back."""

from tonle.deposit.curation.views.desk import desk, file, review, withdrawals
from tonle.deposit.curation.views.keeping import withdraw
from tonle.deposit.curation.views.owner import ask_withdrawal
from tonle.deposit.curation.views.sharing import shared, shared_file
from tonle.deposit.curation.views.triage import clearings, newcomers

__all__ = [
    "ask_withdrawal",
    "clearings",
    "desk",
    "file",
    "newcomers",
    "review",
    "shared",
    "shared_file",
    "withdraw",
    "withdrawals",
]
