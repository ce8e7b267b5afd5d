"""Who asks for bytes: a browser that is signed in, or a program with a token."""

from __future__ import annotations

from django.http import HttpRequest

from tonle.api.public import Token
from tonle.kernel.actors import Actor
from tonle.web.public import actor_of


def reader_of(request: HttpRequest) -> Actor:
    """The actor behind a request for files.

    Files have one address for everybody, so a token opens it as it opens the interface.
    Raises TokenNotAccepted: a wrong token is never taken for no token; TokenTooNarrow for one
    that is not for reading.
    """
    if request.headers.get("Authorization"):
        return Token("read")(request)
    return actor_of(request)
