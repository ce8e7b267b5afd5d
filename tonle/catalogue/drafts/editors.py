"""Who writes a draft along with its depositor."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from tonle.catalogue.drafts.opening import known
from tonle.catalogue.models import Draft, DraftEditor
from tonle.catalogue.permissions import demand, may_manage
from tonle.infra import audit
from tonle.kernel.actors import Actor
from tonle.kernel.errors import N_, Invalid, TooLarge

MOST = 50


def add_draft_editor(*, draft_id: str, account_actor_id: str, actor: Actor, now: datetime) -> None:
    """Let somebody write along. Twice is once. Raises NotFound, NotPermitted, TooLarge."""
    if not account_actor_id or len(account_actor_id) > 60:
        raise Invalid([("account", N_("Say who is to write along."))])
    with transaction.atomic():
        draft = known(draft_id, actor)
        demand(may_manage(actor, draft))
        if DraftEditor.objects.filter(draft=draft).count() >= MOST:
            raise TooLarge(limit=MOST, unit="editors")
        _, made = DraftEditor.objects.get_or_create(
            draft=draft,
            actor=account_actor_id,
            defaults={"added_by": actor.id, "added_at": now},
        )
        if made:
            _tell("draft.editor_add", draft, account_actor_id, actor, now)


def remove_draft_editor(
    *, draft_id: str, account_actor_id: str, actor: Actor, now: datetime
) -> None:
    """Take the leave to write back; an editor may also go of their own. Twice is once.

    Raises NotFound, NotPermitted.
    """
    with transaction.atomic():
        draft = known(draft_id, actor)
        if account_actor_id != actor.id:
            demand(may_manage(actor, draft))
        gone, _ = DraftEditor.objects.filter(draft=draft, actor=account_actor_id).delete()
        if gone:
            _tell("draft.editor_remove", draft, account_actor_id, actor, now)


def _tell(action: str, draft: Draft, editor: str, actor: Actor, now: datetime) -> None:
    audit.record(action, "catalogue.draft", draft.id, actor, now, {"editor": editor})
