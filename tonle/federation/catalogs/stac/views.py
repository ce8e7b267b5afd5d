"""The pages of the STAC API: where it begins, its collections, their items, and search."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from tonle.catalogue.public import (
    Asked,
    Record,
    Span,
    count_placed,
    crossing,
    decide,
    document_of,
    extent,
    kind,
    place_of,
    placed,
    spans,
    stac,
)
from tonle.federation.catalogs.programs import for_programs
from tonle.federation.catalogs.stac import asking
from tonle.infra import clock
from tonle.infra.pagecache import public_page
from tonle.kernel.actors import ANONYMOUS
from tonle.kernel.dates import format_instant
from tonle.kernel.errors import NotFound

JSON: Final = "application/json"
GEOJSON: Final = "application/geo+json"
CONFORMS: Final = (
    "https://api.stacspec.org/v1.0.0/core",
    "https://api.stacspec.org/v1.0.0/collections",
    "https://api.stacspec.org/v1.0.0/ogcapi-features",
    "https://api.stacspec.org/v1.0.0/item-search",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/geojson",
)
# A search by a drawn area looks at this many records of its box, and goes on in the next page.
MOST_LOOKED_AT: Final = 2_000


@require_safe
@public_page
def landing(request: HttpRequest) -> HttpResponse:
    """`/stac/`: what there is, and how to ask for it."""
    base = _base(request)
    links = [
        _link("self", base),
        _link("root", base),
        _link("conformance", f"{base}conformance"),
        _link("data", f"{base}collections"),
        _link("search", f"{base}search", GEOJSON, method="GET"),
        _link("search", f"{base}search", GEOJSON, method="POST"),
        _link("service-desc", _absolute(request, "/api/v1/openapi.json")),
        _link("service-doc", _absolute(request, "/"), "text/html"),
    ]
    links += [
        _link("child", f"{base}collections/{span.kind}", title=_plural(span.kind))
        for span in spans(clock.now())
    ]
    return _json(
        {
            "type": "Catalog",
            "stac_version": stac.VERSION,
            "id": "tonle",
            "title": settings.TONLE_NODE_NAME,
            "description": gettext("Records of this node that have a place."),
            "conformsTo": list(CONFORMS),
            "links": links,
        }
    )


@require_safe
@public_page
def conformance(_request: HttpRequest) -> HttpResponse:
    return _json({"conformsTo": list(CONFORMS)})


@require_safe
@public_page
def collections(request: HttpRequest) -> HttpResponse:
    """`/stac/collections`: one for each kind with placed records."""
    base = _base(request)
    return _json(
        {
            "collections": [_collection(span, base) for span in spans(clock.now())],
            "links": [_link("self", f"{base}collections"), _link("root", base)],
        }
    )


@require_safe
@public_page
@for_programs
def collection(request: HttpRequest, name: str) -> HttpResponse:
    """`/stac/collections/<kind>`."""
    return _json(_collection(_span(name), _base(request)))


@require_safe
@public_page
@for_programs
def items(request: HttpRequest, name: str) -> HttpResponse:
    """`/stac/collections/<kind>/items?bbox=&datetime=&limit=`."""
    _span(name)
    base = _base(request)
    search = asking.read(request.GET.dict(), collection=name)
    return _found(search, f"{base}collections/{name}/items", request)


@require_safe
@public_page
@for_programs
def item(request: HttpRequest, name: str, record_id: str) -> HttpResponse:
    """`/stac/collections/<kind>/items/<record>`."""
    now = clock.now()
    rows = placed(Asked(kinds=[name], ids=[record_id]), now=now, limit=1)
    shown = list(_items(rows, request, now))
    if not shown:
        raise NotFound
    return _json(shown[0], GEOJSON)


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@public_page
@for_programs
def search(request: HttpRequest) -> HttpResponse:
    """`/stac/search`, by the parameters of an address or by JSON. It changes nothing."""
    url = f"{_base(request)}search"
    if request.method != "POST":
        return _found(asking.read(request.GET.dict()), url, request)
    asked = asking.read_body(request.read(asking.LARGEST_BODY + 1))
    return _found(asked, url, request, post=True)


def _found(
    asked: asking.Search, url: str, request: HttpRequest, *, post: bool = False
) -> HttpResponse:
    """The next items of a search, and where those after them are."""
    now = clock.now()
    rows, last = _look(asked, now)
    features = list(_items(rows, request, now))
    links = [_link("self", url, GEOJSON), _link("root", _base(request))]
    if last:
        if post:
            body = {**asked.pairs, "token": last}
            links.append(_link("next", url, GEOJSON, method="POST", body=body))
        else:
            query = urlencode({**asked.pairs, "token": last})
            links.append(_link("next", f"{url}?{query}", GEOJSON, method="GET"))
    made: dict[str, Any] = {
        "type": "FeatureCollection",
        "features": features,
        "links": links,
        "numberReturned": len(features),
    }
    if asked.area is None:
        made["numberMatched"] = count_placed(asked.asked, now=now)
    return _json(made, GEOJSON)


def _look(asked: asking.Search, now: datetime) -> tuple[list[Record], str]:
    """The records to show, and the token of the page after them; "" at the end."""
    if asked.area is None:
        rows = placed(asked.asked, now=now, after=asked.after, limit=asked.limit + 1)
        more = len(rows) > asked.limit
        return rows[: asked.limit], rows[asked.limit - 1].id if more else ""
    shown: list[Record] = []
    after, looked_at = asked.after, 0
    while looked_at < MOST_LOOKED_AT:
        rows = placed(asked.asked, now=now, after=after, limit=200)
        for row in rows:
            shape = extent.geometry(document_of(row).get("geo_locations", ()))
            after, looked_at = row.id, looked_at + 1
            if shape is not None and crossing.crosses(shape, asked.area):
                shown.append(row)
                if len(shown) == asked.limit:
                    return shown, after
        if len(rows) < 200:
            return shown, ""
    return shown, after


def _items(rows: Iterable[Record], request: HttpRequest, now: datetime) -> Iterable[dict[str, Any]]:
    base, node = _base(request), request.build_absolute_uri("/").rstrip("/")
    rows = list(rows)
    open_to_all = decide(ANONYMOUS, "read_files", rows, now)
    for row in rows:
        document = document_of(row)
        here = place_of(document, node, files_open=bool(open_to_all[row.id]))
        made = stac.item(document, here)
        if made is None:
            continue
        parent = f"{base}collections/{row.kind}"
        made["links"] = [
            _link("self", f"{parent}/items/{row.id}", GEOJSON),
            _link("root", base),
            _link("parent", parent),
            _link("collection", parent),
            *made["links"],
        ]
        yield made


def _collection(span: Span, base: str) -> dict[str, Any]:
    url = f"{base}collections/{span.kind}"
    return {
        "type": "Collection",
        "stac_version": stac.VERSION,
        "id": span.kind,
        "title": _plural(span.kind),
        "description": gettext("%(kind)s of this node that have a place.")
        % {"kind": _plural(span.kind)},
        # Each record states its own.
        "license": "other",
        "extent": {
            "spatial": {"bbox": [list(span.box.corners)]},
            "temporal": {"interval": [[_instant(span.start), _instant(span.end)]]},
        },
        "links": [
            _link("self", url),
            _link("root", base),
            _link("parent", base),
            _link("items", f"{url}/items", GEOJSON),
        ],
    }


def _span(name: str) -> Span:
    found = next((span for span in spans(clock.now()) if span.kind == name), None)
    if found is None:
        raise NotFound
    return found


def _plural(name: str) -> str:
    return gettext(kind(name).plural)


def _instant(value: datetime | None) -> str | None:
    return format_instant(value) if value else None


def _link(relation: str, href: str, media_type: str = JSON, **more: Any) -> dict[str, Any]:
    return {"rel": relation, "type": media_type, "href": href, **more}


def _base(request: HttpRequest) -> str:
    return _absolute(request, reverse("federation:stac"))


def _absolute(request: HttpRequest, path: str) -> str:
    return request.build_absolute_uri(path)


def _json(value: Mapping[str, Any], media_type: str = JSON) -> HttpResponse:
    return HttpResponse(json.dumps(value, ensure_ascii=False), content_type=media_type)
