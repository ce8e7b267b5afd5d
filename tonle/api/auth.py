"""Who calls: nobody in particular, or the holder of a bearer token (RFC 6750).

Cookies are never looked at, so a page of somebody else's cannot act through a
reader's browser. Tokens belong to `people`, which registers how they are checked.
"""

from __future__ import annotations

from django.http import HttpRequest
from ninja.security import HttpBearer

from tonle.api import registry
from tonle.api.errors import NoToken, TokenNotAccepted, TokenTooNarrow
from tonle.infra import clock
from tonle.kernel.actors import ANONYMOUS, Actor

LONGEST_TOKEN = 512


def actor_of(request: HttpRequest) -> Actor:
    """Who calls. Raises TokenNotAccepted: a wrong token is never taken for no token."""
    header = request.headers.get("Authorization", "")
    if not header:
        return ANONYMOUS
    scheme, _, token = header.partition(" ")
    token = token.strip()
    if scheme.lower() != "bearer" or not token or len(token) > LONGEST_TOKEN:
        raise TokenNotAccepted
    actor = registry.authenticate(token, clock.now())
    if actor is None:
        raise TokenNotAccepted
    return actor


class AnyReader:
    """Endpoints that anybody may call; `request.auth` is the actor, perhaps ANONYMOUS."""

    def __call__(self, request: HttpRequest) -> Actor:
        return actor_of(request)


class Token(HttpBearer):
    """Endpoints that need a token, and one with this scope where a scope is named."""

    def __init__(self, scope: str | None = None) -> None:
        super().__init__()
        self.scope = scope

    def __call__(self, request: HttpRequest) -> Actor:
        actor = actor_of(request)
        if actor is ANONYMOUS:
            raise NoToken
        scopes = actor.token_scopes
        if self.scope is not None and scopes is not None and self.scope not in scopes:
            raise TokenTooNarrow(scope=self.scope)
        return actor

    def authenticate(self, request: HttpRequest, _token: str) -> Actor:
        """ninja's own entry; the token was read from the same request."""
        return self(request)
