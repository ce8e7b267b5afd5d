"""The map of the region as a picture, with what its address says drawn on it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.html import escape
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tonle.deposit.forms.rules import places
from tonle.kernel import region

MOST = 50


@require_safe
def region_map(request: HttpRequest) -> HttpResponse:
    """`?box=west,south,east,north` several times, `at=longitude,latitude` once."""
    boxes = [box for text in request.GET.getlist("box")[:MOST] if (box := places.read_box(text))]
    names = [escape(_(name)) for name, _longitude, _latitude in region.CITIES]
    begun = places.parsed(request.GET.get("at", ""))
    answer = HttpResponse(region.svg(names, boxes, begun), content_type="image/svg+xml")
    answer.headers["Cache-Control"] = "private, max-age=86400"
    return answer
