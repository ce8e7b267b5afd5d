"""The page of one file: what is in it, before anybody fetches it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from tonle.explore import shown
from tonle.explore.selectors import Looked, looked_into
from tonle.infra import clock
from tonle.infra.pagecache import lasts_until, never_keep, public_page
from tonle.kernel.text import choose
from tonle.web.public import actor_of

# How long a browser waits before it looks again for a preview that is being made.
AGAIN_SECONDS = 4


@require_safe
@public_page
def look(
    request: HttpRequest, record_id: str, name: str, version: int | None = None
) -> HttpResponseBase:
    """What is in a file of a record, of its newest version unless one is named."""
    actor, now = actor_of(request), clock.now()
    looked = looked_into(record_id=record_id, name=name, actor=actor, now=now, version=version)
    if request.GET.get("part") == "picture":
        return _picture(looked)
    response = render(request, "explore/look.html", context(looked, version))
    if looked.preview is None:
        response["Refresh"] = str(AGAIN_SECONDS)
        never_keep(response)
    else:
        lasts_until(response, looked.view.record.changes_at)
    return response


def _picture(looked: Looked) -> HttpResponse:
    path = looked.picture
    if path is None:
        raise Http404
    response = HttpResponse(path.read_bytes(), content_type="image/webp")
    # It is one of few bytes that the page asks for; asked again, the page cache answers.
    lasts_until(response, looked.view.record.changes_at or clock.now() + timedelta(days=1))
    return response


def context(looked: Looked, version: int | None) -> dict[str, Any]:
    """The context of look.html, documented at its top."""
    view, file = looked.view, looked.file
    args: list[Any] = [view.record.id] if version is None else [view.record.id, version]
    prefix = "" if version is None else "version-"
    _, title = choose(view.document["titles"], get_language() or "en")
    record_url = (
        reverse("catalogue:record", args=args)
        if version is None
        else reverse("catalogue:version", args=args)
    )
    own = reverse(f"explore:{prefix}look", args=[*args, file["name"]])
    return {
        "record": view.document,
        "file": file,
        "crumbs": [(title, record_url), (file["name"], "")],
        "download_url": reverse(f"catalogue:{prefix}file", args=[*args, file["name"]]),
        "picture_url": f"{own}?part=picture" if looked.picture else "",
        "wait": shown.wait(file["size_bytes"]),
        "looked": None if looked.preview is None else shown.of(looked.preview),
        "api_url": shown.api_url(view.record.id, file["name"], version),
    }
