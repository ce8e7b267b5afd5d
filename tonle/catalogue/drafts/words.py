"""The words of a draft: saved as they are typed, by several people, and nothing lost.

No lock is held while somebody writes. Whoever saves names the number of the state they
began from; what others changed since is joined in (`rules.merging`). Where both changed
the same thing, the draft stays as it is, and what could not be joined is set aside.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from tonle.catalogue.document import check_begun, descriptive
from tonle.catalogue.drafts.opening import known, opened
from tonle.catalogue.errors import EditConflict
from tonle.catalogue.models import Draft, DraftEdit
from tonle.catalogue.rules.merging import merge
from tonle.kernel import canonical, identifiers
from tonle.kernel.actors import Actor
from tonle.kernel.errors import N_, Invalid, NotFound, TooLarge

# Of a description in canonical bytes: a thousand creators fit, a book does not.
LIMIT_BYTES = 1 << 20
SAVED, SET_ASIDE = "saved", "set_aside"
# Earlier states that are kept however old they are, and those of a day's work.
KEPT, KEPT_FOR, MOST = 50, timedelta(days=1), 500
_EVERY = 16


@dataclass(frozen=True)
class EditEntry:
    """An earlier state of a draft, or one that was set aside; newest first in lists.

    by: the actor's id. seq: the number that the state had, or that it began from.
    """

    id: str
    kind: str
    seq: int
    by: str
    at: datetime
    document: dict[str, Any]


def edit_draft(
    *,
    draft_id: str,
    document: dict[str, Any],
    actor: Actor,
    now: datetime,
    base: int | None = None,
    session: str = "",
) -> Draft:
    """Put another descriptive document into a draft. The kind stays what it was.

    base: the `edit_seq` that the document began from; None overwrites whatever is there.
    session: names one open form, so that what it has saved itself, and never heard of
    because the line dropped, is no clash with what it saves next.

    The draft that comes back holds the joined document and its new number; where nothing
    changes, the old one. Raises NotFound, WrongState, Refused, Invalid, TooLarge; and
    EditConflict, after the document has been set aside. Call it outside a transaction of
    your own, or what was set aside is rolled back with the rest.
    """
    yours = descriptive(document)
    body = canonical.dumps(yours)
    if len(body) > LIMIT_BYTES:
        raise TooLarge(limit=LIMIT_BYTES // 1024, unit="kB")
    check_begun(yours)
    if len(session) > 60:
        raise Invalid([("session", N_("The name of a form has at most 60 letters."))])
    with transaction.atomic():
        draft = opened(draft_id, actor, now)
        if document["kind"] != draft.record.kind:
            raise Invalid([("/kind", N_("The kind of a record does not change."))])
        if base is not None and not 0 <= base <= draft.edit_seq:
            raise Invalid([("base", N_("This draft has never had an edit of this number."))])
        ground = draft.edit_seq if base is None else _ground(draft, base, actor, session)
        if ground == draft.edit_seq:
            _write(draft, body, actor, session, now)
            return draft
        merged = merge(_body_at(draft, ground), _words(bytes(draft.body)), yours)
        if not merged.conflicts:
            check_begun(merged.document)
            _write(draft, canonical.dumps(merged.document), actor, session, now)
            return draft
        aside = _set_aside(draft, body, ground, actor, session, now)
    raise EditConflict(merged.conflicts, edit_seq=draft.edit_seq, set_aside=aside)


def restore_edit(*, draft_id: str, edit_id: str, actor: Actor, now: datetime) -> Draft:
    """Put an earlier state, or one that was set aside, back. What stood there is kept as well.

    Raises NotFound, WrongState, Refused.
    """
    with transaction.atomic():
        draft = opened(draft_id, actor, now)
        edit = DraftEdit.objects.filter(draft=draft, id=edit_id).first()
        if edit is None:
            raise NotFound
        _write(draft, zlib.decompress(bytes(edit.body)), actor, "", now)
        return draft


def draft_edits(draft_id: str, actor: Actor, limit: int = 50) -> list[EditEntry]:
    """What a draft said before and what was set aside, newest first. Three queries at most.

    Raises NotFound.
    """
    draft = known(draft_id, actor)
    return [
        EditEntry(
            edit.id,
            edit.kind,
            edit.seq,
            edit.by,
            edit.at,
            _words(zlib.decompress(bytes(edit.body))),
        )
        for edit in DraftEdit.objects.filter(draft=draft).order_by("-key")[:limit]
    ]


def _ground(draft: Draft, base: int, actor: Actor, session: str) -> int:
    """The newest state that this form knows: its base, and what it saved itself upon it."""
    if not session or base == draft.edit_seq:
        return base
    ground, mine = base, (actor.id, session)
    rows = DraftEdit.objects.filter(draft=draft, kind=SAVED, seq__gt=base).order_by("seq")
    for seq, by, wrote in rows.values_list("seq", "by", "session"):
        if (by, wrote) != mine or seq != ground + 1:
            return ground
        ground = seq
    if (draft.edited_by, draft.edit_session) == mine and ground + 1 == draft.edit_seq:
        return draft.edit_seq
    return ground


def _body_at(draft: Draft, seq: int) -> dict[str, Any] | None:
    """What the draft said at this number; None once that is forgotten."""
    edit = DraftEdit.objects.filter(draft=draft, kind=SAVED, seq=seq).first()
    return None if edit is None else _words(zlib.decompress(bytes(edit.body)))


def _words(body: bytes) -> dict[str, Any]:
    words: dict[str, Any] = canonical.loads(body)
    return words


def _write(draft: Draft, body: bytes, actor: Actor, session: str, now: datetime) -> None:
    """The next state; the one before is kept. The same again changes nothing."""
    if bytes(draft.body) == body:
        return
    DraftEdit.objects.create(
        id=identifiers.mint(),
        draft=draft,
        kind=SAVED,
        seq=draft.edit_seq,
        body=zlib.compress(bytes(draft.body)),
        by=draft.edited_by or draft.created_by,
        session=draft.edit_session,
        at=draft.updated_at,
    )
    draft.body = body
    draft.edit_seq += 1
    draft.edited_by, draft.edit_session = actor.id, session
    draft.updated_at = now
    draft.save(
        update_fields=["body", "edit_seq", "edited_by", "edit_session", "updated_at"],
    )
    if draft.edit_seq % _EVERY == 0:
        _prune(draft, now)


def _set_aside(
    draft: Draft, body: bytes, seq: int, actor: Actor, session: str, now: datetime
) -> str:
    """Keep what could not be joined. A form that saves on and on keeps its newest words."""
    edit, _ = DraftEdit.objects.update_or_create(
        draft=draft,
        kind=SET_ASIDE,
        seq=seq,
        by=actor.id,
        session=session,
        defaults={"body": zlib.compress(body), "at": now},
        create_defaults={"id": identifiers.mint(), "body": zlib.compress(body), "at": now},
    )
    _prune(draft, now)
    return edit.id


def _prune(draft: Draft, now: datetime) -> None:
    """Forget old states: beyond the newest and a day's, and beyond what one draft may keep."""
    for kind in (SAVED, SET_ASIDE):
        rows = DraftEdit.objects.filter(draft=draft, kind=kind).order_by("-at", "-key")
        old = rows.values_list("key", "at")[KEPT:]
        gone = [
            key
            for place, (key, at) in enumerate(old, start=KEPT)
            if place >= MOST or (kind == SAVED and at < now - KEPT_FOR)
        ]
        DraftEdit.objects.filter(key__in=gone).delete()
