"""The step of the files: added, named, put in order, taken out."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from tonle.catalogue import public as catalogue
from tonle.deposit import checks, curation
from tonle.deposit.forms import seals, uploading
from tonle.deposit.forms.guards import signed_out, wants_json
from tonle.deposit.forms.rules import steps
from tonle.deposit.uploads.errors import NoSpace, WholeDiffers
from tonle.deposit.uploads.selectors import arriving
from tonle.deposit.uploads.services import attach, drop
from tonle.infra import clock
from tonle.infra.i18n import problem, say
from tonle.infra.server.uploads import End, Received, UploadAnswer, takes_upload
from tonle.kernel import identifiers
from tonle.kernel.actors import Actor
from tonle.kernel.errors import N_, Conflict, Invalid, Refused, TonleError, TooLarge
from tonle.web.public import actor_of

_ENDED = {
    End.CUT: N_("The connection broke before the file had arrived. Send it once more."),
    End.STALLED: N_("Nothing arrived for too long. Send the file once more."),
    End.FULL: NoSpace.message,
    End.BUSY: N_("The file could not be written. Send it once more."),
    End.MOVED: N_("The file could not be written. Send it once more."),
}


def page(request: HttpRequest, draft_id: str) -> HttpResponseBase:
    """The list of files, and the way to add more."""
    actor, now = actor_of(request), clock.now()
    if request.method == "POST":
        try:
            _change(request, draft_id, actor)
        except TonleError as error:
            if wants_json(request):
                return _told(error)
            if not isinstance(error, Invalid | Refused | Conflict | TooLarge | WholeDiffers):
                raise
            return show(request, draft_id, refusal=error)
        if wants_json(request):
            return JsonResponse({})
        if request.POST.get("go") == "next":
            return redirect("deposit:step", draft_id=draft_id, name="rights")
        return HttpResponseRedirect(reverse("deposit:step", args=[draft_id, "files"]) + "#files")
    added = request.GET.get("added", "")
    number = int(added) if added.isascii() and added.isdigit() and len(added) < 4 else 0
    del now
    return show(request, draft_id, added=number)


def _change(request: HttpRequest, draft_id: str, actor: Actor) -> None:
    """What the buttons beside the files ask for; names are changed by every one of them."""
    now = clock.now()
    view = catalogue.draft_view(draft_id=draft_id, actor=actor, now=now)
    known = [file.name for file in view.files]
    what, _colon, chosen = request.POST.get("do", "").partition(":")
    for number in range(len(known)):
        was, to = request.POST.get(f"was-{number}"), request.POST.get(f"to-{number}", "").strip()
        if was in known and to and to != was:
            catalogue.rename_file(draft_id=draft_id, name=was, to=to, actor=actor, now=now)
            known[known.index(was)] = to
            chosen = to if chosen == was else chosen
    if what == "take" and chosen:
        attach(draft_id=draft_id, upload_id=chosen, actor=actor, now=now)
    # Pressed a second time, what is gone already stays gone: nobody needs an error for that.
    if what == "drop" and chosen in {one.id for one in arriving(draft_id, actor, now)}:
        drop(draft_id=draft_id, upload_id=chosen, actor=actor, now=now)
    if what == "remove" and chosen in known:
        catalogue.remove_file(draft_id=draft_id, name=chosen, actor=actor, now=now)
    if what in {"up", "down"} and chosen in known:
        at = known.index(chosen)
        other = at + (1 if what == "down" else -1)
        if 0 <= other < len(known):
            known[at], known[other] = known[other], known[at]
            catalogue.reorder_files(draft_id=draft_id, names=known, actor=actor, now=now)
    if known != [file.name for file in view.files] or what == "remove":
        checks.ask(draft_id=draft_id, now=now)


def show(
    request: HttpRequest,
    draft_id: str,
    *,
    added: int = 0,
    refusal: TonleError | None = None,
    refused: list[tuple[str, str]] | None = None,
) -> HttpResponse:
    """refused: (name, why) of files that were not added."""
    from tonle.deposit.forms.views.steps import shell

    actor, now = actor_of(request), clock.now()
    view = curation.submission_view(draft_id, actor, now)
    capability = seals.seal(seals.UPLOAD, draft_id, actor)
    context = shell(view, steps.STEPS["files"]) | {
        "files": view.draft.files,
        "total": sum(file.size_bytes for file in view.draft.files),
        "arriving": arriving(draft_id, actor, now),
        "replaces_files": view.draft.replaces_files,
        "seal": seals.seal(seals.FORM, draft_id, actor),
        "upload_url": reverse("deposit:upload", args=[draft_id, capability]),
        "checks": checks.summary(draft_id),
        "columns_url": _columns_url(view),
        "added": ngettext("%(count)s file was added.", "%(count)s files were added.", added)
        % {"count": added}
        if added
        else "",
        "refusal": say(refusal) if refusal else "",
        "refused": refused or [],
    }
    status = refusal.http_status if refusal else 422 if refused else 200
    return render(request, "deposit/forms/files.html", context, status=status)


def _columns_url(view: Any) -> str:
    """Where the columns of a dataset's tables are described; "" where there is no table."""
    from tonle.deposit.field.rules.tables import is_readable

    tables = view.row.kind == "dataset" and any(is_readable(one.name) for one in view.draft.files)
    return reverse("deposit:columns", args=[view.id]) if tables else ""


