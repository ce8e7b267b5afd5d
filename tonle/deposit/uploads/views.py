"""`/uploads/`: tus 1.0, for any client that speaks it.

An announcement needs a token, or a session and the seal of a page of ours: so no page of
somebody else's can make one through a reader's browser. Bytes need the address alone, which
outlives the login; no cookie is looked at for them. Nothing here is told to scripts of other
sites: there is no CORS header, and no preflight is answered.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt

from tonle.api.public import Token, answer_problem, count
from tonle.deposit.forms import seals
from tonle.deposit.uploads import places, receiving, services
from tonle.deposit.uploads.errors import (
    BadHeader,
    ChecksumDiffers,
    NoSpace,
    OffsetDiffers,
    OtherType,
    OtherVersion,
    SignInFirst,
    StaleSeal,
    UnknownChecksum,
    UploadBusy,
)
from tonle.deposit.uploads.models import Upload
from tonle.deposit.uploads.rules import tus
from tonle.infra import clock
from tonle.infra.server.errors import BodyCut, BodyStalled
from tonle.infra.server.uploads import (
    Checksum,
    End,
    Received,
    SpoolPlan,
    UploadAnswer,
    takes_upload,
)
from tonle.kernel.actors import Actor
from tonle.kernel.errors import NotFound, TonleError, TooLarge
from tonle.web.public import actor_of

# What a client does who is told that somebody else writes, or that a file is being read.
AGAIN_SECONDS = 3
_MINUTE = 60

Answer = Callable[..., HttpResponseBase]


def _tus(view: Answer) -> Any:
    """Around both addresses: the version, the method that is meant, and errors as problems."""

    @wraps(view)
    def answer(request: HttpRequest, **where: str) -> HttpResponseBase:
        # Some networks know GET and POST alone (tus, section X-HTTP-Method-Override).
        request.method = request.headers.get("X-HTTP-Method-Override", request.method or "").upper()
        try:
            if request.method != "OPTIONS" and request.headers.get("Tus-Resumable") != tus.VERSION:
                raise OtherVersion
            response = view(request, **where)
        except tus.Unreadable as error:
            response = _told(request, BadHeader(field=error.field))
        except tus.UnknownAlgorithm:
            response = _told(request, UnknownChecksum())
        except TonleError as error:
            response = _told(request, error)
        return _spoken(response)

    # The body of a form is never looked for a token: see above for what stands in its place.
    return csrf_exempt(takes_upload(answer))


def _told(request: HttpRequest, error: TonleError) -> HttpResponse:
    response = answer_problem(error)
    if isinstance(error, OtherVersion):
        response["Tus-Version"] = tus.VERSION
    if isinstance(error, OffsetDiffers):
        response["Upload-Offset"] = str(error.data["offset"])
    if isinstance(error, UploadBusy):
        response["Retry-After"] = str(AGAIN_SECONDS)
    if request.method == "HEAD":
        response.content = b""
    return response


def _spoken(response: HttpResponseBase) -> HttpResponseBase:
    response["Tus-Resumable"] = tus.VERSION
    # Of HEAD, too: an offset that a cache remembers would be sent twice (tus, HEAD).
    response["Cache-Control"] = "no-store"
    return response


def _options() -> HttpResponse:
    """What this node speaks."""
    response = HttpResponse(status=204)
    response["Tus-Version"] = tus.VERSION
    response["Tus-Extension"] = tus.EXTENSIONS
    response["Tus-Checksum-Algorithm"] = ",".join(tus.ALGORITHMS)
    response["Tus-Max-Size"] = str(settings.TONLE_DRAFT_SIZE * 1024**3)
    return response


def _not_allowed(*methods: str) -> HttpResponse:
    return HttpResponse(status=405, headers={"Allow": ", ".join(methods)})


# Announcing ------------------------------------------------------------------------------


@_tus
def collection(request: HttpRequest, draft_id: str = "") -> HttpResponseBase:
    """Announce a file: POST. The draft is named by the address, or by `draft` in the metadata."""
    if request.method == "OPTIONS":
        return _options()
    if request.method != "POST":
        return _not_allowed("OPTIONS", "POST")
    now = clock.now()
    # By address and before any token is checked, as everywhere in the REST interface.
    count(
        "api",
        request.META.get("REMOTE_ADDR", ""),
        limit=settings.TONLE_API_LIMIT,
        seconds=_MINUTE,
        now=now,
    )
    metadata = request.headers.get("Upload-Metadata", "")
    said = tus.announced(metadata)
    draft_id = draft_id or said.draft_id
    actor = _sender(request, draft_id)
    upload = services.begin(
        draft_id=draft_id,
        said=said,
        length_bytes=tus.number("Upload-Length", request.headers.get("Upload-Length")),
        metadata=metadata,
        actor=actor,
        now=now,
    )
    response = HttpResponse(status=201)
    token = places.capability(upload, draft_id)
    # Without a host: behind a proxy that names none, it still leads back to the same one.
    response["Location"] = reverse("deposit:tus", args=[token])
    response["Upload-Expires"] = tus.expires(upload.expires_at)
    response["Upload-Offset"] = "0"
    # By this name the REST interface attaches it.
    response["Tonle-Upload"] = upload.id
    return response


def _sender(request: HttpRequest, draft_id: str) -> Actor:
    """By token, as in all of REST; else by session, and then with the page's own seal.

    Raises SignInFirst, StaleSeal, TokenNotAccepted, TokenTooNarrow.
    """
    if "Authorization" in request.headers:
        return Token("deposit")(request)
    actor = actor_of(request)
    if actor.kind != "person":
        raise SignInFirst
    # A header that no form can send: with the seal, twice proof against forged requests.
    if not seals.fits(seals.FORM, request.headers.get("Tonle-Seal", ""), draft_id, actor):
        raise StaleSeal
    return actor


# Sending ---------------------------------------------------------------------------------


@_tus
def resource(request: HttpRequest, arriving: str) -> HttpResponseBase:
    """One upload: HEAD asks how far it is, PATCH adds bytes, DELETE ends it."""
    if request.method == "OPTIONS":
        return _options()
    if request.method not in {"HEAD", "PATCH", "DELETE"}:
        return _not_allowed("OPTIONS", "HEAD", "PATCH", "DELETE")
    now = clock.now()
    upload = places.known(arriving, now)
    if request.method == "DELETE":
        services.give_up(upload)
        return HttpResponse(status=204)
    if request.method == "HEAD":
        upload = receiving.settled(upload, now)
        response = _standing(upload, 200)
        response["Upload-Length"] = str(upload.length_bytes)
        if upload.metadata:
            response["Upload-Metadata"] = upload.metadata
        return response
    return _append(request, upload)


def _standing(upload: Upload, status: int) -> HttpResponse:
    response = HttpResponse(status=status)
    response["Upload-Offset"] = str(upload.offset_bytes)
    response["Upload-Expires"] = tus.expires(upload.expires_at)
    return response


def _append(request: HttpRequest, upload: Upload) -> HttpResponseBase:
    headers = request.headers
    if headers.get("Content-Type", "").partition(";")[0].strip().lower() != tus.OFFSET_TYPE:
        raise OtherType
    offset = tus.number("Upload-Offset", headers.get("Upload-Offset"))
    declared = headers.get("Content-Length", "")
    if declared.isdecimal() and offset + int(declared) > upload.length_bytes:
        raise TooLarge(limit=upload.length_bytes - offset, unit="bytes")
    checksum = None
    if sent := headers.get("Upload-Checksum"):
        checksum = Checksum(*tus.checksum(sent))
    if upload.state != Upload.RECEIVING and offset == upload.length_bytes:
        # The answer to the last bytes was lost; nothing is to be added.
        return _standing(upload, 204)
    lease = receiving.admit(upload, offset=offset, checked=checksum is not None, now=clock.now())
    plan = SpoolPlan(places.path_of(upload), offset, upload.length_bytes - offset, checksum)
    return UploadAnswer(plan, lambda received: _landed(request, upload, lease, received))


def _landed(request: HttpRequest, upload: Upload, lease: str, received: Received) -> HttpResponse:
    """The answer once the body has ended, whole or not; in most cases of "not" nobody hears it."""
    if not connection.in_atomic_block:
        # The body may have taken hours: this thread's connection may have gone meanwhile.
        connection.close_if_unusable_or_obsolete()
    try:
        upload = receiving.landed(upload, lease=lease, received=received, now=clock.now())
    except TonleError as error:
        return _told(request, error)
    if received.end is End.WHOLE:
        return _standing(upload, 204)
    response = _told(request, _unfinished(received, upload))
    response["Upload-Offset"] = str(upload.offset_bytes)
    return response


def _unfinished(received: Received, upload: Upload) -> TonleError:
    reasons: dict[End, TonleError] = {
        End.CUT: BodyCut(),
        End.STALLED: BodyStalled(),
        End.TOO_LARGE: TooLarge(limit=received.plan.limit_bytes, unit="bytes"),
        End.FULL: NoSpace(),
        End.BUSY: UploadBusy(),
        End.MOVED: OffsetDiffers(offset=upload.offset_bytes),
        End.DIFFERS: ChecksumDiffers(),
    }
    return reasons.get(received.end, NotFound())
