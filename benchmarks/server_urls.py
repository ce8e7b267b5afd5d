"""The URL map of the server benchmarks."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template import engines
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

from tonle.infra import pagecache
from tonle.infra.server.files import FileAnswer
from tonle.infra.server.uploads import Received, SpoolPlan, UploadAnswer, takes_upload

TEMPLATE = engines["django"].from_string(
    "<!doctype html><title>Rows</title><main><h1>Rows</h1><ul>"
    '{% for row in rows %}<li><a href="/{{ row.app_label }}/{{ row.model }}">'
    "{{ row.app_label|title }}</a> <p>{{ row.model }} is row {{ row.pk }} of this page.</p></li>"
    "{% endfor %}</ul></main>"
)


def ping(_request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok")


def rows(request: HttpRequest) -> HttpResponse:
    found = ContentType.objects.order_by("pk")[:25]
    return HttpResponse(TEMPLATE.render({"rows": list(found)}, request))


def file(_request: HttpRequest) -> FileAnswer:
    return FileAnswer(Path(settings.TONLE_DATA) / "probe" / "big.bin")


@csrf_exempt
@takes_upload
def upload(_request: HttpRequest, name: str) -> HttpResponseBase:
    def complete(received: Received) -> HttpResponse:
        return HttpResponse(str(received.length))

    return UploadAnswer(SpoolPlan(Path(settings.TONLE_DATA) / "probe" / name, 0, 10**9), complete)


pagecache.register_stamp(lambda: (1,))

urlpatterns = [
    path("ping", ping),
    path("rows", rows),
    path("public", pagecache.public_page(rows)),
    path("file", file),
    path("upload/<slug:name>", upload),
]
