"""Agreements over REST, for programs of officers and of the secretariat.

A program drafts, reads, and writes down papers. It neither agrees nor signs, and compares no
paper: those are acts of people who prove who they are, on the page.
"""

from __future__ import annotations

import base64
import binascii
from datetime import date, datetime
from typing import Annotated, Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Schema, Status
from pydantic import Field

from tonle.agreements import drafting, selectors, services, steps
from tonle.agreements.forms import said
from tonle.agreements.models import Agreement, PartyStep, Version
from tonle.agreements.rules import texts
from tonle.agreements.services import NewParty
from tonle.agreements.steps import Evidence, What
from tonle.api.public import (
    Body,
    CursorText,
    Keyset,
    Limit,
    Page,
    Token,
    idempotency_key,
    link_next,
    scope_of,
)
from tonle.infra import clock
from tonle.kernel.actors import Actor
from tonle.kernel.errors import N_
from tonle.kernel.sentences import invalid

router = Router(tags=["agreements"], auth=Token("agreements"))
NEWEST_FIRST = Keyset("-created_at", "-key")


class TextVersionItem(Schema):
    """A version in a list."""

    number: int
    state: str = Field(
        description="draft, agreed, partly_signed, signed, in_force, superseded, expired, "
        "terminated or abandoned."
    )
    sha256: str = Field(description="Of the canonical text; of a draft, as it is now.")
    updated_at: datetime
    html_url: str


class AgreementItem(Schema):
    """An agreement as one of its parties, or the secretariat, sees it."""

    id: str
    type: str
    title: dict[str, str] = Field(description="Of the last version, by language.")
    public_from: str = Field(description="agreed, signed or in_force.")
    record: str = Field(description="Id of its public record; empty before there is one.")
    created_at: datetime
    versions: list[TextVersionItem]


class ProblemItem(Schema):
    """What makes a draft no text that can be signed."""

    pointer: str = Field(description="JSON pointer into the document.")
    detail: str


class StepItem(Schema):
    """What a party did, on screen or on paper. Who signed is told on the page alone."""

    id: str
    party: str
    deed: str = Field(description="agree, sign, ratify, withdraw, stop_renewal or terminate.")
    way: str = Field(description="screen or paper.")
    state: str = Field(description="waiting, confirmed or refused.")
    done_on: date
    effective: date | None = Field(description="From which day a withdrawal or an end holds.")
    sha256: str
    entered_at: datetime


class VersionWhole(TextVersionItem):
    agreement: str
    edit: int = Field(description="Counts the changes of a draft; send it back with a change.")
    document: dict[str, Any] = Field(description="tonle-agreement-text/1.")
    problems: list[ProblemItem]
    steps: list[StepItem]


class AgreementPage(Page[AgreementItem]):
    """A page of agreements."""


class StandingItem(Schema):
    """How a party stands on a day."""

    party: str
    name: dict[str, str]
    version: int | None = Field(description="The version that binds it; null where none does.")
    since: date | None
    until: date | None
    survives: list[str] = Field(description="Articles that bind on after the end.")


class PartyBody(Body):
    id: str = Field(max_length=60, description="Its name in the text: letters, digits, hyphens.")
    name: dict[str, str] = Field(description="By language.")
    organisation: str = Field("", max_length=15, description="Id here; empty: on paper alone.")
    country: str = Field("", max_length=3, description="ISO 3166-1 alpha-3.")


class NewBody(Body):
    type: str = Field(max_length=20)
    title: dict[str, str]
    parties: list[PartyBody] = Field(max_length=50)
    public_from: str = "signed"
    under: str = Field("", max_length=15, description="The agreement under which it stands.")


class TextBody(Body):
    document: dict[str, Any] = Field(description="The whole text, tonle-agreement-text/1.")
    edit: int = Field(description="`edit` of the version as it was read.")


class ReasonBody(Body):
    reason: str = Field(min_length=1, max_length=2_000)


class PaperBody(Body):
    party: str = Field(max_length=60)
    deed: str = Field(max_length=32)
    sha256: str = Field(max_length=64, description="The digest that stands on the paper.")
    done_on: date
    effective: date | None = None
    signatory: str = Field(max_length=300)
    office: str = Field(max_length=300)
    reference: str = Field("", max_length=300)
    scan: str = Field(description="PDF, JPEG or PNG, in base64.")


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.auth  # type: ignore[attr-defined]  # Set by Token.
    return actor


@router.get("", response=AgreementPage, summary="Agreements of my organisations")
def agreements(
    request: HttpRequest, response: HttpResponse, limit: Limit, cursor: CursorText
) -> AgreementPage:
    """Newest first: what the caller's organisations are parties of; all, to the secretariat."""
    found, following = NEWEST_FIRST.page(
        selectors.visible(_actor(request)),
        scope=scope_of("agreements", {}),
        cursor=cursor,
        limit=limit,
    )
    link_next(request, response, following)
    items = [_item(one) for one in found if one.versions.all()]
    return AgreementPage(items=items, next=following)


@router.post("", response={201: VersionWhole}, summary="Begin an agreement")
def begin(request: HttpRequest, body: NewBody) -> Status[VersionWhole]:
    """With its first draft, whose text is empty. Send an Idempotency-Key."""
    made = services.create_agreement(
        type=body.type,
        title=body.title,
        parties=[
            (NewParty(one.id, one.organisation, one.country), one.name) for one in body.parties
        ],
        public_from=body.public_from,
        under=body.under,
        actor=_actor(request),
        now=clock.now(),
        key=idempotency_key(request),
    )
    return Status(201, _whole(made))


@router.get("/{agreement_id}", response=AgreementItem, summary="One agreement")
def one_agreement(request: HttpRequest, agreement_id: str) -> AgreementItem:
    """With its versions."""
    return _item(services.agreement_of(agreement_id, _actor(request)))


