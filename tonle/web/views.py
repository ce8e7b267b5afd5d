"""The node's own pages: front, languages, about, style guide, errors, static files."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import timedelta
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.http.response import HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from tonle import __version__
from tonle.api.public import BadRequest, ServerError, answer_problem
from tonle.infra import clock
from tonle.infra.i18n import say
from tonle.infra.moving import lead
from tonle.infra.pagecache import lasts_until, may_lag, public_page
from tonle.infra.server.addresses import speaks_json
from tonle.infra.server.answers import codings
from tonle.kernel.errors import N_, Invalid, Moved, NotFound, Refused, TonleError
from tonle.kernel.maps.views import REGION
from tonle.kernel.sentences import Sentence
from tonle.web import assets, formats, languages, maps, navigation, writing
from tonle.web.actors import actor_of
from tonle.web.front import front_source, on_map
from tonle.web.styleguide import samples

log = logging.getLogger(__name__)

NEWEST, CLOSING = 8, 4
A_YEAR = 365 * 24 * 3600  # seconds
# A file asked for by its bare name: kept five minutes, and shown for a day while it is asked anew.
SHORTLY = "public, max-age=300, stale-while-revalidate=86400"

# Words for "rice" and "water" in the scripts of the members: each finds something, and shows
# at once that the box understands every script.
EXAMPLES = (
    ("en", "rice"),
    ("km", "ទឹក"),
    ("lo", "ນ້ຳ"),
    ("th", "ข้าว"),
    ("vi", "nước"),
    ("my", "ရေ"),
    ("zh-Hans", "水"),
)


@require_safe
@public_page
def front(request: HttpRequest) -> HttpResponse:
    """Search first, then what is new, what closes soon, what there is, and from whom."""
    actor, source, now = actor_of(request), front_source(), clock.now()
    closing = source.closing(actor, CLOSING, now) if source else []
    members = source.by_member(actor) if source else []
    tag = languages.tag(get_language() or settings.LANGUAGE_CODE)
    context = {
        "newest": source.newest(actor, NEWEST) if source else [],
        "closing": closing,
        "kinds": source.by_kind(actor) if source else [],
        "members": members,
        "map": maps.on_page(
            REGION,
            _("Map of the members"),
            counted=on_map(members, lambda n: formats.number(n, tag)),
            plain=True,
        ),
        "examples": EXAMPLES,
    }
    response = render(request, "web/front.html", context)
    # Days are told from today, so the page is of today, or of a shorter while.
    lasts_until(response, min([now + timedelta(hours=1), *(one.closes_at for one in closing)]))
    may_lag(response)
    return response


@require_safe
@public_page
def language_page(request: HttpRequest) -> HttpResponse:
    """How each language came about, and how its reader wants dates and numbers written."""
    code = languages.tag(get_language() or settings.LANGUAGE_CODE)
    how = writing.active()
    eras = [
        ("", _("Of the Common Era, as 2026"), not how.buddhist),
        ("buddhist", _("Of the Buddhist Era, as 2569"), how.buddhist),
    ]
    own = writing.DIGITS.get(code, "")
    digits = [("", "0123456789", not how.native), ("native", own, how.native)]
    context = {
        "translations": languages.translations(),
        "eras": eras if code in writing.ERAS else [],
        "digits": digits if own else [],
    }
    return render(request, "web/languages.html", context)


@require_safe
@public_page
def about(request: HttpRequest) -> HttpResponse:
    context = {"node_url": settings.TONLE_URL, "version": __version__}
    response = render(request, "web/about.html", context)
    may_lag(response)
    return response


@require_safe
def styleguide(request: HttpRequest) -> HttpResponse:
    return render(request, "web/styleguide.html", samples())


# Exempt, because pages are cached for all anonymous readers and can hold no token. What a
# forged post could do is show a page in another language, and browsers that send
# Sec-Fetch-Site are not even open to that.
@csrf_exempt
@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Remember the reader's language, era and digits for a year; back to the page they were on."""
    remembered = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    _code, how = writing.split(remembered)
    if "language" in request.POST:
        code = languages.supported(request.POST["language"])
    else:
        code = languages.choose("", remembered, request.META.get("HTTP_ACCEPT_LANGUAGE", ""))
        # The page of languages asks only what the language has a choice of.
        how = writing.Writing(
            request.POST.get("era", "") == "buddhist", request.POST.get("digits", "") == "native"
        )
    if code is None or request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin":
        raise Invalid([("language", N_("Choose one of the languages shown."))])
    if "language" not in request.POST:
        writing.keep(request, how)
    response = HttpResponseRedirect(_way_back(request))
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        code + how.extension,
        max_age=A_YEAR,
        samesite="Lax",
        secure=request.is_secure(),
        httponly=True,
    )
    return response


def _way_back(request: HttpRequest) -> str:
    """The page the reader came from, if it is ours; without `?ui=`, which would win again."""
    for address in (request.POST.get("next", ""), request.headers.get("Referer", "")):
        if address and url_has_allowed_host_and_scheme(
            address, {request.get_host()}, require_https=request.is_secure()
        ):
            path, _mark, query = address.partition("?")
            kept = "&".join(p for p in query.split("&") if p and not p.startswith("ui="))
            return f"{path}?{kept}" if kept else path
    return "/"


@require_safe
def robots(_request: HttpRequest) -> HttpResponse:
    """Robots may read every public page; search results without end are not pages."""
    lines = [
        "User-agent: *",
        "Disallow: /search",
        "Disallow: /accounts/",
        "Disallow: /api/",
        "Crawl-delay: 5",
        f"Sitemap: {settings.TONLE_URL}/sitemap.xml",
        "",
    ]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")


