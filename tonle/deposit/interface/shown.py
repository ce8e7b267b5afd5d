"""From what selectors answer to what the REST interface gives."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from django.conf import settings

from tonle.deposit import checks
from tonle.deposit.access.selectors import RequestView
from tonle.deposit.curation.models import ShareLink
from tonle.deposit.curation.selectors import Row, SubmissionView
from tonle.deposit.interface.schemas import (
    AccessRequestItem,
    CheckedFile,
    Deposit,
    DepositItem,
    DraftFileItem,
    FairItem,
    Findings,
    MomentItem,
    PersonalItem,
    Reason,
    ShareLinkItem,
    UploadItem,
)
from tonle.deposit.uploads.selectors import Arriving
from tonle.infra.i18n import say
from tonle.kernel.sentences import Sentence

PREFIX = "/api/v1/deposits"


def address(path: str) -> str:
    """An address of this node, as its steward has named it."""
    return f"{settings.TONLE_URL}{path}"


def share_link(link: ShareLink, secret: str = "") -> ShareLinkItem:
    """secret: of one that was made just now."""
    return ShareLinkItem(
        id=link.id,
        label=link.label,
        created_at=link.created_at,
        expires_at=link.expires_at,
        revoked_at=link.revoked_at,
        last_used_on=link.last_used_on,
        url=address(f"/deposit/shared/{secret}") if secret else "",
    )


def _said(message: str) -> str:
    return say(message.message, message.data) if isinstance(message, Sentence) else say(message)


def remark(one: Any) -> str:
    """What a reader of foreign metadata says, with the place it is about."""
    said = say(one.message, one.data)
    return f"{one.where}: {said}" if one.where else said


def item(row: Row) -> DepositItem:
    return DepositItem(**_row(row))


def _row(row: Row) -> dict[str, Any]:
    return {
        "id": row.id,
        "record_id": row.record_id,
        "kind": row.kind,
        "brings": row.brings,
        "titles": row.titles,
        "state": row.state,
        "state_label": _said(row.state_label),
        "community": row.community,
        "updated_at": row.updated_at,
        "handed_in_at": row.handed_in_at,
        "due_on": row.due_on,
        "url": address(f"{PREFIX}/{row.id}"),
    }


def file_item(draft_id: str, file: Any) -> DraftFileItem:
    """file: a row of a draft's files, or one of its view."""
    return DraftFileItem(
        name=file.name,
        size_bytes=file.size_bytes,
        media_type=file.media_type,
        sha256=file.sha256,
        sha512=file.sha512,
        is_new=file.is_new if hasattr(file, "is_new") else bool(file.path),
        url=address(f"{PREFIX}/{draft_id}/files/{quote(file.name)}"),
    )


def upload_item(one: Arriving) -> UploadItem:
    return UploadItem(
        id=one.id,
        name=one.name,
        state=one.state,
        length_bytes=one.length_bytes,
        offset_bytes=one.offset_bytes,
        mark=one.mark,
        sha256=one.sha256,
        url=address(one.path),
        expires_at=one.expires_at,
    )


def deposit(view: SubmissionView) -> Deposit:
    return Deposit(
        **_row(view.row),
        document=view.document,
        files=[file_item(view.id, file) for file in view.draft.files],
        edit_seq=view.draft.edit_seq,
        replaces_files=view.draft.replaces_files,
        can=sorted(view.can),
        stands_in_the_way={
            event: [Reason(code=one.code, detail=say(one)) for one in found]
            for event, found in view.refusals.items()
        },
        asked=view.asked,
        timeline=[
            MomentItem(
                at=one.at,
                event=one.event,
                label=_said(one.label),
                who=_said(one.who),
                text=one.text,
                private=one.private,
                asked=dict(one.asked),
            )
            for one in view.timeline
        ],
        next_step=_said(view.next_step),
        who_acts=_said(view.who_acts) if view.who_acts else "",
    )


def findings(view: SubmissionView, today: Any) -> Findings:
    found = checks.summary(view.id)
    fair = checks.fair_findings(view.document, view.draft.files, today=today)
    return Findings(
        waiting=found.unread,
        open=found.open,
        files=[
            CheckedFile(
                id=file.id,
                name=file.name,
                state=file.state,
                rows=file.rows,
                notes=[say(note) for note in file.notes],
                found=[
                    PersonalItem(
                        id=one.id,
                        kind=one.kind,
                        label=say(one.label),
                        where=one.where,
                        table=one.table,
                        count=one.count,
                        first_row=one.first_row,
                        mask=one.mask,
                        decides=one.decides,
                        decision=one.decision,
                        reason=one.reason,
                        open=one.open,
                    )
                    for one in file.found
                ],
                copies=list(file.copies),
                copy_state=file.copy_state,
                copy_name=file.copy_name,
            )
            for file in found.files
        ],
        fair=[
            FairItem(
                code=one.code,
                severity=one.severity,
                step=one.step,
                field=one.field,
                message=say(one.message, one.data),
                why=say(one.why, one.data),
                mend=say(one.mend, one.data),
                criterion=one.criterion,
            )
            for one in fair
        ],
    )


def request_item(view: RequestView) -> AccessRequestItem:
    return AccessRequestItem(
        **{name: getattr(view, name) for name in AccessRequestItem.model_fields}
    )
