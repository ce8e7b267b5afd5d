"""The lifecycle of a request for access, as data. Everything here is pure."""

from __future__ import annotations

from tonle.kernel.errors import N_
from tonle.kernel.lifecycle import Machine, Transition

ACCESS_REQUEST = Machine(
    name="deposit.access_request",
    version=1,
    states=("asked", "granted", "declined", "withdrawn", "ended"),
    initial="asked",
    final=frozenset({"declined", "withdrawn", "ended"}),
    transitions=(
        Transition("grant", ("asked",), "granted", who=("owner", "curator")),
        Transition("decline", ("asked",), "declined", who=("owner", "curator")),
        Transition("take_back", ("asked",), "withdrawn", who=("asker",)),
        Transition("give_back", ("granted",), "ended", who=("asker",)),
        Transition("end", ("granted",), "ended", who=("owner", "curator")),
        Transition("lapse", ("granted",), "ended", at="valid_until"),
        # There is nothing to ask for any more.
        Transition("close", ("asked",), "ended", who=("the node",)),
    ),
    labels={
        "asked": N_("waiting for a decision"),
        "granted": N_("access granted"),
        "declined": N_("access refused"),
        "withdrawn": N_("request taken back"),
        "ended": N_("access ended"),
        "grant": N_("grant access"),
        "decline": N_("refuse access"),
        "take_back": N_("take the request back"),
        "give_back": N_("give the access back"),
        "end": N_("end the access"),
        "lapse": N_("end by itself"),
        "close": N_("close the request"),
    },
)

BY_ASKER = frozenset({"take_back", "give_back"})
OPEN = ("asked", "granted")