@require_safe
def static(request: HttpRequest, name: str) -> HttpResponse:
    """A static file. Its name changes with its content, so that it never needs asking again.

    A name with the digest of another build is answered with the file of this one, for pages
    that somebody opened before.
    """
    plain, digest = assets.plain_name(name)
    asset = assets.find(name) or assets.find(plain)
    if asset is None:
        raise Http404
    coding = next(
        (c for c in codings(request.headers.get("Accept-Encoding")) if c in asset.packed), ""
    )
    # Not the same bytes, so not the same entity (RFC 9110 section 8.8.3.3).
    etag = f'"{asset.digest}{coding and "-"}{coding}"'
    response: HttpResponse
    if etag in request.headers.get("If-None-Match", ""):
        response = HttpResponseNotModified()
    else:
        body = asset.packed[coding] if coding else asset.body
        response = HttpResponse(body, content_type=asset.content_type)
        if coding:
            response.headers["Content-Encoding"] = coding
    response.headers["ETag"] = etag
    response.headers["Vary"] = "Accept-Encoding"
    response.headers["Cache-Control"] = (
        f"public, max-age={A_YEAR}, immutable" if digest == asset.digest else SHORTLY
    )
    return response


@require_safe
@public_page
def offline(request: HttpRequest) -> HttpResponse:
    """What is on the reader's device, for times without a link; a script fills it in."""
    return render(request, "web/offline.html")


@never_cache
@require_safe
def signed_in(request: HttpRequest) -> HttpResponse:
    """After signing in from a form that was open in another tab: say where to go on."""
    if actor_of(request).kind != "person":
        return redirect_to_login(request.get_full_path())
    return render(request, "web/signed_in.html", {})


@require_safe
def service_worker(request: HttpRequest) -> HttpResponse:
    """The script that keeps pages. Its address stays: it answers for every page below it."""
    response = static(request, "web/sw.js")
    response.headers["Cache-Control"] = "no-cache"
    return response


# --- errors ------------------------------------------------------------------------------


def error_page(request: HttpRequest, error: TonleError) -> HttpResponse:
    """The page of an error: what happened, every reason, and what to do."""
    if isinstance(error, Moved) and request.method in {"GET", "HEAD"}:
        return lead(request, error)
    if _to_a_program(request):
        return answer_problem(error)
    if isinstance(error, NotFound):
        return not_found(request)
    if isinstance(error, Refused):
        reasons, shown = [say(reason) for reason in error.refusals], {"reasons": ""}
    elif isinstance(error, Invalid):
        reasons, shown = [say_problem(what) for _where, what in error.problems], {"summary": ""}
    else:
        page = _page(request, error.http_status, say(error))
        if error.http_status == 503 and "seconds" in error.data:
            page["Retry-After"] = str(error.data["seconds"])
        return page
    # The reasons stand below as a list, so the sentence itself is said without them.
    text = say(type(error).message, {**error.data, **shown}).strip()
    return _page(request, error.http_status, text, reasons, getattr(error, "ways", ()))


def _to_a_program(request: HttpRequest) -> bool:
    return speaks_json(request.path_info, request.headers.get("Accept", ""))


def say_problem(what: str) -> str:
    """One sentence of an Invalid in the reader's language."""
    return say(what.message, what.data) if isinstance(what, Sentence) else say(what)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    log.debug("Bad request: %r", exception)
    if _to_a_program(request):
        return answer_problem(BadRequest())
    return _page(
        request,
        400,
        _("This node could not make sense of what was sent. Go back and try once more."),
    )


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    log.debug("Forbidden: %r", exception)
    return _page(
        request,
        403,
        _("You may not open this page. Sign in with an account that may, or ask the steward."),
    )


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    log.debug("Cross-site check failed: %s", reason)
    return _page(
        request,
        403,
        _(
            "The form had lain open too long, or cookies are switched off, so we could not be "
            "sure that it was you. Go back, load the page again and send it once more."
        ),
    )


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Hidden and absent: one page, which tells neither the address nor the reason."""
    log.debug("Not found: %r", exception)
    if _to_a_program(request):
        return answer_problem(NotFound())
    return _page(request, 404, _(NotFound.message), near=navigation.near(request.path))


def server_error(request: HttpRequest) -> HttpResponse:
    if _to_a_program(request):
        return answer_problem(ServerError())
    return _page(
        request,
        500,
        _(
            "Something went wrong at our end, and it has been noted. Nothing you had saved is "
            "lost. Try again in a minute."
        ),
    )


_TITLES = {
    400: N_("This could not be read"),
    403: N_("Not open to you"),
    404: N_("Nothing here"),
    409: N_("Not now"),
    410: N_("No longer"),
    413: N_("Too large"),
    422: N_("Something needs mending"),
    429: N_("Too often"),
    500: N_("Our mistake"),
}


def _page(
    request: HttpRequest,
    status: int,
    text: str,
    reasons: list[str] | None = None,
    ways: Sequence[tuple[str, str]] = (),
    near: Sequence[tuple[str, str]] = (),
) -> HttpResponse:
    title = _TITLES.get(status, HTTPStatus(status).phrase)
    context: dict[str, Any] = {
        "status": status,
        "heading": _(title),
        "text": text,
        "reasons": reasons or [],
        "ways": ways,
        "near": near,
        "here": "",
    }
    return render(request, "web/error.html", context, status=status)
