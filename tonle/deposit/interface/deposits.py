"""/api/v1/deposits: drafts and their files, from the first word to the hand-in."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from ninja import Body, Header, Query, Router, Status

from tonle.api.public import (
    CursorText,
    Limit,
    Page,
    Token,
    idempotency_key,
    link_next,
)
from tonle.catalogue import public as catalogue
from tonle.deposit import curation
from tonle.deposit.access.rules import stated, stricter
from tonle.deposit.checks import services as checks
from tonle.deposit.curation import selectors
from tonle.deposit.curation.services import check_communities
from tonle.deposit.field import unpacking
from tonle.deposit.interface import shown, uploads
from tonle.deposit.interface.errors import NoBase
from tonle.deposit.interface.schemas import (
    EXAMPLE_DOCUMENT,
    Comment,
    Copy,
    Deposit,
    DepositItem,
    DraftFileItem,
    FileOrder,
    Findings,
    ImportedMetadata,
    Keep,
    NewDeposit,
    NextVersion,
    RenameFile,
    UnpackFile,
    UploadItem,
    Words,
)
from tonle.deposit.uploads.selectors import arriving
from tonle.deposit.uploads.services import attach, drop
from tonle.infra import clock, days
from tonle.infra.server.files import file_answer
from tonle.infra.server.uploads import takes_upload
from tonle.kernel.actors import Actor
from tonle.kernel.errors import N_, Invalid
from tonle.kernel.text import normalise_all

router = Router(tags=["deposits"], auth=Token("deposit"))
Description = Annotated[
    dict[str, Any],
    Body(description="Descriptive part of a `tonle-record/1`.", examples=[EXAMPLE_DOCUMENT]),
]
IfMatch = Annotated[
    str,
    Header(
        alias="If-Match",
        description="The ETag of the state yours began from; `*` overwrites whatever is there.",
    ),
]
FileName = Annotated[str, Query(max_length=1000, description="Helps where the format is not told.")]


def caller(request: HttpRequest) -> Actor:
    actor: Actor = request.auth  # type: ignore[attr-defined] # Set by Token.
    return actor


def reader(request: HttpRequest, draft_id: str) -> Actor:
    """The caller, to whom this deposit is known. Raises NotFound before anything is done."""
    actor = caller(request)
    selectors.submission_of(draft_id, actor)
    return actor


def common(request: HttpRequest, draft_id: str) -> dict[str, Any]:
    """What every step of a deposit is called with."""
    return {
        "draft_id": draft_id,
        "actor": reader(request, draft_id),
        "now": clock.now(),
        "key": idempotency_key(request),
    }


def whole(request: HttpRequest, response: HttpResponse, draft_id: str) -> Deposit:
    """The deposit as it is now, with the ETag of its document."""
    view = curation.submission_view(draft_id, caller(request), clock.now())
    response["ETag"] = f'"{view.draft.edit_seq}"'
    response["Cache-Control"] = "no-store"
    return shown.deposit(view)


# A list, one, a new one ------------------------------------------------------------------


class DepositPage(Page[DepositItem]):
    """A page of deposits, the last touched first."""


@router.get("", response=DepositPage, summary="My deposits")
def my_deposits(
    request: HttpRequest, response: HttpResponse, limit: Limit, cursor: CursorText
) -> DepositPage:
    """What the caller writes, alone or with others, in every state."""
    rows, following = curation.my_submissions(
        caller(request), clock.now(), cursor=cursor, limit=limit
    )
    link_next(request, response, following)
    return DepositPage(items=[shown.item(row) for row in rows], next=following)


@router.post("", response={201: Deposit}, summary="Begin a deposit")
def begin(request: HttpRequest, response: HttpResponse, payload: NewDeposit) -> Status[Deposit]:
    """The record's public name is minted now and stays. With an Idempotency-Key, once."""
    made = curation.start(
        kind=payload.kind,
        community=payload.community,
        document=normalise_all(payload.document) or None,
        actor=caller(request),
        now=clock.now(),
        key=idempotency_key(request),
    )
    found = whole(request, response, made.id)
    response["Location"] = found.url
    return Status(201, found)


