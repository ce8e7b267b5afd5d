"""What joint calls tell people about."""

from __future__ import annotations

from tonle.kernel.errors import N_
from tonle.people.public import Topic, register_topic

_LABEL = N_("Joint calls of your organisation")

SIGN = Topic("funding.call_sign", _LABEL, N_("The text of a joint call waits for your party’s "
             "signature."), asks=True)  # fmt: skip
AGREED = Topic("funding.call_agreed", _LABEL, N_("All parties have signed a joint call."))
PUBLISHED = Topic("funding.call_published", _LABEL, N_("A joint call is published."))
OPEN = Topic("funding.call_open", _LABEL, N_("A joint call is open for proposals."))
CLOSED = Topic("funding.call_closed", _LABEL, N_("A joint call is closed."))
GIVEN_UP = Topic("funding.call_given_up", _LABEL, N_("A joint call was given up."))
CORRIGENDUM = Topic("funding.call_corrigendum", _LABEL, N_("All parties have signed a "
                    "corrigendum of a joint call."), urgent=True)  # fmt: skip


def register() -> None:
    for topic in (SIGN, AGREED, PUBLISHED, OPEN, CLOSED, GIVEN_UP, CORRIGENDUM):
        register_topic(topic)
