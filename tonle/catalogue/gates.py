"""Gates: what contexts above demand before a record is published, a draft changed or read.

A gate runs inside the transaction of what it guards. One that raises, or one that
`config.wiring` names in GATES, EDIT_GATES or READ_GATES and nobody registered, denies:
silence is not consent.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q

from config import wiring
from tonle.kernel.actors import SYSTEM, Actor
from tonle.kernel.errors import N_, Refusal

logger = logging.getLogger(__name__)

Gate = Callable[[dict[str, Any], Actor, datetime], Iterable[Refusal]]
# Any, so that a context can register before the tables are there.
EditGate = Callable[[Any, Actor, datetime], Iterable[Refusal]]


@dataclass(frozen=True)
class ReadGate:
    """What hides drafts from people the catalogue would show them to.

    hides: whether this draft is hidden from this actor. hidden: its twin, a filter of drafts;
    for all of them `~Q(pk__in=[])`, since the opposite of an empty filter is an empty filter.
    """

    hides: Callable[[Any, Actor], bool]
    hidden: Callable[[Actor], Q]


_GATES: dict[str, Gate] = {}
_EDIT_GATES: dict[str, EditGate] = {}
_READ_GATES: dict[str, ReadGate] = {}


def register_gate(name: str, gate: Gate) -> None:
    """Let `gate(document, actor, now)` refuse publications; it yields every reason it has."""
    _register(_GATES, name, gate)


def register_edit_gate(name: str, gate: EditGate) -> None:
    """Let `gate(draft, actor, now)` refuse changes of a draft's words and files.

    draft: the locked row of `catalogue.Draft`, with its record.
    """
    _register(_EDIT_GATES, name, gate)


def register_read_gate(name: str, gate: ReadGate) -> None:
    """Let a context hide drafts: hidden and absent are answered alike, by every door."""
    _register(_READ_GATES, name, gate)


def _register(gates: dict[str, Any], name: str, gate: Any) -> None:
    if gates.get(name, gate) is not gate:
        raise RuntimeError(f"Two gates are registered as {name!r}.")
    gates[name] = gate


def missing() -> list[str]:
    """Gates that the wiring demands and nobody registered."""
    return sorted(
        (set(wiring.GATES) - set(_GATES))
        | (set(wiring.EDIT_GATES) - set(_EDIT_GATES))
        | _missing_read_gates()
    )


def _missing_read_gates() -> set[str]:
    return set(wiring.READ_GATES) - set(_READ_GATES)


def refusals(document: dict[str, Any], actor: Actor, now: datetime) -> list[Refusal]:
    """Every reason of every gate; empty means that the record may be published."""
    return _ask(_GATES, wiring.GATES, document, actor, now)


def edit_refusals(draft: Any, actor: Actor, now: datetime) -> list[Refusal]:
    """Every reason why this draft may not be changed by this actor now."""
    return _ask(_EDIT_GATES, wiring.EDIT_GATES, draft, actor, now)


def hides(draft: Any, actor: Actor) -> bool:
    """Whether a context above hides this draft from the actor. From the node itself: nothing."""
    if actor == SYSTEM:
        return False
    if _missing_read_gates():
        return True
    try:
        return any(gate.hides(draft, actor) for gate in _READ_GATES.values())
    except Exception:
        logger.exception("a gate of drafts failed")
        return True


def hidden(actor: Actor) -> Q:
    """The twin of `hides`: the drafts for which it answers yes."""
    nothing = Q(pk__in=[])
    if actor == SYSTEM:
        return nothing
    if _missing_read_gates():
        return ~nothing
    for gate in _READ_GATES.values():
        nothing |= gate.hidden(actor)
    return nothing


def _ask(
    gates: dict[str, Any], demanded: Iterable[str], thing: Any, actor: Actor, now: datetime
) -> list[Refusal]:
    found = [
        Refusal(
            "gate_missing",
            N_("The check “%(gate)s” is not installed. Ask the node's steward."),
            {"gate": name},
        )
        for name in sorted(set(demanded) - set(gates))
    ]
    for name, gate in gates.items():
        try:
            found += gate(thing, actor, now)
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
