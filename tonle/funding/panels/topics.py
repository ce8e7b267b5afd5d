"""What panels tell people about."""

from __future__ import annotations

from tonle.kernel.errors import N_
from tonle.people.public import Topic, register_topic

_OWN = N_("Reviews that you are asked for")

ASKED = Topic("funding.review_asked", _OWN, N_("You are asked to review a proposal."),
              urgent=True, asks=True)  # fmt: skip
GIVEN_BACK = Topic("funding.review_given_back", _OWN, N_("A review is given back to you."),
                   urgent=True, asks=True)  # fmt: skip
RELEASED = Topic("funding.review_released", _OWN, N_("You need not review a proposal any more."),
                 urgent=True)  # fmt: skip
REFUSED = Topic("funding.review_refused", N_("Reviews that you asked for"),
                N_("Somebody whom you asked will not review a proposal."))  # fmt: skip


def register() -> None:
    for topic in (ASKED, GIVEN_BACK, RELEASED, REFUSED):
        register_topic(topic)
