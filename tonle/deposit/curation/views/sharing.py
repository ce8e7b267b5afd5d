"""A deposit before publication, for whoever holds a link to it: read-only, marked as a draft."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tonle.catalogue import public as catalogue
from tonle.deposit.curation import links
from tonle.deposit.curation.views.desk import answer_file, rest
from tonle.infra import clock


@require_safe
def shared(request: HttpRequest, secret: str) -> HttpResponse:
    """The draft as it stands now. Once it is public, the way to the record."""
    found = links.open_link(secret, clock.now())
    if found.record_id:
        return _hidden(redirect(f"/records/{found.record_id}"))
    files = [
        {
            "name": file.name,
            "size_bytes": file.size_bytes,
            "media_type": file.media_type,
            "sha256": file.sha256,
            # What the world may not have of the published version, a link does not give it.
            "url": reverse("deposit:shared_file", args=[secret, file.name]) if file.given else "",
        }
        for file in found.draft.files
    ]
    context = {
        "record": found.draft.document,
        "rest": rest(found.draft.document),
        "kind_label": _(catalogue.kind(found.kind).label),
        "files": files,
        "expires_at": found.expires_at,
        # The language switch would carry the secret in its address to a log of its own.
        "here": "",
    }
    return _hidden(render(request, "deposit/curation/shared.html", context))


@require_safe
def shared_file(request: HttpRequest, secret: str, name: str) -> HttpResponseBase:
    """One of its files."""
    del request
    return answer_file(*links.open_file(secret, name, clock.now()))


def _hidden(answer: HttpResponse) -> HttpResponse:
    """The secret stands in the address: nothing may keep it or pass it on."""
    answer["Cache-Control"] = "private, no-store"
    answer["X-Robots-Tag"] = "noindex, nofollow"
    answer["Referrer-Policy"] = "no-referrer"
    return answer