@router.get("/{agreement_id}/bound", response=list[StandingItem], summary="Who is bound on a day")
def bound(
    request: HttpRequest,
    agreement_id: str,
    on: Annotated[date, Query(description="The day, where the text's days count.")],
) -> list[StandingItem]:
    """Of every party, in the order of the text, computed from what the parties did."""
    found = services.agreement_of(agreement_id, _actor(request))
    slugs = texts.party_names(selectors.last_version(found).document)
    return [
        StandingItem(
            party=slug,
            name=name,
            version=standing.version,
            since=standing.since,
            until=standing.until,
            survives=list(standing.survives),
        )
        for slug, (name, standing) in zip(slugs, selectors.standings_on(found, on), strict=True)
    ]


@router.post(
    "/{agreement_id}/versions", response={201: VersionWhole}, summary="Begin the next version"
)
def next_version(request: HttpRequest, agreement_id: str) -> Status[VersionWhole]:
    """With the words of the last one. Where a draft is open already, it is that one."""
    made = services.next_version(
        agreement_id=agreement_id,
        actor=_actor(request),
        now=clock.now(),
        key=idempotency_key(request),
    )
    return Status(201, _whole(made))


@router.get("/{agreement_id}/versions/{number}", response=VersionWhole, summary="One version")
def one_version(request: HttpRequest, agreement_id: str, number: int) -> VersionWhole:
    """Its text, what it lacks while it is a draft, and what the parties did."""
    return _whole(selectors.version_of(agreement_id, number, _actor(request)))


@router.put("/{agreement_id}/versions/{number}", response=VersionWhole, summary="Write the draft")
def write(request: HttpRequest, agreement_id: str, number: int, body: TextBody) -> VersionWhole:
    """Replace the text of a draft. Somebody else's change meanwhile is answered with 409."""
    actor = _actor(request)
    found = selectors.version_of(agreement_id, number, actor)
    made = services.write_draft(
        version_id=found.id, document=body.document, edit=body.edit, actor=actor, now=clock.now()
    )
    return _whole(made)


@router.post(
    "/{agreement_id}/versions/{number}/ask", response=VersionWhole, summary="Ask the parties"
)
def ask(request: HttpRequest, agreement_id: str, number: int) -> VersionWhole:
    """Tell the officers of the parties that the draft waits for them to agree."""
    actor = _actor(request)
    found = selectors.version_of(agreement_id, number, actor)
    return _whole(drafting.ask_parties(version_id=found.id, actor=actor, now=clock.now()))


@router.post(
    "/{agreement_id}/versions/{number}/abandon", response=VersionWhole, summary="Give it up"
)
def abandon(request: HttpRequest, agreement_id: str, number: int, body: ReasonBody) -> VersionWhole:
    """Before enough parties have consented; with the reason."""
    actor = _actor(request)
    found = selectors.version_of(agreement_id, number, actor)
    services.abandon(
        version_id=found.id,
        reason=body.reason,
        actor=actor,
        now=clock.now(),
        key=idempotency_key(request),
    )
    return _whole(selectors.version_of(agreement_id, number, actor))


@router.post(
    "/{agreement_id}/versions/{number}/papers",
    response={201: StepItem},
    summary="Write down a signed paper",
)
def write_paper(
    request: HttpRequest, agreement_id: str, number: int, body: PaperBody
) -> Status[StepItem]:
    """It counts once a second officer has compared it with its scan, on the page."""
    actor = _actor(request)
    found = selectors.version_of(agreement_id, number, actor)
    data = {"effective": body.effective.isoformat()} if body.effective else {}
    try:
        scan = base64.b64decode(body.scan, validate=True)
    except (binascii.Error, ValueError):
        raise invalid("scan", N_("The scan is not in base64.")) from None
    step = steps.on_paper(
        What(services.SUBJECT, found.id, body.party, body.deed, body.sha256, data),
        Evidence(body.done_on, body.signatory, body.office, body.reference, scan),
        actor=actor,
        now=clock.now(),
        key=idempotency_key(request),
    )
    return Status(201, _step(step))


def _item(agreement: Agreement) -> AgreementItem:
    versions = sorted(agreement.versions.all(), key=lambda one: one.number)
    return AgreementItem(
        id=agreement.id,
        type=agreement.type,
        title=versions[-1].document["title"],
        public_from=agreement.public_from,
        record=agreement.record,
        created_at=agreement.created_at,
        versions=[TextVersionItem.model_validate(_fields(one, agreement)) for one in versions],
    )


def _fields(version: Version, agreement: Agreement) -> dict[str, Any]:
    version.agreement = agreement
    return {
        "number": version.number,
        "state": version.state,
        "sha256": version.sha256 or texts.digest(version.document),
        "updated_at": version.updated_at,
        "html_url": settings.TONLE_URL + services.address(version),
    }


def _whole(version: Version) -> VersionWhole:
    done = PartyStep.objects.filter(subject_kind=services.SUBJECT, subject=version.id)
    problems = texts.problems(version.document) if version.state == "draft" else []
    return VersionWhole.model_validate(
        {
            **_fields(version, version.agreement),
            "agreement": version.agreement.id,
            "edit": version.edit,
            "document": version.document,
            "problems": [ProblemItem(pointer=where, detail=said(what)) for where, what in problems],
            "steps": [_step(step) for step in done.order_by("key")],
        }
    )


def _step(step: PartyStep) -> StepItem:
    return StepItem(
        id=step.id,
        party=step.party,
        deed=step.deed,
        way=step.way,
        state=step.state,
        done_on=step.done_on,
        effective=step.data.get("effective"),
        sha256=step.sha256,
        entered_at=step.decided_at or step.made_at,
    )
