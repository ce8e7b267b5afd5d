"""The page that says what opens the files of a record."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_safe

from tonle.catalogue.public import record_view
from tonle.explore import tools
from tonle.infra import clock
from tonle.infra.pagecache import lasts_until, public_page
from tonle.kernel.errors import NotFound
from tonle.kernel.text import choose
from tonle.web.public import actor_of


@require_safe
@public_page
def opens(request: HttpRequest, record_id: str, version: int | None = None) -> HttpResponse:
    """What can open the files of a record, of its newest version unless one is named."""
    actor, now = actor_of(request), clock.now()
    view = record_view(record_id=record_id, actor=actor, now=now, version=version)
    if view.record.state != "published":
        raise NotFound
    _, title = choose(view.document["titles"], get_language() or "en")
    args = [record_id] if version is None else [record_id, version]
    page = reverse(f"catalogue:{'record' if version is None else 'version'}", args=args)
    made = {
        "crumbs": [(title, page), (gettext("What can open this?"), "")],
        "related": tools.related_tools(view.document),
        "formats": tools.opened_by(view.document, now),
        "as_of": tools.as_of(),
    }
    response = render(request, "explore/opens.html", made)
    lasts_until(response, view.record.changes_at)
    return response
