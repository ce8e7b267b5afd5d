"""/funding/awards.json and .csv: every award known here, as 360Giving grants."""

from __future__ import annotations

import json

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from tonle.funding.crosswalks import three_sixty_giving
from tonle.funding.openness import selectors
from tonle.infra import clock
from tonle.infra.pagecache import public_page


@require_safe
@public_page
def awards_json(request: HttpRequest) -> HttpResponse:
    """A data package of 360Giving 1.1. Without an award its list is empty."""
    del request
    package = three_sixty_giving.package(
        selectors.grants(clock.now()),
        node=settings.TONLE_URL,
        node_name=settings.TONLE_NODE_NAME,
        url=settings.TONLE_URL + reverse("funding:awards_json"),
    )
    body = json.dumps(package, ensure_ascii=False, indent=1)
    return _answer(body, "application/json", "awards.json")


@require_safe
@public_page
def awards_csv(request: HttpRequest) -> HttpResponse:
    """The same as a table, with the standard's titles."""
    del request
    table = three_sixty_giving.table(selectors.grants(clock.now()))
    # A byte order mark, without which spreadsheets take the letters for others.
    return _answer(f"\ufeff{table}", "text/csv; charset=utf-8", "awards.csv")


def _answer(body: str, media_type: str, name: str) -> HttpResponse:
    response = HttpResponse(body, content_type=media_type)
    response["Content-Disposition"] = f'inline; filename="{name}"'
    # Scripts of other sites may read what everybody may see.
    response["Access-Control-Allow-Origin"] = "*"
    return response
