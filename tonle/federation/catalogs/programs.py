"""What catalogues and feeds have in common: programs ask them, and people by mistake."""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import wraps
from typing import Any, TypeVar, cast

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from tonle.api.public import answer_problem
from tonle.catalogue.public import kinds
from tonle.infra.pagecache import never_keep
from tonle.kernel.codes import codes
from tonle.kernel.errors import N_, TonleError
from tonle.kernel.sentences import invalid, shown

HTML = "text/html"
V = TypeVar("V", bound=Callable[..., HttpResponseBase])


def for_programs(view: V) -> V:
    """A view whose refusals are problems in JSON; a browser's reader gets a page."""

    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return view(request, *args, **kwargs)
        except TonleError as error:
            if HTML in request.headers.get("Accept", ""):
                raise
            response = answer_problem(error)
            never_keep(response)
            return response

    return cast(V, answered)


def kind_asked(request: HttpRequest) -> str:
    return one_of(request, "kind", {kind.name for kind in kinds()})


def member_asked(request: HttpRequest) -> str:
    return one_of(request, "member", codes("members"))


def one_of(request: HttpRequest, name: str, known: Collection[str]) -> str:
    """A parameter, "" where it is not given. Raises Invalid for what nobody knows: an empty list
    would say that there is nothing, where a word is spelt wrongly."""
    value = request.GET.get(name, "").strip()
    if value and value not in known:
        raise invalid(
            name,
            N_("%(value)s is not known here. It is one of: %(known)s."),
            value=shown(value),
            known=", ".join(sorted(known)),
        )
    return value
