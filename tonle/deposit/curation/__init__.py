"""What the other subjects of deposit use of curation: this package is their door.

    start, start_next, hand_in, take_back, discard, appeal, comment, publish_alone
    claim, release, ask_changes, accept, decline, decide_appeal, reopen
    share, revoke_share                      links for reviewers before publication
    ask_withdrawal, decide_withdrawal        taking back what is public
    my_submissions, submission_view, queue, waiting_counts
    DECLINE_REASONS, WITHDRAWAL_REASONS      the words for why
    SUBMISSION                               the machine; its labels and states

Names are fetched when first used, since the models of this package are loaded before
everything is ready.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tonle.deposit.curation.links import revoke_share, share
    from tonle.deposit.curation.machine import DECLINE_REASONS, SUBMISSION, WITHDRAWAL_REASONS
    from tonle.deposit.curation.models import Submission
    from tonle.deposit.curation.publishing import accept, publish_alone
    from tonle.deposit.curation.selectors import (
        Moment,
        Row,
        SubmissionView,
        my_submissions,
        queue,
        submission_view,
        waiting_counts,
    )
    from tonle.deposit.curation.services import (
        appeal,
        ask_changes,
        claim,
        comment,
        decide_appeal,
        decline,
        discard,
        hand_in,
        release,
        reopen,
        start,
        start_next,
        take_back,
    )
    from tonle.deposit.curation.withdrawals import ask_withdrawal, decide_withdrawal

__all__ = [
    "DECLINE_REASONS",
    "SUBMISSION",
    "WITHDRAWAL_REASONS",
    "Moment",
    "Row",
    "Submission",
    "SubmissionView",
    "accept",
    "appeal",
    "ask_changes",
    "ask_withdrawal",
    "claim",
    "comment",
    "decide_appeal",
    "decide_withdrawal",
    "decline",
    "discard",
    "hand_in",
    "my_submissions",
    "publish_alone",
    "queue",
    "release",
    "reopen",
    "revoke_share",
    "share",
    "start",
    "start_next",
    "submission_view",
    "take_back",
    "waiting_counts",
]

_ROOMS = {
    "links": ("revoke_share", "share"),
    "machine": ("DECLINE_REASONS", "SUBMISSION", "WITHDRAWAL_REASONS"),
    "models": ("Submission",),
    "publishing": ("accept", "publish_alone"),
    "selectors": (
        "Moment", "Row", "SubmissionView", "my_submissions", "queue", "submission_view",
        "waiting_counts",
    ),
    "withdrawals": ("ask_withdrawal", "decide_withdrawal"),
}  # fmt: skip
_FETCHED = {name: room for room, names in _ROOMS.items() for name in names}


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(name)
    room = _FETCHED.get(name, "services")
    return getattr(import_module(f"tonle.deposit.curation.{room}"), name)
