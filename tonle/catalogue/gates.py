"""Gates: what contexts above demand before a record is published.

A gate runs inside the publishing transaction. One that raises, or one that
`config.wiring.GATES` names and nobody registered, denies: silence is not consent.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from config import wiring
from tonle.kernel.actors import Actor
from tonle.kernel.errors import N_, Refusal

logger = logging.getLogger(__name__)

Gate = Callable[[dict[str, Any], Actor, datetime], Iterable[Refusal]]

_GATES: dict[str, Gate] = {}


def register_gate(name: str, gate: Gate) -> None:
    """Let `gate(document, actor, now)` refuse publications; it yields every reason it has."""
    if _GATES.get(name, gate) is not gate:
        raise RuntimeError(f"Two gates are registered as {name!r}.")
    _GATES[name] = gate


def missing() -> list[str]:
    """Gates that the wiring demands and nobody registered."""
    return sorted(set(wiring.GATES) - set(_GATES))


def refusals(document: dict[str, Any], actor: Actor, now: datetime) -> list[Refusal]:
    """Every reason of every gate; empty means that the record may be published."""
    found = [
        Refusal(
            "gate_missing",
            N_("The check “%(gate)s” is not installed. Ask the node's steward."),
            {"gate": name},
        )
        for name in missing()
    ]
    for name, gate in _GATES.items():
        try:
            found += gate(document, actor, now)
        except Exception:
            # Whatever went wrong in it, an open gate would be worse than a closed one.
            logger.exception("gate %s failed", name)
            found.append(
                Refusal(
                    "gate_failed",
                    N_("The check “%(gate)s” could not be carried out. Try again later."),
                    {"gate": name},
                )
            )
    return found
