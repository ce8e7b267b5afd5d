"""Who evaluates the proposals to a call, by its signed text, and what a panel's run is made of.

A *panel* is a board of reviewers: "" is the one of all parties together; else it is the party's
of that slug. Pure.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping
from typing import Any, Final

from tonle.funding.rules import assign
from tonle.kernel import canonical

JOINT: Final = ""
# The rules by which a run was made; goes up when the same input may be answered otherwise.
VERSION: Final = 1

# In addresses: slugs of parties begin with a letter or a digit, so that it is nobody else's.
_JOINT_ADDRESS: Final = "_joint"

Document = Mapping[str, Any]


def address(panel: str) -> str:
    """What a panel is called in an address."""
    return panel or _JOINT_ADDRESS


def panel_at(address: str) -> str:
    """The panel of such an address."""
    return JOINT if address == _JOINT_ADDRESS else address


def panels(text: Document) -> tuple[str, ...]:
    """The panels of a call: each party's own, that of the lead agency, or one of all."""
    if text["mode"] == "parallel":
        return tuple(party["id"] for party in text["parties"])
    return (text["lead_agency"],) if text["mode"] == "lead_agency" else (JOINT,)


def sides(text: Document) -> tuple[str, ...]:
    """The sides of which each proposal has a reviewer at least: none where a party judges by
    itself."""
    if text["mode"] == "parallel":
        return ()
    return tuple(party["id"] for party in text["parties"])


def inputs(
    *,
    proposals: Mapping[str, int],
    reviewers: Iterable[Mapping[str, Any]],
    scores: Mapping[tuple[str, str], int],
    conflicts: Collection[tuple[str, str]],
    forced: Collection[tuple[str, str]],
    barred: Collection[tuple[str, str]],
    sides: Collection[str],
) -> dict[str, Any]:
    """Everything that a run is decided by, as it is kept: the same input, the same answer.

    proposals: id to how many reviewers it needs. reviewers: id, side, institution, most. A pair
    with a conflict, or barred by an officer, is no candidate.
    """
    rows = sorted(reviewers, key=lambda one: one["id"])
    never = set(conflicts) | set(barred)
    return {
        "version": VERSION,
        "demand": dict(sorted(proposals.items())),
        "load_max": {one["id"]: one["most"] for one in rows},
        "score": {
            f"{proposal}|{reviewer}": score
            for (proposal, reviewer), score in sorted(scores.items())
            if (proposal, reviewer) not in never
        },
        "conflicts": sorted([*pair] for pair in conflicts),
        "forced": sorted([*pair] for pair in forced),
        "country": {one["id"]: one["side"] for one in rows if one["side"]},
        "sides": list(sides),
        "institution": {one["id"]: one["institution"] for one in rows if one["institution"]},
        "distinct_institution": True,
    }


def digest(document: Document) -> str:
    """The SHA-256 of a run's input. Lower-case hexadecimal."""
    return hashlib.sha256(canonical.dumps(document)).hexdigest()


def run(document: Document) -> assign.Assignment:
    """The best assignment for an input of `inputs`. Raises what `assign.assign` does."""
    given = {name: value for name, value in document.items() if name != "version"}
    # Pairs in conflict have no score; the engine is told of them all the same.
    return assign.assign(assign.read(given))
