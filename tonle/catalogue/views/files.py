"""Files of records."""

from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_safe

from tonle.catalogue import services
from tonle.catalogue.crosswalks.writers import head
from tonle.catalogue.errors import FilesNotReadable
from tonle.catalogue.lists.readers import reader_of
from tonle.catalogue.record_actions import ways_to_files
from tonle.catalogue.selectors import record_view
from tonle.infra import clock, usage
from tonle.infra.server.files import file_answer


@require_safe
def file(
    request: HttpRequest, record_id: str, name: str, version: int | None = None
) -> HttpResponseBase:
    """The bytes of one file: ranges, digests, and a name to save it under."""
    actor, now = reader_of(request), clock.now()
    try:
        found, path = services.read_file(
            record_id=record_id, name=name, actor=actor, now=now, version=version
        )
    except FilesNotReadable as error:
        view = record_view(record_id=record_id, actor=actor, now=now)
        error.ways = ways_to_files(view, actor, now)
        raise
    answer = file_answer(
        path,
        content_type=found.media_type,
        sha256=found.sha256,
        sha512=found.sha512,
        filename=found.name.rsplit("/", 1)[-1],
    )
    if actor.id:
        # What somebody known may have is not for a cache that others share.
        answer["Cache-Control"] = "private, no-cache"
    page = (
        reverse("catalogue:record", args=[record_id])
        if version is None
        else reverse("catalogue:version", args=[record_id, version])
    )
    usage.mark(answer, "request", record_id)
    page_url = request.build_absolute_uri(page)
    links = [*head.of_file(page_url, found.media_type), *head.to_linksets(page_url)]
    answer["Link"] = head.header(links)
    return answer
