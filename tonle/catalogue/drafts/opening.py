"""Getting hold of a draft: one door for its words, files and people, to read and to change."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from tonle.catalogue import gates, permissions
from tonle.catalogue.errors import WrongState
from tonle.catalogue.models import Draft
from tonle.kernel.actors import Actor
from tonle.kernel.errors import N_, NotFound, Refusal, Refused


def known(draft_id: str, actor: Actor) -> Draft:
    """A draft that the actor may read, in any state. Raises NotFound alike for hidden and absent.

    Locked until the end of the transaction, where there is one.
    """
    rows = Draft.objects.select_related("record__origin")
    if transaction.get_connection().in_atomic_block:
        rows = rows.select_for_update(of=("self",))
    draft = rows.filter(id=draft_id).first()
    if draft is None or not permissions.may_read_draft(actor, draft):
        raise NotFound
    return draft


def opened(draft_id: str, actor: Actor, now: datetime, *, gives_up: bool = False) -> Draft:
    """A draft that the actor may change now.

    gives_up: it is to be discarded, which a draft of a withdrawn record may still be.
    Raises NotFound, WrongState where it is not open any more or its record was taken back,
    or Refused with every reason why it is frozen.
    """
    draft = known(draft_id, actor)
    if draft.state != "open":
        raise WrongState([Refusal("wrong_state", N_("This draft is not open any more."))])
    if draft.record.state in {"withdrawn", "purged"} and not gives_up:
        raise WrongState([Refusal("withdrawn", N_("The record was withdrawn."))])
    found = gates.edit_refusals(draft, actor, now)
    if found:
        raise Refused(found)
    return draft


def opened_for_files(draft_id: str, actor: Actor, now: datetime) -> Draft:
    """As `opened`; a correction of the words keeps the files that it has."""
    draft = opened(draft_id, actor, now)
    if not draft.replaces_files:
        raise WrongState(
            [Refusal("same_files", N_("A correction keeps its files. Begin a new version."))]
        )
    return draft
