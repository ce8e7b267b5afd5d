"""The lifecycles of a record and of a draft, as data."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from tonle.catalogue import permissions
from tonle.infra.lifecycle import perform_many
from tonle.kernel.actors import SYSTEM, Actor
from tonle.kernel.decisions import Decision, allow, deny
from tonle.kernel.errors import N_
from tonle.kernel.lifecycle import Machine, Transition

RECORD = Machine(
    name="catalogue.record",
    version=1,
    states=("reserved", "published", "withdrawn", "purged"),
    initial="reserved",
    final=frozenset({"purged"}),
    transitions=(
        # Authorised with its draft; by now it only becomes visible.
        Transition("publish", sources=("reserved",), target="published", who=("system",)),
        Transition("withdraw", sources=("published",), target="withdrawn", who=("keeper",)),
        # A duplicate is taken back in favour of the record that it repeats.
        Transition("merge", sources=("published",), target="withdrawn", who=("keeper",)),
        Transition("reinstate", sources=("withdrawn",), target="published", who=("system",)),
        Transition("purge", sources=("published", "withdrawn"), target="purged", who=("steward",)),
    ),
)

DRAFT = Machine(
    name="catalogue.draft",
    version=1,
    states=("open", "publishing", "published", "discarded"),
    initial="open",
    final=frozenset({"published", "discarded"}),
    transitions=(
        Transition(
            "publish", sources=("open",), target="publishing", who=("keeper", "contributor")
        ),
        Transition("complete", sources=("publishing",), target="published", who=("system",)),
        Transition("discard", sources=("open",), target="discarded", who=("owner", "keeper")),
    ),
)


def may_move_record(event: str, actor: Actor, record: Any) -> Decision:
    if actor == SYSTEM:
        return allow()
    if event in {"withdraw", "merge"}:
        return permissions.may_change(actor, event, record)
    if event == "purge":
        return permissions.may_purge(actor)
    return deny(N_("The node itself does this, once the files are in place."))


def may_move_draft(event: str, actor: Actor, draft: Any) -> Decision:
    if actor == SYSTEM:
        return allow()
    if event == "publish":
        return permissions.may_publish_draft(actor, draft)
    if event == "discard":
        return permissions.may_edit(actor, draft)
    return deny(N_("The node itself does this, once the files are in place."))


def perform_all(
    machine: Machine, things: Sequence[Any], event: str, actor: Actor, now: datetime
) -> None:
    """One event for all of them, or for none: the first refusal is raised."""
    if not things:
        return
    for _, refusal in perform_many(machine, things, event, actor, now).refused:
        raise refusal
