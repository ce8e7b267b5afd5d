"""What every page request passes: its language, and the answer to errors people read."""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.http.response import HttpResponseBase
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.crypto import salted_hmac

from tonle.infra.faults import in_words
from tonle.infra.server.addresses import holds_nul
from tonle.kernel.errors import TonleError
from tonle.web import languages, writing
from tonle.web.actors import actor_of

logger = logging.getLogger(__name__)

Answer = Callable[[HttpRequest], HttpResponseBase]
# These say in their own way what is wrong with a request.
_OWN_WORDS = ("/api/", "/oai")


class LanguageMiddleware:
    """Makes the page in the reader's language.

    Django's own middleware does not know `?ui=`, and a link that carries its language
    is how people share a page in theirs. `lang` is what narrows a list to things in a language;
    pages that have no such list were once asked for with it, and still are in old links.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        remembered = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        code = languages.choose(
            languages.asked(request), remembered, request.META.get("HTTP_ACCEPT_LANGUAGE", "")
        )
        translation.activate(code)
        here = writing.split(remembered)[1]
        writing.activate(lambda: writing.of_reader(request, here))
        request.LANGUAGE_CODE = code
        response = self.get_response(request)
        # A file is the same in every language: only pages vary and say which one they are in.
        if _is_page(response):
            patch_vary_headers(response, ("Accept-Language", "Cookie"))
            response.headers.setdefault("Content-Language", languages.tag(code))
        return response

    def process_view(
        self, request: HttpRequest, view: Answer, *_given: object
    ) -> HttpResponse | None:
        """Send who comes by an old address to the new one."""
        if request.method not in {"GET", "HEAD"} or request.path_info.startswith(_OWN_WORDS):
            return None
        if not languages.is_old(view, request.GET):
            return None
        return HttpResponsePermanentRedirect(languages.renamed(request.get_full_path()))


def _is_page(response: HttpResponseBase) -> bool:
    return response.headers.get("Content-Type", "").startswith("text/html")


class ErrorPageMiddleware:
    """Turns an error that a person may read into its page, with its status."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if holds_nul(request) and not request.path_info.startswith(_OWN_WORDS):
            from tonle.web.views import bad_request

            return bad_request(request)
        response = self.get_response(request)
        if settings.SESSION_COOKIE_NAME in request.COOKIES and _is_page(response):
            who = actor_of(request)
            if who.kind == "person":
                # A form that waits on a device is sent for whoever wrote it: docs/decisions/0030.
                response["Tonle-Who"] = salted_hmac("tonle.web.who", who.id).hexdigest()[:20]
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, TonleError):
            refused = in_words(error)
            if refused is None:
                return None
            # The steward must hear of it, whatever the reader is told.
            logger.error("%s %s: %s", request.method, request.path, refused, exc_info=error)
            error = refused
        # Imported here: views need the whole URL map, which is read after the middleware.
        from tonle.web.views import error_page

        return error_page(request, error)
