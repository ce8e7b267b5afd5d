"""What agreements tell people about."""

from __future__ import annotations

from tonle.kernel.errors import N_
from tonle.people.public import Topic, register_topic

_LABEL = N_("Agreements of your organisation")

AGREE = Topic(
    "agreements.agree", _LABEL, N_("A text waits for your party to agree to it."), asks=True
)
SIGN = Topic(
    "agreements.sign", _LABEL, N_("An agreed text waits for your party’s signature."), asks=True
)
RATIFY = Topic(
    "agreements.ratify", _LABEL, N_("A signed text waits for your party to ratify it."), asks=True
)
PAPER = Topic(
    "agreements.paper",
    N_("Papers to compare"),
    N_("A signed paper waits for a second officer to compare it."),
    asks=True,
)
PAPER_REFUSED = Topic(
    "agreements.paper_refused",
    N_("Papers to compare"),
    N_("A paper that you wrote down was refused. You can read why."),
)
IN_FORCE = Topic("agreements.in_force", _LABEL, N_("An agreement has entered into force."))
ENDED = Topic("agreements.ended", _LABEL, N_("An agreement is no longer in force."))
GIVEN_UP = Topic("agreements.given_up", _LABEL, N_("A text was given up. You can read why."))
NOTICE = Topic(
    "agreements.notice", _LABEL, N_("A party has given notice about an agreement."), urgent=True
)


def register() -> None:
    for topic in (
        AGREE, SIGN, RATIFY, PAPER, PAPER_REFUSED, IN_FORCE, ENDED, GIVEN_UP, NOTICE,
    ):  # fmt: skip
        register_topic(topic)
