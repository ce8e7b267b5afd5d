"""What the server itself says when it cannot pass a request on."""

from __future__ import annotations

from tonle.kernel.errors import N_, TonleError


class BodyCut(TonleError):
    code = "body_cut"
    http_status = 400
    message = N_("The connection ended before everything had arrived. Send it again.")


class BodyStalled(TonleError):
    code = "body_stalled"
    http_status = 408
    message = N_("Nothing arrived for too long, so the server stopped waiting. Send it again.")


class BadRequestHead(TonleError):
    code = "bad_request_head"
    http_status = 400
    message = N_(
        "The request says in two ways how long it is. Send Content-Length or "
        "Transfer-Encoding: chunked, once."
    )


class Busy(TonleError):
    code = "busy"
    http_status = 503
    message = N_("The server has more to do than it can. Try again in a few seconds.")


class TooSlow(TonleError):
    code = "too_slow"
    http_status = 503
    message = N_("This took longer than the server allows. Try again, or ask for less.")


class ServerFailed(TonleError):
    code = "server_failed"
    http_status = 500
    message = N_("Something went wrong in the server. It has been written down for its steward.")


class CannotServe(TonleError):
    code = "cannot_serve"
    http_status = 500
    message = N_(
        "The node cannot listen on %(host)s port %(port)s: %(reason)s. Stop the other program, "
        "or choose another port with --port."
    )
