"""Going on to somebody else's sign-in page."""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render

log = logging.getLogger(__name__)

_LEAVING = {"openid_connect_login", "orcid_login"}
_WITH_OTHERS = {*_LEAVING, "openid_connect_callback", "orcid_callback"}


class HandOverMiddleware:
    """Turns the redirect to a provider into a page that goes there.

    Our forms may only be sent to ourselves (`form-action` of the content security policy),
    and browsers hold a redirect that answers a form to that, too.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        answer = self.get_response(request)
        match = request.resolver_match
        if (
            isinstance(answer, HttpResponseRedirect)
            and match is not None
            and match.url_name in _LEAVING
            and "//" in answer.url
        ):
            page = render(request, "socialaccount/login_redirect.html", {"redirect_to": answer.url})
            page.headers["Cache-Control"] = "no-store"
            page.cookies = answer.cookies
            return page
        return answer

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """A provider that is away, or answers with something else, is no mistake of ours.

        What its HTTP client raises are OSErrors; ValueError and KeyError are what it said.
        """
        match = request.resolver_match
        if match is None or match.url_name not in _WITH_OTHERS:
            return None
        if not isinstance(error, OSError | ValueError | KeyError):
            return None
        log.error("A provider of sign-in did not answer as it should.", exc_info=error)
        return render(request, "socialaccount/authentication_error.html", status=502)
