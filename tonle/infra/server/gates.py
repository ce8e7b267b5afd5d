"""Reasons that keep a node from being served, as contexts give them when they are ready.

Light on purpose: every command registers, only `tonle serve` loads the server.
"""

from __future__ import annotations

from collections.abc import Callable

from tonle.kernel.errors import Refusal

# Says why the node must not be shown, or None.
Gate = Callable[[], Refusal | None]

_always: list[Gate] = []
_in_public: list[Gate] = []


def register_gate(gate: Gate) -> None:
    """Add a reason that may keep the node from being shown at all (a rebuild cut short, say)."""
    if gate not in _always:
        _always.append(gate)


def register_public_gate(gate: Gate) -> None:
    """Add a reason that may keep the node off public addresses (demonstration accounts, say)."""
    if gate not in _in_public:
        _in_public.append(gate)


def refusals(*, public: bool) -> list[Refusal]:
    """Every reason against serving now; public: on an address that others can reach."""
    asked = [*_always, *(_in_public if public else ())]
    return [refusal for gate in asked if (refusal := gate()) is not None]
