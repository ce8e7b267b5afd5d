"""/api/v1: the routers of all contexts as one interface, with one behaviour."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import URLPattern, re_path
from ninja import NinjaAPI

from tonle.api import auth, openapi, problems, registry, throttle
from tonle.api.errors import MethodNotAllowed, NoNul
from tonle.api.requests import BodyParser
from tonle.infra import clock
from tonle.infra.server.addresses import holds_nul
from tonle.kernel.errors import NotFound, TonleError

View = Callable[..., HttpResponseBase]

WINDOW_SECONDS = 60
PREFLIGHT_SECONDS = 24 * 3600


class Interface(NinjaAPI):
    """Ninja's API, with an OpenAPI document that says what all operations have in common."""

    def __init__(self, **arguments: Any) -> None:
        super().__init__(parser=BodyParser(), **arguments)

    def get_openapi_schema(self, **arguments: Any) -> Any:
        return openapi.complete(super().get_openapi_schema(**arguments), registry.load_described())


def build() -> Interface:
    """The interface with every router that is registered by now."""
    api = Interface(
        title=settings.TONLE_NODE_NAME,
        version="1",
        description=openapi.DESCRIPTION,
        urls_namespace="api",
        auth=auth.AnyReader(),
        # Ninja's page of documentation loads scripts from elsewhere; the document itself is here.
        docs_url=None,
        openapi_url="/openapi.json",
    )
    problems.install(api)
    for prefix, router in registry.load_routers().items():
        api.add_router(f"/{prefix}", router)
    return api


def urls(api: NinjaAPI) -> list[URLPattern]:
    """URL patterns below /api/v1/, each with what every endpoint does alike."""
    patterns, _app, _namespace = api.urls
    own = [pattern for pattern in patterns if isinstance(pattern, URLPattern)]
    uploads = _uploads()
    for pattern in own:
        # Ninja's root answers an empty page; it is needed only for its name.
        view = _nothing_here if pattern.name == "api-root" else pattern.callback
        pattern.callback = alike(view)
        if pattern.name in uploads:
            # The server looks for it on the view that an address leads to.
            pattern.callback.takes_upload = True  # type: ignore[attr-defined]  # As the server does.
    return [*own, re_path(r"", alike(_nothing_here))]


def _uploads() -> set[str | None]:
    """The addresses at which an endpoint decides before its body arrives, by their url_name.

    Raises LookupError for one without: nothing else leads from ninja's view to its endpoint.
    """
    names = {
        (path, found.url_name)
        for router in registry.load_routers().values()
        for path, found in router.path_operations.items()
        if any(getattr(one.view_func, "takes_upload", False) for one in found.operations)
    }
    unnamed = [path for path, name in names if not name]
    if unnamed:
        raise LookupError(f"{unnamed[0]} takes uploads and needs a url_name.")
    return {name for _, name in names}


def _nothing_here(_request: HttpRequest, **_: Any) -> HttpResponse:
    raise NotFound


def alike(view: View) -> View:
    """Around an endpoint: limits, HEAD, OPTIONS, and errors that arise before or after it."""

    @functools.wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            if request.method == "OPTIONS" and "Access-Control-Request-Method" in request.headers:
                return _shared_with_all(_preflight())
            if holds_nul(request):
                raise NoNul
            _count(request)
            response = _call(view, request, *args, **kwargs)
        except TonleError as error:
            seconds = error.data.get("seconds")
            response = problems.answer(error, {"Retry-After": str(seconds)} if seconds else None)
        if response.status_code == 405 and not response.headers["Content-Type"].startswith(
            problems.MEDIA_TYPE
        ):
            allowed = ", ".join(sorted(response.headers["Allow"].split(", ")))
            error_405 = MethodNotAllowed(method=request.method, allowed=allowed)
            response = problems.answer(error_405, {"Allow": allowed})
        return _shared_with_all(response)

    answer.csrf_exempt = True  # type: ignore[attr-defined]  # Django's own way; no cookie counts.
    return answer


def _call(view: View, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
    """The endpoint's answer; HEAD is GET without a body, which ninja does not know."""
    if request.method != "HEAD":
        return view(request, *args, **kwargs)
    request.method = "GET"
    response = view(request, *args, **kwargs)
    request.method = "HEAD"
    if isinstance(response, HttpResponse):
        length = str(len(response.content))
        response.content = b""
        response["Content-Length"] = length
    return response


def _count(request: HttpRequest) -> None:
    throttle.count(
        "api",
        # By address, before any token is checked: guessing tokens is counted as well.
        request.META.get("REMOTE_ADDR", ""),
        limit=settings.TONLE_API_LIMIT,
        seconds=WINDOW_SECONDS,
        now=clock.now(),
    )


def _shared_with_all(response: HttpResponseBase) -> HttpResponseBase:
    """Let scripts of other sites read it: no cookie counts here, so nobody's rights are lent."""
    response["Access-Control-Allow-Origin"] = "*"
    response["Access-Control-Expose-Headers"] = "ETag, Link, Location, Repr-Digest, Retry-After"
    return response


def _preflight() -> HttpResponse:
    response = HttpResponse(status=204)
    response["Access-Control-Allow-Methods"] = "GET, HEAD, POST, PUT, PATCH, DELETE"
    response["Access-Control-Allow-Headers"] = (
        "Authorization, Content-Digest, Content-Type, Idempotency-Key, If-Match, Repr-Digest"
    )
    response["Access-Control-Max-Age"] = str(PREFLIGHT_SECONDS)
    return response
