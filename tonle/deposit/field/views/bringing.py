"""Files brought without a deposit that they belong to: the deposit is begun with them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from tonle.catalogue import public as catalogue
from tonle.deposit import checks, curation
from tonle.deposit.field.rules.names import one_each
from tonle.deposit.forms import seals, uploading
from tonle.deposit.forms.guards import desk, signed_out, wants_json
from tonle.deposit.forms.views.uploaded import broken, told_in_words
from tonle.infra import clock
from tonle.infra.i18n import say
from tonle.infra.idempotency import new_key
from tonle.infra.server.uploads import Received, UploadAnswer, takes_upload
from tonle.kernel.actors import Actor
from tonle.kernel.errors import TonleError
from tonle.web.public import actor_of, keep_for_reader

# Of a plain form, which arrives whole or not at all; a script sends each file by itself.
MOST_BYTES: Final = 1 << 30


@dataclass(frozen=True)
class Gift:
    """What is brought: its page, what goes on after it, and what the draft is at first."""

    name: str
    template: str
    then: str
    type: str


GIFTS: Final = {
    one.name: one
    for one in (
        Gift("photograph", "deposit/field/photograph.html", "deposit:photographs", "Image"),
        Gift("survey", "deposit/field/survey.html", "deposit:columns", "Dataset"),
    )
}


@desk
@require_safe
def page(request: HttpRequest, what: str) -> HttpResponse:
    """The one field with which it begins. The page is kept on the device, for where no link is."""
    response = _show(request, GIFTS[what])
    keep_for_reader(response)
    return response


def _show(
    request: HttpRequest, gift: Gift, refused: list[tuple[str, str]] | None = None
) -> HttpResponse:
    context = beginning(actor_of(request), gift.name) | {"refused": refused or []}
    return render(request, gift.template, context, status=422 if refused else 200)


def beginning(actor: Actor, what: str) -> dict[str, Any]:
    """What the form `deposit/field/bring.html` needs, on any page of somebody signed in."""
    seal = seals.seal(seals.BRING, "", actor)
    address = reverse("deposit:bring", args=[what, seal])
    return {"bring_url": f"{address}?key={new_key()}", "what": what}


# Exempt from Django's check, which would read the body to find its token: the address itself is
# the token. It is signed for this account, and expires.
@csrf_exempt
@never_cache
@takes_upload
@require_POST
def bring(request: HttpRequest, what: str, capability: str) -> HttpResponseBase:
    """Begin a deposit with files: those of a plain form, or those that a script will send.

    The same key again is the same deposit, so that a form which waited for a link may be sent
    twice.
    """
    actor, now = actor_of(request), clock.now()
    if what not in GIFTS:
        raise Http404
    if actor.kind != "person":
        return signed_out(request) if wants_json(request) else redirect("account_login")
    if not seals.fits(seals.BRING, capability, "", actor):
        raise Http404
    gift, key = GIFTS[what], request.GET.get("key", "")[:60] or None
    if wants_json(request):
        try:
            return JsonResponse(_for_script(_begun(gift, key, actor, now), gift, actor), status=201)
        except TonleError as error:
            return JsonResponse(
                {"code": error.code, "detail": say(error)}, status=error.http_status
            )
    limit = min(MOST_BYTES, settings.TONLE_DRAFT_SIZE * 1024**3) + uploading.OVERHEAD_BYTES
    return UploadAnswer(uploading.plan(limit), lambda got: _arrived(gift, key, got, actor, request))


def _begun(gift: Gift, key: str | None, actor: Actor, now: datetime) -> str:
    document: dict[str, Any] = {"resource_type": {"general": gift.type}}
    made = curation.start(kind="dataset", document=document, actor=actor, now=now, key=key)
    return str(made.id)


def _for_script(draft_id: str, gift: Gift, actor: Actor) -> dict[str, str]:
    """Where a script sends the files, and where it goes when all are there."""
    capability = seals.seal(seals.UPLOAD, draft_id, actor)
    return {
        "tus": reverse("deposit:tus-draft", args=[draft_id]),
        "action": reverse("deposit:upload", args=[draft_id, capability]),
        "here": reverse("deposit:step", args=[draft_id, "files"]),
        "seal": seals.seal(seals.FORM, draft_id, actor),
        "then": reverse(gift.then, args=[draft_id]),
    }


def _arrived(
    gift: Gift, key: str | None, received: Received, actor: Actor, request: HttpRequest
) -> HttpResponse:
    """The body of a plain form is here, or what came of it."""
    spooled, now = received.plan.path, clock.now()
    refused: list[tuple[str, str]] = []
    draft_id = ""
    try:
        if failed := broken(received):
            return _show(request, gift, [("", failed[0])])
        with uploading.parts(spooled, request.headers.get("Content-Type", "")) as parts:
            spooled.unlink(missing_ok=True)
            found = [part for part in parts if part.path.stat().st_size]
            if found:
                draft_id = _begun(gift, key, actor, now)
            for part, name in zip(found, one_each([p.name for p in found]), strict=True):
                try:
                    catalogue.take_file(
                        draft_id=draft_id,
                        name=name,
                        spooled=part.path,
                        actor=actor,
                        now=now,
                        media_type="" if "octet-stream" in part.media_type else part.media_type,
                    )
                except TonleError as error:
                    refused.append((part.name, told_in_words(error)))
        if draft_id:
            checks.ask(draft_id=draft_id, now=now)
    except TonleError as error:
        refused.append(("", say(error)))
    finally:
        spooled.unlink(missing_ok=True)
    if not draft_id and not refused:
        refused.append(("", _("No file was chosen. Choose one or more, then add them.")))
    if refused:
        return _show(request, gift, refused)
    return HttpResponseRedirect(reverse(gift.then, args=[draft_id]), status=303)
