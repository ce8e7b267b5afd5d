"""What a run may say of itself: outcomes of items counted once each, and a verdict over them."""

from __future__ import annotations

from collections.abc import Mapping

from tonle.kernel.errors import N_

# Outcome of an item, in the order in which a report says it.
OUTCOMES: dict[str, str] = {
    "added": N_("new here"),
    "returned": N_("shown again"),
    "changed": N_("changed at the source"),
    "unchanged": N_("unchanged"),
    "deleted": N_("deleted at the source"),
    "joined": N_("the same as another record"),
    "refused": N_("not taken in"),
    "failed": N_("not received"),
}
FAULTS = ("refused", "failed")
# Nothing was shown of them before.
NEW = ("added", "returned")
# What a run that takes a whole source out says of a record that goes: its home still has it.
TAKEN_OUT = N_("taken out here")

VERDICTS: dict[str, str] = {
    "complete": N_("Complete"),
    "partial": N_("Partial"),
    "failed": N_("Failed"),
    "interrupted": N_("Interrupted"),
    "working": N_("In work"),
}


def merged(before: str, after: str) -> str:
    """The outcome of an item that one run met twice, as after a forgotten cursor.

    before: "" where it was not met yet. What failed first and worked then has worked.
    """
    if not before or before in FAULTS:
        return after
    if after == "unchanged" or (before in NEW and after == "changed"):
        return before
    return after


def recount(counts: Mapping[str, int], before: str, after: str) -> dict[str, int]:
    """The counts once an item went from one outcome to another; "" is none."""
    found = dict(counts)
    if before:
        found[before] = found.get(before, 0) - 1
    if after:
        found[after] = found.get(after, 0) + 1
    return {name: number for name, number in found.items() if number}


def met(counts: Mapping[str, int]) -> int:
    """How many items a run has met."""
    return sum(counts.values())


def verdict(counts: Mapping[str, int], *, came_to_its_end: bool) -> str:
    """What a run came to. Only one that took in everything it met is complete.

    failed: it brought nothing; partial: it brought something, and not all.
    """
    faults = sum(counts.get(name, 0) for name in FAULTS)
    gained = sum(number for name, number in counts.items() if name not in FAULTS)
    if came_to_its_end and not faults:
        return "complete"
    return "partial" if gained else "failed"


# A walk that shows so much less than before more likely met a fault than a clearing.
DOUBT_SHARE, DOUBT_NUMBER = 0.20, 50


def is_believable(missing: int, known: int) -> bool:
    """Whether so many may be held to be deleted without asking anybody.

    missing: not shown by a walk of everything; known: items that were there before, with them.
    An empty list is what a broken index answers, so that a small source needs a bound as well:
    most of it does not go unasked.
    """
    few = missing <= DOUBT_NUMBER and 2 * missing <= known
    return few or missing <= DOUBT_SHARE * known