# Exempt from Django's check, which would read the body to find its token: the address itself
# is the token. It is signed for this draft and this account, and expires.
@csrf_exempt
@never_cache
@takes_upload
@require_http_methods(["POST", "PUT"])
def upload(
    request: HttpRequest, draft_id: str, capability: str, name: str = ""
) -> HttpResponseBase:
    """Receive files: one raw body under its name (PUT), or a plain form's files (POST)."""
    actor, now = actor_of(request), clock.now()
    if actor.kind != "person":
        return signed_out(request) if wants_json(request) else redirect("account_login")
    if not seals.fits(seals.UPLOAD, capability, draft_id, actor):
        raise Http404
    try:
        if request.method == "PUT":
            room = catalogue.file_room(draft_id=draft_id, name=name, actor=actor, now=now)
            _fits(request, room)
            return UploadAnswer(
                uploading.plan(room), lambda got: _taken(draft_id, name, got, actor, request)
            )
        # Which files come is not known yet: a name that nobody has stands for all of them.
        room = catalogue.file_room(draft_id=draft_id, name=identifiers.mint(), actor=actor, now=now)
        _fits(request, room + uploading.OVERHEAD_BYTES)
        return UploadAnswer(
            uploading.plan(room + uploading.OVERHEAD_BYTES),
            lambda got: _form_taken(draft_id, got, actor, request),
        )
    except TonleError as error:
        if wants_json(request):
            return _told(error)
        raise


def _fits(request: HttpRequest, room: int) -> None:
    """Refuse before reading what says itself that it is too long."""
    declared = request.headers.get("Content-Length", "")
    if declared.isdigit() and int(declared) > room:
        raise TooLarge(limit=room // 1_000_000, unit="MB")


def _told(error: TonleError) -> JsonResponse:
    told: dict[str, Any] = problem(error)
    if isinstance(error, Invalid):
        told["detail"] = " ".join(one["detail"] for one in told["problems"])
    if isinstance(error, Refused):
        told["detail"] = " ".join(one["detail"] for one in told["reasons"])
    return JsonResponse(told, status=error.http_status, content_type="application/problem+json")


def broken(received: Received) -> tuple[str, int] | None:
    """What to say of a body that did not come whole, and with which status."""
    if received.end is End.WHOLE:
        return None
    if received.end is End.TOO_LARGE:
        limit = received.plan.limit_bytes // 1_000_000
        return say(TooLarge(limit=limit, unit="MB")), 413
    return say(_ENDED[received.end]), 408 if received.end is End.STALLED else 400


def _taken(
    draft_id: str, name: str, received: Received, actor: Actor, request: HttpRequest
) -> HttpResponse:
    """One file has arrived, or not: JSON for the script that sent it."""
    spooled, now = received.plan.path, clock.now()
    try:
        if failed := broken(received):
            return JsonResponse({"code": "upload_broken", "detail": failed[0]}, status=failed[1])
        media_type = request.headers.get("Content-Type", "").partition(";")[0].strip()[:200]
        row = catalogue.take_file(
            draft_id=draft_id,
            name=name,
            spooled=spooled,
            actor=actor,
            now=now,
            # What a browser does not know it calls a stream of bytes; the name tells more.
            media_type="" if media_type == "application/octet-stream" else media_type,
        )
        checks.ask(draft_id=draft_id, now=now)
    except TonleError as error:
        return _told(error)
    finally:
        spooled.unlink(missing_ok=True)
    return JsonResponse(
        {"name": row.name, "size_bytes": row.size_bytes, "sha256": row.sha256}, status=201
    )


def _form_taken(
    draft_id: str, received: Received, actor: Actor, request: HttpRequest
) -> HttpResponse:
    """The files of a plain form have arrived: each is taken or refused by itself."""
    spooled, now = received.plan.path, clock.now()
    added, refused = 0, []
    try:
        if failed := broken(received):
            return show(request, draft_id, refused=[("", failed[0])])
        with uploading.parts(spooled, request.headers.get("Content-Type", "")) as found:
            # The whole is not needed any more, and may be as large as its parts.
            spooled.unlink(missing_ok=True)
            for part in found:
                try:
                    catalogue.take_file(
                        draft_id=draft_id,
                        name=part.name,
                        spooled=part.path,
                        actor=actor,
                        now=now,
                        media_type="" if "octet-stream" in part.media_type else part.media_type,
                    )
                    added += 1
                except TonleError as error:
                    refused.append((part.name, told_in_words(error)))
        if added:
            checks.ask(draft_id=draft_id, now=now)
    except TonleError as error:
        refused.append(("", say(error)))
    finally:
        spooled.unlink(missing_ok=True)
    if not added and not refused:
        refused.append(("", say(N_("No file was chosen. Choose one or more, then add them."))))
    if refused:
        return show(request, draft_id, added=added, refused=refused)
    address = reverse("deposit:step", args=[draft_id, "files"])
    return HttpResponseRedirect(f"{address}?added={added}#files", status=303)


def told_in_words(error: TonleError) -> str:
    """Why a file was not taken."""
    if isinstance(error, Invalid):
        return " ".join(say(text) for _where, text in error.problems)
    return say(error)
