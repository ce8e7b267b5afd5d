"""Names of records: in addresses, in citations, and as ARKs."""

from __future__ import annotations

import json
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_safe

from tonle.catalogue import selectors
from tonle.catalogue.crosswalks.writers import Here
from tonle.catalogue.document import schema as record_schema
from tonle.catalogue.places import place_of
from tonle.infra import clock, days
from tonle.infra.pagecache import public_page
from tonle.kernel import identifiers
from tonle.kernel.dates import day_at
from tonle.kernel.errors import Invalid, NotFound
from tonle.kernel.identifiers import TEST_NAAN, Ark
from tonle.web.public import actor_of


def named(text: str) -> str:
    """The record's name in an address; raises NotFound for what can be no name."""
    try:
        return identifiers.normalise_id(text)
    except Invalid:
        # Nobody filled in a form: a mistyped address leads nowhere, and is told as much.
        raise NotFound from None


def pid_of(document: dict[str, Any]) -> str:
    """The name the world knows a record by: its DOI, else another name, else its ARK here."""
    pids = sorted(document.get("pids", ()), key=lambda pid: pid["scheme"] != "doi")
    if pids:
        scheme, value = pids[0]["scheme"], pids[0]["value"]
        return f"{scheme}:{value}" if scheme == "doi" else str(value)
    return str(Ark(settings.TONLE_NAAN, document["id"]))


def citable(request: HttpRequest, document: dict[str, Any]) -> str:
    """The address to cite: where its name resolves, else the page here."""
    return here(request, document, files_open=False).pid_url


def here(request: HttpRequest, document: dict[str, Any], *, files_open: bool) -> Here:
    """The record's place, at the address by which this node was asked."""
    base = request.build_absolute_uri("/").rstrip("/")
    return place_of(document, base, files_open=files_open)


@require_safe
def ark(request: HttpRequest, naan: str, name: str) -> HttpResponse:
    """Resolve an ARK of this node; `?info` answers what it names (the ARK draft, section 5)."""
    record_id = named(name.replace("-", ""))
    if naan not in {settings.TONLE_NAAN, TEST_NAAN}:
        raise NotFound
    page = reverse("catalogue:record", args=[record_id])
    if "info" not in request.GET:
        return HttpResponseRedirect(page)
    view = selectors.record_view(record_id=record_id, actor=actor_of(request), now=clock.now())
    who = "; ".join(creator["name"] for creator in view.document.get("creators", ())) or "(:unkn)"
    what = next(iter(view.document["titles"].values()))
    lines = [
        "erc:",
        f"who: {who}",
        f"what: {what}",
        f"when: {day_at(view.document['published_at'], days.zone())}",
        f"where: {request.build_absolute_uri(page)}",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


@require_safe
@public_page
def schema(_request: HttpRequest) -> HttpResponse:
    """The JSON Schema of `tonle-record/1`."""
    return HttpResponse(
        json.dumps(record_schema(), ensure_ascii=False), content_type="application/schema+json"
    )
