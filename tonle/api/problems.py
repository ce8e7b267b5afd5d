"""Every error as application/problem+json, in the caller's language.

Source: RFC 9457, Problem Details for HTTP APIs (2023), section 3.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from tonle.api import errors
from tonle.infra.faults import in_words
from tonle.infra.i18n import problem
from tonle.infra.moving import lead
from tonle.kernel.errors import Invalid, Moved, NotFound, TonleError, TooLarge

log = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"


def answer(error: TonleError, headers: Mapping[str, str] | None = None) -> HttpResponse:
    """The error as a response; `code` is for machines, `detail` for people."""
    response = HttpResponse(
        json.dumps(problem(error), ensure_ascii=False, default=str),
        status=error.http_status,
        content_type=MEDIA_TYPE,
        headers=dict(headers or {}),
    )
    if error.http_status == 401:
        response["WWW-Authenticate"] = 'Bearer realm="tonle"'
    if error.again_seconds:
        response["Retry-After"] = str(error.again_seconds)
    # An error of this minute is no answer for the next.
    response["Cache-Control"] = "no-store"
    return response


def validation(error: ValidationError) -> Invalid:
    """Ours for ninja's: each problem with the place it is at, as a JSON pointer or a name."""
    return Invalid([(_where(found["loc"]), str(found["msg"])) for found in error.errors])


def _where(location: tuple[str | int, ...]) -> str:
    """("body", "payload", "titles", "km") is /titles/km; ("query", "limit") is limit."""
    source, *rest = location
    if source == "body":
        # The next part is the name of the endpoint's own argument, which callers never see.
        return "".join(f"/{part}" for part in rest[1:])
    return ".".join(str(part) for part in rest)


def translate(error: Exception) -> TonleError:
    """The error of ours that says what happened. What nobody foresaw becomes ServerError."""
    if isinstance(error, TonleError):
        return error
    if isinstance(error, ValidationError):
        return validation(error)
    if isinstance(error, AuthenticationError):
        return errors.NoToken()
    if isinstance(error, Http404):
        return NotFound()
    if isinstance(error, RequestDataTooBig):
        from django.conf import settings

        return TooLarge(limit=settings.DATA_UPLOAD_MAX_MEMORY_SIZE, unit="bytes")
    if isinstance(error, HttpError | SuspiciousOperation):
        return errors.BadRequest()
    return in_words(error) or errors.ServerError()


def install(api: NinjaAPI) -> None:
    """Let every exception of an endpoint come out as a problem."""

    def handle(request: HttpRequest, error: Any) -> HttpResponse:
        found = translate(error)
        if isinstance(found, Moved) and request.method in {"GET", "HEAD"}:
            return lead(request, found)
        # One of ours was foreseen: it is an answer, and nothing that a steward must look into.
        if found.http_status >= 500 and found is not error:
            log.error("%s %s failed", request.method, request.path, exc_info=error)
        return answer(found)

    # ninja looks a handler up along the error's own ancestors, so its own must be replaced.
    for kind in (Exception, Http404, HttpError, ValidationError):
        api.add_exception_handler(kind, handle)
