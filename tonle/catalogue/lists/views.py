"""Whole records, and pages that list the records of a person, an organisation, a community."""

from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_safe

from tonle.catalogue.lists.readers import reader_of
from tonle.catalogue.lists.whole import whole_record
from tonle.infra import clock, usage
from tonle.infra.server.files import PartsAnswer


@require_safe
def whole(request: HttpRequest, record_id: str, version: int | None = None) -> HttpResponseBase:
    """All files of one version with its description, as a zip that can be resumed."""
    actor = reader_of(request)
    made = whole_record(record_id=record_id, actor=actor, now=clock.now(), version=version)
    answer = PartsAnswer(
        made.parts,
        content_type="application/zip",
        etag=made.etag,
        last_modified=made.last_modified,
        filename=made.filename,
    )
    if actor.id:
        # What somebody known may have is not for a cache that others share.
        answer["Cache-Control"] = "private, no-cache"
    usage.mark(answer, "request", record_id)
    page = request.build_absolute_uri(reverse("catalogue:record", args=[record_id]))
    answer["Link"] = f'<{page}>; rel="collection"'
    return answer
