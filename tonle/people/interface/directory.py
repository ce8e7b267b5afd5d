"""/api/v1/communities and /organisations: public to read, kept by those who may."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Status

from tonle.api.public import (
    AnyReader,
    CursorText,
    Keyset,
    Limit,
    Token,
    idempotency_key,
    link_next,
    scope_of,
)
from tonle.infra import clock
from tonle.kernel.errors import NotFound
from tonle.people import errors, permissions, selectors, services
from tonle.people.interface import shown
from tonle.people.interface.schemas import (
    CommunityBody,
    CommunityItem,
    CommunityPage,
    OrganisationBody,
    OrganisationItem,
    OrganisationPage,
    VerificationItem,
    VerificationPage,
    VerifyBody,
    WhyBody,
)
from tonle.people.interface.shown import caller, private
from tonle.people.models import Community, Organisation, OrganisationVerification
from tonle.people.rules.scopes import DIRECTORY, ROLES

communities = Router(tags=["communities"], auth=Token(DIRECTORY))
organisations = Router(tags=["organisations"], auth=Token(DIRECTORY))

Member = Annotated[str, Query(max_length=8, description="Only of this member.")]


# --- communities -------------------------------------------------------------------------


@communities.get("", response=CommunityPage, auth=AnyReader(), summary="Communities")
def list_communities(
    request: HttpRequest,
    response: HttpResponse,
    limit: Limit,
    cursor: CursorText,
    closed: bool = False,
) -> CommunityPage:
    """By short name. closed: also those that take nothing more."""
    rows = Community.objects.all() if closed else Community.objects.filter(closed_at__isnull=True)
    found, following = Keyset("slug").page(
        rows, scope=scope_of("communities", {"closed": closed}), cursor=cursor, limit=limit
    )
    link_next(request, response, following)
    return CommunityPage(items=[shown.community(row) for row in found], next=following)


@communities.post("", response={201: CommunityItem}, summary="Found a community")
def found_community(
    request: HttpRequest, response: HttpResponse, body: CommunityBody
) -> Status[CommunityItem]:
    """The stewards'. Then invite its curators, or give the role of curator in its scope."""
    made = services.add_community(
        description=body.dict(),
        actor=caller(request),
        now=clock.now(),
        key=idempotency_key(request),
    )
    response["Location"] = f"/api/v1/communities/{made.id}"
    return Status(201, shown.community(made))


@communities.get(
    "/{community_id}", response=CommunityItem, auth=AnyReader(), summary="One community"
)
def one_community(request: HttpRequest, community_id: str) -> CommunityItem:
    """By its id or its short name; also a closed one."""
    del request
    found = selectors.community(community_id)
    if found is None:
        raise errors.NoSuchCommunity
    return shown.community(found)


@communities.put("/{community_id}", response=CommunityItem, summary="Change a community")
def change_community(request: HttpRequest, community_id: str, body: CommunityBody) -> CommunityItem:
    """Replaces what it says of itself; its short name is the stewards' to change."""
    return shown.community(
        services.change_community(
            id=community_id, description=body.dict(), actor=caller(request), now=clock.now()
        )
    )


@communities.post("/{community_id}/close", response=CommunityItem, summary="Close a community")
def close(request: HttpRequest, community_id: str) -> CommunityItem:
    """Nothing more is handed in; what is there stays. Twice is once."""
    return shown.community(
        services.close_community(id=community_id, actor=caller(request), now=clock.now())
    )


@communities.post("/{community_id}/reopen", response=CommunityItem, summary="Open it again")
def reopen(request: HttpRequest, community_id: str) -> CommunityItem:
    """Twice is once."""
    return shown.community(
        services.reopen_community(id=community_id, actor=caller(request), now=clock.now())
    )


# --- organisations -----------------------------------------------------------------------


