"""The lifecycle of a hook, as data."""

from __future__ import annotations

from tonle.kernel.errors import N_
from tonle.kernel.lifecycle import Machine, Transition

HOOK = Machine(
    name="federation.hook",
    version=1,
    states=("active", "paused", "stopped"),
    initial="active",
    transitions=(
        Transition("pause", ("active",), "paused", who=("steward",)),
        # Where it stood: what happened meanwhile is told.
        Transition("resume", ("paused", "stopped"), "active", who=("steward",)),
        Transition("stop", ("active",), "stopped", who=("system",)),
    ),
    labels={
        "active": N_("active"),
        "paused": N_("paused"),
        "stopped": N_("stopped"),
        "pause": N_("pause"),
        "resume": N_("go on"),
        "stop": N_("stop"),
    },
)
