"""What several pages of this context do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from django.db.models import Model, QuerySet
from django.http import HttpRequest

from tonle.api.public import Keyset, scope_of
from tonle.people.rules.loopback import is_loopback

SIGN_IN_BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
PAGE = 50
M = TypeVar("M", bound=Model)


def page_of(
    request: HttpRequest, name: str, rows: QuerySet[M], order: Sequence[str]
) -> tuple[list[M], str]:
    """One page of a list, and where the next one is, "" on the last. Raises BadCursor.

    name: the parameter that holds the cursor. A page may have several lists: each keeps its
    place while another is leafed through.
    """
    found, following = Keyset(*order).page(
        rows, scope=scope_of(name, {"at": request.path}),
        cursor=request.GET.get(name) or None, limit=PAGE,
    )  # fmt: skip
    if following is None:
        return found, ""
    query = request.GET.copy()
    query[name] = following
    return found, f"?{query.urlencode()}#{name}"


def at_this_machine(request: HttpRequest) -> bool:
    """Whether somebody at the machine of the node itself asks."""
    return is_loopback(
        request.META.get("REMOTE_ADDR", ""), request.get_host(), request.headers.keys()
    )
