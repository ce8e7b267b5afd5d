"""Django behind the adapter: from a request's head and body to a Django response.

The request is a `WSGIRequest`, so that Django parses forms, headers and cookies
exactly as everywhere; only the server gateway around it is ours.
"""

from __future__ import annotations

import io
from typing import IO, Any

from django.core.handlers.base import BaseHandler
from django.core.handlers.wsgi import WSGIRequest
from django.core.signals import request_started
from django.http.response import HttpResponseBase
from django.urls import Resolver404, resolve

from tonle.infra.server.protocol import Scope
from tonle.infra.server.uploads import DEFERRED

Environ = dict[str, Any]


def environ(scope: Scope, length: int | None, request_id: str) -> Environ:
    """The head of a request as a WSGI environment (PEP 3333), without its body.

    length: the body's length in bytes; None where it is not known yet.
    """
    server, _, port = scope.server.rpartition(":")
    result: Environ = {
        "REQUEST_METHOD": scope.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": scope.path.encode().decode("latin-1"),
        # As sent, which need not be ASCII: not every client percent-encodes what is typed.
        "QUERY_STRING": scope.query_string.encode().decode("latin-1"),
        "SERVER_NAME": server,
        "SERVER_PORT": port,
        "SERVER_PROTOCOL": f"HTTP/{scope.http_version}",
        "REMOTE_ADDR": scope.client.rpartition(":")[0].strip("[]"),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.scheme,
        "wsgi.input": io.BytesIO(),
        "wsgi.errors": io.StringIO(),
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
        "tonle.request_id": request_id,
    }
    for name, value in scope.headers.items():
        if "_" in name:
            # X_Token and X-Token would become one name, so one could pass for the other.
            continue
        key = name.upper().replace("-", "_")
        if key in {"CONTENT_LENGTH", "TRANSFER_ENCODING"}:
            continue
        if key != "CONTENT_TYPE":
            key = f"HTTP_{key}"
        result[key] = f"{result[key]}{_joint(name)}{value}" if key in result else value
    if scope.authority:
        # The address of an absolute request line outweighs Host (RFC 9112 section 3.2.2).
        result["HTTP_HOST"] = scope.authority
    if length is not None:
        result["CONTENT_LENGTH"] = str(length)
    return result


def field(scope: Scope, name: str) -> str:
    """A header as Django gets it: of one that came several times all; "" if absent.

    name: in small letters.
    """
    return _joint(name).join(scope.headers.get_all(name))


def _joint(name: str) -> str:
    return "; " if name.lower() == "cookie" else ","


class Handler(BaseHandler):
    """Django's request handler. `answer` blocks; it runs in a thread of the pool."""

    def __init__(self) -> None:
        super().__init__()
        self.load_middleware()

    def answer(
        self, head: Environ, body: IO[bytes] | None, *, deferred: bool
    ) -> tuple[WSGIRequest, HttpResponseBase]:
        """Run middleware and view.

        deferred: the body has not arrived, and the view knows it. The caller
        closes the response, which ends the request for Django (request_finished,
        and with it the care for database connections) in the thread that does it.
        """
        if body is not None:
            head["wsgi.input"] = body
        request_started.send(sender=self.__class__, environ=head)
        request = WSGIRequest(head)
        if deferred:
            setattr(request, DEFERRED, True)
        response = self.get_response(request)
        return request, response


def takes_upload(path: str) -> bool:
    """Whether the view at that (decoded) path decides before the body arrives."""
    try:
        view = resolve(path).func
    except Resolver404:
        return False
    return getattr(view, "takes_upload", False) is True
