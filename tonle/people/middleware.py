"""Going on to somebody else's sign-in page."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render

_LEAVING = {"openid_connect_login", "orcid_login"}


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
