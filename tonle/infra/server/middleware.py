"""The outermost middleware: request id, file answers, and what every answer carries."""

from __future__ import annotations

import secrets
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from tonle.infra import clock, pagecache, usage
from tonle.infra.server.files import RangedAnswer
from tonle.infra.server.proxies import reader_address

GetResponse = Callable[[HttpRequest], HttpResponseBase]


class ServerMiddleware:
    """Runs first and last. Works the same under the adapter and Django's test client."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request_id = request.META.get("tonle.request_id") or secrets.token_hex(8)
        request.tonle_request_id = request_id  # type: ignore[attr-defined]  # For logs and error pages.
        request.META["REMOTE_ADDR"] = reader_address(
            request.META.get("REMOTE_ADDR", ""),
            request.META.get("HTTP_X_FORWARDED_FOR", ""),
            settings.TONLE_PROXIES,
        )
        response = self.get_response(request)
        if isinstance(response, RangedAnswer):
            response.narrow(request)
        elif (
            isinstance(response, HttpResponse)
            and response.status_code == 200
            and request.method in {"GET", "HEAD"}
            and pagecache.hint(response) is not None
        ):
            pagecache.prepare(request, response)
        usage.note_response(request, response, clock.now())
        response["X-Request-ID"] = request_id
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        return response