@router.post("/next", response={201: Deposit}, summary="Begin a new version or a correction")
def begin_next(
    request: HttpRequest, response: HttpResponse, payload: NextVersion
) -> Status[Deposit]:
    """The draft of what comes after a published version. One is in work at a time."""
    made = curation.start_next(
        record_id=payload.record_id,
        replaces_files=payload.files == "new",
        actor=caller(request),
        now=clock.now(),
    )
    found = whole(request, response, made.id)
    response["Location"] = found.url
    return Status(201, found)


@router.get("/{draft_id}", response=Deposit, summary="One deposit")
def one(request: HttpRequest, response: HttpResponse, draft_id: str) -> Deposit:
    """Its words, files, history, what may be done with it, and what stands in the way."""
    return whole(request, response, draft_id)


@router.delete("/{draft_id}", response={204: None}, summary="Discard a deposit")
def discard(request: HttpRequest, draft_id: str) -> Status[None]:
    """Its words and files are removed; that it was there stays in the audit."""
    curation.discard(**common(request, draft_id))
    return Status(204, None)


# Its words -------------------------------------------------------------------------------


@router.put("/{draft_id}/document", response=Deposit, summary="Replace the description")
def replace_document(
    request: HttpRequest,
    response: HttpResponse,
    draft_id: str,
    payload: Description,
    if_match: IfMatch = "",
) -> Deposit:
    """Put a whole descriptive document into the draft.

    What others changed since is joined in; 409 `edit_conflict` only where both changed the same
    part, and then yours is kept beside the draft.
    """
    _save(request, draft_id, payload, _base(if_match))
    return whole(request, response, draft_id)


@router.post("/{draft_id}/metadata", response=ImportedMetadata, summary="Import a description")
def import_metadata(
    request: HttpRequest, response: HttpResponse, draft_id: str, filename: FileName = ""
) -> ImportedMetadata:
    """Fill the draft from DataCite, CodeMeta, RO-Crate, CITATION.cff, BibTeX, RIS or CSL-JSON.

    The body is the file as it is. Parts that it has replace those of the draft; the kind and
    the communities stay as they are, and the access condition too, unless the file states a
    stricter one. Of a file about another kind of thing the type is left out.
    """
    actor, now = reader(request, draft_id), clock.now()
    view = catalogue.draft_view(draft_id=draft_id, actor=actor, now=now)
    if not request.body:
        raise Invalid([("", N_("There is nothing in the body. Send the file as it is."))])
    read = catalogue.read_metadata(request.body, filename)
    kept = {"kind", "access", "communities", "profile"}
    if read[0].document.get("kind") != view.kind:
        kept |= {"resource_type"}
    words = {key: value for key, value in read[0].document.items() if key not in kept}
    held = view.document.get("access") or {"level": "open"}
    words["access"] = stricter(held, stated(read[0].document))
    _save(request, draft_id, {**view.document, **words}, view.edit_seq)
    return ImportedMetadata(
        format=read[0].format,
        warnings=[shown.remark(warning) for warning in read[0].warnings],
        others=len(read) - 1,
        deposit=whole(request, response, draft_id),
    )


def _save(request: HttpRequest, draft_id: str, document: dict[str, Any], base: int | None) -> None:
    actor, now = reader(request, draft_id), clock.now()
    view = catalogue.draft_view(draft_id=draft_id, actor=actor, now=now)
    known = (view.community, *view.document.get("communities", ()))
    check_communities(document.get("communities"), actor, known)
    catalogue.edit_draft(
        draft_id=draft_id,
        # Who may have the files is never forgotten by leaving it out.
        document={
            "kind": view.kind,
            "access": view.document.get("access") or {"level": "open"},
            **normalise_all(document),
        },
        actor=actor,
        now=now,
        base=base,
    )


def _base(if_match: str) -> int | None:
    """The number of the state that a document began from; None for `*`. Raises NoBase."""
    field = if_match.strip()
    if field == "*":
        return None
    number = field.removeprefix("W/").strip('"')
    if not number.isdecimal() or len(number) > 12:
        raise NoBase
    return int(number)


# Its files -------------------------------------------------------------------------------


@router.get("/{draft_id}/files", response=list[DraftFileItem], summary="Files of a deposit")
def files(request: HttpRequest, draft_id: str) -> list[DraftFileItem]:
    """In the order in which readers will see them."""
    view = catalogue.draft_view(draft_id=draft_id, actor=reader(request, draft_id), now=clock.now())
    return [shown.file_item(draft_id, file) for file in view.files]


