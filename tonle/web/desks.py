"""Pages on which people write: who may open them, and what becomes of what a stranger sends."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from tonle.infra.pagecache import keep_for_reader
from tonle.web import seals
from tonle.web.actors import actor_of

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def wants_json(request: HttpRequest) -> bool:
    """Whether a script of ours asks, which saves while somebody writes."""
    return request.headers.get("Accept", "").startswith("application/json")


def desk(thing: str) -> Callable[[View[P]], View[P]]:
    """A page of somebody signed in: never cached, and nothing lost.

    thing: the keyword of the address that names what is written; a page without it is of a thing
    to be. Whoever is not signed in is asked to, and what they sent comes back with the question.
    A form is taken only with its seal, which is our check against forged forms here.
    """

    def of(view: View[P]) -> View[P]:
        @functools.wraps(view)
        def wrapped(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            actor = actor_of(request)
            if actor.kind != "person":
                if request.method != "POST":
                    return redirect_to_login(request.get_full_path())
                return signed_out(request)
            name = str(kwargs.get(thing, ""))
            if request.method == "POST":
                sent = request.POST.get("seal", "")
                if not seals.fits(seals.FORM, sent, name, actor):
                    return stale(request)
            answer = view(request, *args, **kwargs)
            if request.method == "GET" and name:
                keep_for_reader(answer)
            return answer

        checked: Any = never_cache(wrapped)
        answer: View[P] = csrf_exempt(checked)
        return answer

    return of


def signed_out(request: HttpRequest) -> HttpResponse:
    """The question to sign in, with everything that was sent, to be sent once more.

    Nothing of it is kept here: it is a stranger's until proven otherwise. The page carries
    it, and its button sends it to where it was going.
    """
    if wants_json(request):
        answer: HttpResponse = JsonResponse({"code": "signed_out"}, status=401)
    else:
        fields = [
            (name, text)
            for name in request.POST
            for text in request.POST.getlist(name)
            if name != "csrfmiddlewaretoken"
        ]
        typed = [text for name, text in fields if _is_writing(name, text)]
        context = {"fields": fields, "typed": typed, "where": request.get_full_path()}
        answer = render(request, "web/signed_out.html", context, status=401)
    # RFC 9110 asks for a challenge with this status; there is no scheme for a page to sign in by.
    answer.headers["WWW-Authenticate"] = "Session"
    return answer


def _is_writing(name: str, text: str) -> bool:
    """Whether a person typed this: shown, so that it can also be copied."""
    hidden = ("seal", "session", "seq", "key", "-rest", "-row", "-entry")
    return bool(text.strip()) and len(text) > 2 and not name.endswith(hidden)


def stale(request: HttpRequest) -> HttpResponse:
    """A form without its seal, or with another account's: nothing is done, nothing is lost."""
    sentence = _(
        "This form was opened by another account, or lay open for more than a week. Nothing was "
        "saved. Go back, copy what you wrote, and open the page anew."
    )
    if wants_json(request):
        return JsonResponse({"code": "stale_form", "message": sentence}, status=403)
    return render(
        request,
        "web/error.html",
        {"status": 403, "heading": _("This form cannot be sent"), "text": sentence},
        status=403,
    )