@organisations.get("", response=OrganisationPage, auth=AnyReader(), summary="Organisations")
def list_organisations(
    request: HttpRequest,
    response: HttpResponse,
    limit: Limit,
    cursor: CursorText,
    member: Member = "",
    verified: bool = False,
) -> OrganisationPage:
    """In the order of their ids. verified: only those that a steward verified."""
    rows = Organisation.objects.prefetch_related("identifiers")
    if member:
        rows = rows.filter(member=member)
    if verified:
        rows = rows.filter(verified_at__isnull=False)
    found, following = Keyset("id").page(
        rows,
        scope=scope_of("organisations", {"member": member, "verified": verified}),
        cursor=cursor,
        limit=limit,
    )
    link_next(request, response, following)
    return OrganisationPage(items=[shown.organisation(row) for row in found], next=following)


@organisations.post("", response={201: OrganisationItem}, summary="Add an organisation")
def add_organisation(
    request: HttpRequest, response: HttpResponse, body: OrganisationBody
) -> Status[OrganisationItem]:
    """One of its identifiers may not name another. Send an Idempotency-Key: a name is none."""
    made = services.add_organisation(
        description=body.dict(),
        actor=caller(request),
        now=clock.now(),
        key=idempotency_key(request),
    )
    response["Location"] = f"/api/v1/organisations/{made.id}"
    return Status(201, shown.organisation(made))


@organisations.get(
    "/{organisation_id}", response=OrganisationItem, auth=AnyReader(), summary="One organisation"
)
def one_organisation(request: HttpRequest, organisation_id: str) -> OrganisationItem:
    """What is said of it, and whether a steward verified it."""
    del request
    found = selectors.organisation(organisation_id)
    if found is None:
        raise errors.NoSuchOrganisation
    return shown.organisation(found)


@organisations.put(
    "/{organisation_id}", response=OrganisationItem, summary="Change an organisation"
)
def change_organisation(
    request: HttpRequest, organisation_id: str, body: OrganisationBody
) -> OrganisationItem:
    """Replaces all that is said of it. The same again changes nothing."""
    return shown.organisation(
        services.change_organisation(
            id=organisation_id, description=body.dict(), actor=caller(request), now=clock.now()
        )
    )


@organisations.get(
    "/{organisation_id}/verifications", response=VerificationPage, summary="Its verifications"
)
def verifications(
    request: HttpRequest,
    response: HttpResponse,
    organisation_id: str,
    limit: Limit,
    cursor: CursorText,
) -> VerificationPage:
    """With the evidence, the last first; for those who keep the organisation."""
    known = selectors.organisation(organisation_id)
    if known is None or not permissions.may_edit_organisation(caller(request), known):
        raise NotFound
    found, following = Keyset("-verified_at", "-pk").page(
        OrganisationVerification.objects.filter(organisation=known),
        scope=scope_of("verifications", {"of": organisation_id}), cursor=cursor, limit=limit,
    )  # fmt: skip
    link_next(request, response, following)
    private(response)
    items = [VerificationItem.model_validate(_fields(row)) for row in found]
    return VerificationPage(items=items, next=following)


def _fields(row: OrganisationVerification) -> dict[str, Any]:
    return {name: getattr(row, name) for name in VerificationItem.model_fields}


@organisations.post(
    "/{organisation_id}/verify",
    response=OrganisationItem,
    auth=Token(ROLES),
    summary="Verify an organisation",
)
def verify(request: HttpRequest, organisation_id: str, body: VerifyBody) -> OrganisationItem:
    """A steward's word, with the evidence: its managers may then vouch. Twice is once."""
    return shown.organisation(
        services.verify_organisation(
            id=organisation_id,
            evidence=body.evidence,
            checked_on=body.checked_on,
            actor=caller(request),
            now=clock.now(),
        )
    )


@organisations.post(
    "/{organisation_id}/unverify",
    response=OrganisationItem,
    auth=Token(ROLES),
    summary="Take a verification back",
)
def unverify(request: HttpRequest, organisation_id: str, body: WhyBody) -> OrganisationItem:
    """Whom its managers vouched for is not vouched for any more. Twice is once."""
    return shown.organisation(
        services.unverify_organisation(
            id=organisation_id, reason=body.reason, actor=caller(request), now=clock.now()
        )
    )
