"""The map of the region as a picture, with what its address says drawn on it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from tonle.deposit.forms.rules import places
from tonle.kernel.maps import picture
from tonle.kernel.maps.drawing import Mark
from tonle.kernel.maps.views import REGION
from tonle.web.public import on_page

MOST = 50


@require_safe
def region_map(request: HttpRequest) -> HttpResponse:
    """`?box=west,south,east,north` several times, `at=longitude,latitude` once."""
    boxes = [box for text in request.GET.getlist("box")[:MOST] if (box := places.read_box(text))]
    marks = [Mark(box=(box.west, box.south, box.east, box.north)) for box in boxes]
    begun = places.parsed(request.GET.get("at", ""))
    drawn = on_page(REGION, "", marks=marks).drawn
    answer = HttpResponse(
        picture.svg(drawn, places.pressed(begun) if begun else None), content_type="image/svg+xml"
    )
    # The picture brings its own colours; nothing else may run or be fetched in it.
    answer.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'"
    answer.headers["Cache-Control"] = "private, max-age=86400"
    return answer
