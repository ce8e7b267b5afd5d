"""Pages of the catalogue: a record, one of its versions, a file, and the names that lead there."""

from __future__ import annotations

import json
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_safe

from tonle.catalogue import selectors, services
from tonle.catalogue.document import schema as record_schema
from tonle.catalogue.kinds import kind
from tonle.catalogue.neighbours import incoming, titles_of_targets
from tonle.catalogue.rules.citation import citation
from tonle.catalogue.search_source import ACCESS_LABELS
from tonle.catalogue.selectors import RecordView
from tonle.infra import clock, usage
from tonle.infra.i18n import say
from tonle.infra.pagecache import lasts_until, public_page
from tonle.infra.server.files import FileAnswer
from tonle.kernel import identifiers
from tonle.kernel.errors import Invalid, NotFound
from tonle.kernel.identifiers import Ark
from tonle.web.public import actor_of

JSON = "application/json"


@require_safe
@public_page
def record(request: HttpRequest, record_id: str, version: int | None = None) -> HttpResponse:
    """The landing page of a record, of its newest version unless one is named."""
    now = clock.now()
    canonical_id = _named(record_id)
    if canonical_id != record_id:
        return HttpResponseRedirect(reverse("catalogue:record", args=[canonical_id]))
    view = selectors.record_view(
        record_id=record_id, actor=actor_of(request), now=now, version=version
    )
    wants_json = request.GET.get("format") == "json" or _prefers_json(request)
    response = _as_json(view) if wants_json else _as_page(request, view)
    if view.record.state != "published":
        # Gone, and known to be gone: the tombstone is the answer.
        response.status_code = 410
    usage.mark(response, "investigation", view.record.id)
    lasts_until(response, view.record.changes_at)
    return response


@require_safe
def file(
    request: HttpRequest, record_id: str, name: str, version: int | None = None
) -> HttpResponseBase:
    """The bytes of one file: ranges, digests, and a name to save it under."""
    actor = actor_of(request)
    found, path = services.read_file(
        record_id=record_id,
        name=name,
        actor=actor,
        now=clock.now(),
        version=version,
    )
    answer = FileAnswer(
        path,
        content_type=found.media_type,
        sha256=found.sha256,
        sha512=found.sha512,
        filename=found.name.rsplit("/", 1)[-1],
    )
    if actor.id:
        # What somebody known may have is not for a cache that others share.
        answer["Cache-Control"] = "private, no-cache"
    page = reverse("catalogue:record", args=[record_id])
    usage.mark(answer, "request", record_id)
    answer["Link"] = f'<{request.build_absolute_uri(page)}>; rel="collection"'
    return answer


@require_safe
def ark(request: HttpRequest, naan: str, name: str) -> HttpResponse:
    """Resolve an ARK of this node; `?info` answers what it names (the ARK draft, section 5)."""
    record_id = _named(name.replace("-", ""))
    if naan not in {settings.TONLE_NAAN, "99999"}:
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
        f"when: {view.document['published_at'][:10]}",
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


def _named(text: str) -> str:
    """The record's name in an address; raises NotFound for what can be no name."""
    try:
        return identifiers.normalise_id(text)
    except Invalid:
        # Nobody filled in a form: a mistyped address leads nowhere, and is told as much.
        raise NotFound from None


def _prefers_json(request: HttpRequest) -> bool:
    return request.get_preferred_type(["text/html", JSON]) == JSON


def _as_json(view: RecordView) -> HttpResponse:
    response = JsonResponse(view.document, json_dumps_params={"ensure_ascii": False})
    response["ETag"] = f'"{view.sha256}"'
    return response


def _as_page(request: HttpRequest, view: RecordView) -> HttpResponse:
    document = view.document
    found = kind(view.record.kind)
    page = reverse("catalogue:record", args=[view.record.id])
    shown = page if view.is_newest else _version_url(view, document["version"])
    context = {
        "record": document,
        "kind": found,
        "kind_label": gettext(found.label),
        "kind_url": f"/search?kind={found.name}",
        "access_label": gettext(ACCESS_LABELS.get(document["access"]["level"], "")),
        "pid": pid_of(document),
        "ark": str(Ark(settings.TONLE_NAAN, view.record.id)),
        "versions": [_version(view, entry) for entry in view.history],
        "files": [_file(view, row) for row in view.files],
        "decisions": {
            "read_files": {
                "allowed": bool(view.files_ruling),
                "outcome": view.files_ruling.outcome,
                "reasons": [say(reason) for reason in view.files_ruling.reasons],
            }
        },
        "citation": citation(
            document,
            languages=get_language() or "en",
            pid=citable(request, document),
            kind_label=gettext(found.label),
        ),
        "incoming": incoming(document),
        "related_titles": titles_of_targets(document),
        "is_latest": view.is_newest,
        "latest_url": page,
        "json_url": f"{shown}?format=json",
    }
    gone = view.record.state != "published"
    template = "catalogue/tombstone.html" if gone else "catalogue/record.html"
    return render(request, template, context)


def pid_of(document: dict[str, Any]) -> str:
    """The name the world knows a record by: its DOI, else another name, else its ARK here."""
    pids = sorted(document.get("pids", ()), key=lambda pid: pid["scheme"] != "doi")
    if pids:
        scheme, value = pids[0]["scheme"], pids[0]["value"]
        return f"{scheme}:{value}" if scheme == "doi" else str(value)
    return str(Ark(settings.TONLE_NAAN, document["id"]))


def citable(request: HttpRequest, document: dict[str, Any]) -> str:
    """The address to cite: where its name resolves, else the page here."""
    for pid in document.get("pids", ()):
        resolved = identifiers.resolver_url(pid["scheme"], pid["value"])
        if resolved:
            return resolved
    return request.build_absolute_uri(reverse("catalogue:record", args=[document["id"]]))


def _version(view: RecordView, entry: selectors.HistoryEntry) -> dict[str, Any]:
    return {
        "number": entry.version,
        "revision": entry.revision,
        "label": entry.label,
        "published_at": entry.published_at,
        "url": _version_url(view, entry.version),
    }


def _version_url(view: RecordView, version: int) -> str:
    return reverse("catalogue:version", args=[view.record.id, version])


def _file(view: RecordView, file: dict[str, Any]) -> dict[str, Any]:
    args: list[Any] = [view.record.id, file["name"]]
    name = "catalogue:file"
    if not view.is_newest:
        args.insert(1, view.document["version"])
        name = "catalogue:version-file"
    # A name and a digest are anybody's to know; a link to what one may not have is a dead end.
    return {**file, "url": reverse(name, args=args) if view.files_ruling else ""}
