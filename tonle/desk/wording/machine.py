"""The lifecycle of a proposed wording, as data."""

from __future__ import annotations

from tonle.kernel.errors import N_, Refusal
from tonle.kernel.lifecycle import Facts, Machine, Transition

NAME = "desk.wording"


def still_said(facts: Facts) -> Refusal | None:
    if facts["still_said"]:
        return None
    return Refusal(
        "no_such_message", N_("The node does not say this any more: there is nothing to correct.")
    )


WORDING = Machine(
    name=NAME,
    version=1,
    states=("proposed", "accepted", "declined", "taken_back", "replaced"),
    initial="proposed",
    final=frozenset({"taken_back", "replaced"}),
    transitions=(
        Transition("accept", ("proposed",), "accepted", who=("steward",), guards=(still_said,)),
        Transition("decline", ("proposed",), "declined", who=("steward",)),
        Transition("take_back", ("proposed",), "taken_back", who=("proposer",)),
        # Another wording of the same message was accepted.
        Transition("replace", ("accepted",), "replaced", who=("steward",)),
        Transition("set_aside", ("accepted",), "declined", who=("steward",)),
        Transition("reopen", ("declined",), "proposed", who=("steward",)),
    ),
    labels={
        "proposed": N_("wording waiting for a decision"),
        "accepted": N_("wording in use"),
        "declined": N_("wording not used"),
        "taken_back": N_("wording taken back"),
        "replaced": N_("wording replaced by a newer one"),
        "accept": N_("use the wording"),
        "decline": N_("turn the wording down"),
        "take_back": N_("take the wording back"),
        "replace": N_("replace the wording"),
        "set_aside": N_("use the wording no longer"),
        "reopen": N_("decide about the wording again"),
    },
)