@router.patch("/{draft_id}/files", response=DraftFileItem, summary="Rename a file")
def rename(request: HttpRequest, draft_id: str, payload: RenameFile) -> DraftFileItem:
    """Its bytes and its place stay."""
    file = catalogue.rename_file(
        draft_id=draft_id,
        name=payload.name,
        to=payload.to,
        actor=reader(request, draft_id),
        now=clock.now(),
    )
    return shown.file_item(draft_id, file)


@router.post("/{draft_id}/unpack", response={202: None}, summary="Unpack a survey's zip")
def unpack(request: HttpRequest, draft_id: str, payload: UnpackFile) -> Status[None]:
    """Have what ODK Central gave out laid out as files, in the zip's place; soon, not at once."""
    unpacking.ask(
        draft_id=draft_id, name=payload.name, actor=reader(request, draft_id), now=clock.now()
    )
    return Status(202, None)


@router.put("/{draft_id}/files", response=list[DraftFileItem], summary="Put files in order")
def reorder(request: HttpRequest, draft_id: str, payload: FileOrder) -> list[DraftFileItem]:
    """Name every file once."""
    catalogue.reorder_files(
        draft_id=draft_id, names=payload.names, actor=reader(request, draft_id), now=clock.now()
    )
    return files(request, draft_id)


@router.get(
    "/{draft_id}/files/{path:name}",
    summary="Bytes of a file",
    response={200: bytes},
    url_name="deposit-file",
)
def read_file(request: HttpRequest, draft_id: str, name: str) -> HttpResponseBase:
    """The file as it lies in the draft: ranges, digests, ETag."""
    file, path = catalogue.draft_file(
        draft_id=draft_id, name=name, actor=reader(request, draft_id), now=clock.now()
    )
    answer = file_answer(
        path,
        content_type=file.media_type,
        sha256=file.sha256,
        sha512=file.sha512,
        filename=file.name.rsplit("/", 1)[-1],
    )
    answer["Cache-Control"] = "private, no-store"
    return answer


@router.put(
    "/{draft_id}/files/{path:name}",
    summary="Send a file",
    openapi_extra=uploads.example(),
    response={201: DraftFileItem},
)
@takes_upload
def send_file(request: HttpRequest, draft_id: str, name: str) -> HttpResponse:
    """The body is the file, of any size; it goes to disk as it arrives.

    One of the same name is replaced, once the new one is whole: sending again after a cut
    connection does no harm. With Content-Digest or Repr-Digest it is kept only if it agrees.
    """
    return uploads.receive(request, draft_id, name, reader(request, draft_id))


@router.delete("/{draft_id}/files/{path:name}", response={204: None}, summary="Remove a file")
def remove_file(request: HttpRequest, draft_id: str, name: str) -> Status[None]:
    """Take a file out of the draft."""
    catalogue.remove_file(
        draft_id=draft_id, name=name, actor=reader(request, draft_id), now=clock.now()
    )
    return Status(204, None)


# Files on their way ----------------------------------------------------------------------


@router.get("/{draft_id}/uploads", response=list[UploadItem], summary="Files on their way")
def on_their_way(request: HttpRequest, response: HttpResponse, draft_id: str) -> list[UploadItem]:
    """What was announced at /uploads/ (tus 1.0) and is in no draft yet, with where to go on."""
    actor, now = reader(request, draft_id), clock.now()
    response["Cache-Control"] = "no-store"
    return [shown.upload_item(one) for one in arriving(draft_id, actor, now)]


@router.post(
    "/{draft_id}/uploads/{upload_id}/attach", response=DraftFileItem, summary="Attach a file"
)
def attach_upload(request: HttpRequest, draft_id: str, upload_id: str) -> DraftFileItem:
    """Put a file that has arrived into the draft; one of the same name is replaced.

    409 `still_checked` until its digests are taken: ask again. `digest_differs`: it is not the
    file that was announced. Repeated, it gives the same answer.
    """
    file = attach(
        draft_id=draft_id,
        upload_id=upload_id,
        actor=reader(request, draft_id),
        now=clock.now(),
    )
    return shown.file_item(draft_id, file)


@router.delete("/{draft_id}/uploads/{upload_id}", response={204: None}, summary="Give an upload up")
def drop_upload(request: HttpRequest, draft_id: str, upload_id: str) -> Status[None]:
    """What had arrived of it is removed."""
    drop(
        draft_id=draft_id,
        upload_id=upload_id,
        actor=reader(request, draft_id),
        now=clock.now(),
    )
    return Status(204, None)


