"""The landing page of a record: for people, and in its head and headers for machines."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from tonle.catalogue import selectors
from tonle.catalogue.rules.access import READ_FILES, rule
from tonle.catalogue.selectors import RecordView
from tonle.catalogue.views import formats, names, page
from tonle.infra import clock, usage
from tonle.infra.pagecache import lasts_until, public_page
from tonle.kernel.actors import ANONYMOUS, Actor
from tonle.kernel.errors import Invalid, NotFound
from tonle.web.public import actor_of

# How old the counts of use on a kept page may become.
COUNTS_LAST = timedelta(hours=1)


@require_safe
@public_page
def record(request: HttpRequest, record_id: str, version: int | None = None) -> HttpResponse:
    """The landing page of a record, of its newest version unless one is named."""
    now = clock.now()
    actor = actor_of(request)
    try:
        canonical_id = names.named(record_id)
        if canonical_id != record_id:
            return HttpResponseRedirect(reverse("catalogue:record", args=[canonical_id]))
        view = selectors.record_view(record_id=record_id, actor=actor, now=now, version=version)
    except NotFound as error:
        if "format" not in request.GET or formats.HTML in request.headers.get("Accept", ""):
            raise
        return formats.refused(error)
    files_open = bool(view.files) and _open_to_all(view, actor, now)
    here = names.here(request, view.document, files_open=files_open)
    if not view.is_newest:
        here = here.at_version(view.document["version"])
    try:
        wanted = formats.wanted(request, view, here)
    except Invalid as error:
        if formats.HTML in request.headers.get("Accept", ""):
            raise  # A browser: its reader gets a page.
        return formats.refused(error)
    lasts = [now + COUNTS_LAST]
    if wanted is None:
        response = formats.not_acceptable(view, here)
    elif wanted.name == "html":
        gone = view.record.state != "published"
        template = "catalogue/tombstone.html" if gone else "catalogue/record.html"
        shown = page.context(view, here, actor, now, request.GET)
        response = render(request, template, shown)
        # A panel may say what holds until an instant, such as that a call is open.
        lasts += [one.changes_at for one in shown.get("live_panels", ()) if one.changes_at]
    else:
        response = formats.answer(view, wanted, here)
    response["Link"] = formats.link_field(view, wanted, here)
    patch_vary_headers(response, ("Accept",))
    if wanted is None:
        return response
    if view.record.state != "published":
        # Gone, and known to be gone: the tombstone is the answer.
        response.status_code = 410
    usage.mark(response, "investigation", view.record.id)
    if view.record.changes_at is not None:
        lasts.append(view.record.changes_at)
    lasts_until(response, min(lasts))
    return response


def _open_to_all(view: RecordView, actor: Actor, now: datetime) -> bool:
    """Whether anybody may have the files: what is told to machines is told to all of them."""
    if not actor.id:
        return bool(view.files_ruling)
    return bool(rule(ANONYMOUS, READ_FILES, selectors.facts_of(view.record), now))