# What was found in them ------------------------------------------------------------------


@router.get("/{draft_id}/findings", response=Findings, summary="What was found")
def findings(request: HttpRequest, response: HttpResponse, draft_id: str) -> Findings:
    """Traces of people in the files, masked; and what would make the record easier to use."""
    now = clock.now()
    view = curation.submission_view(draft_id, caller(request), now)
    response["Cache-Control"] = "no-store"
    return shown.findings(view, days.day_of(now))


@router.post("/{draft_id}/findings/{finding_id}/keep", response=Findings, summary="Keep a finding")
def keep(
    request: HttpRequest, response: HttpResponse, draft_id: str, finding_id: str, payload: Keep
) -> Findings:
    """It may stay, for a reason that the curator reads."""
    checks.keep(finding_ids=[finding_id], reason=payload.reason, **common(request, draft_id))
    return findings(request, response, draft_id)


@router.post("/{draft_id}/restrict", response=Findings, summary="Give out on request only")
def restrict(request: HttpRequest, response: HttpResponse, draft_id: str) -> Findings:
    """Set the access condition to `restricted`, as the answer to every open finding."""
    checks.restrict(**common(request, draft_id))
    return findings(request, response, draft_id)


@router.post("/{draft_id}/checks/{check_id}/copy", response=Findings, summary="Ask for a copy")
def copy(
    request: HttpRequest, response: HttpResponse, draft_id: str, check_id: str, payload: Copy
) -> Findings:
    """Have a coarser or cleaner copy made beside the file."""
    checks.ask_copy(check_id=check_id, how=payload.how, **common(request, draft_id))
    return findings(request, response, draft_id)


@router.post("/{draft_id}/checks/{check_id}/take-copy", response=Findings, summary="Use the copy")
def take_copy(
    request: HttpRequest, response: HttpResponse, draft_id: str, check_id: str
) -> Findings:
    """The original is removed."""
    checks.take_copy(check_id=check_id, **common(request, draft_id))
    return findings(request, response, draft_id)


@router.post("/{draft_id}/checks/{check_id}/drop-copy", response=Findings, summary="Drop the copy")
def drop_copy(
    request: HttpRequest, response: HttpResponse, draft_id: str, check_id: str
) -> Findings:
    """The original stays."""
    checks.drop_copy(check_id=check_id, **common(request, draft_id))
    return findings(request, response, draft_id)


# Its way ---------------------------------------------------------------------------------


@router.post("/{draft_id}/hand-in", response=Deposit, summary="Hand a deposit in")
def hand_in(request: HttpRequest, response: HttpResponse, draft_id: str) -> Deposit:
    """Ask the curators to look. 409 with everything that is missing."""
    curation.hand_in(**common(request, draft_id))
    return whole(request, response, draft_id)


@router.post("/{draft_id}/take-back", response=Deposit, summary="Take a deposit back")
def take_back(request: HttpRequest, response: HttpResponse, draft_id: str) -> Deposit:
    """Have it back from the curators, to change it."""
    curation.take_back(**common(request, draft_id))
    return whole(request, response, draft_id)


@router.post("/{draft_id}/publish", response=Deposit, summary="Publish without a curator")
def publish(request: HttpRequest, response: HttpResponse, draft_id: str) -> Deposit:
    """Where the node's policy lets somebody who was vouched for do so."""
    curation.publish_alone(**common(request, draft_id))
    return whole(request, response, draft_id)


@router.post("/{draft_id}/appeal", response=Deposit, summary="Appeal")
def appeal(request: HttpRequest, response: HttpResponse, draft_id: str, payload: Words) -> Deposit:
    """Ask that another curator decides anew."""
    curation.appeal(text=payload.text, **common(request, draft_id))
    return whole(request, response, draft_id)


@router.post("/{draft_id}/comments", response=Deposit, summary="Comment")
def comment(
    request: HttpRequest, response: HttpResponse, draft_id: str, payload: Comment
) -> Deposit:
    """Say something to whoever reads the deposit."""
    curation.comment(
        text=payload.text,
        visible_to_depositor=payload.visible_to_depositor,
        **common(request, draft_id),
    )
    return whole(request, response, draft_id)


# Its subjects in files of their own, which need what is above.
router.add_router("", "tonle.deposit.interface.along.router")
