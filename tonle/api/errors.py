"""Errors of the interface itself."""

from __future__ import annotations

from tonle.kernel.errors import N_, TonleError


class BadRequest(TonleError):
    code = "bad_request"
    http_status = 400
    message = N_("The request could not be read. Check its body and its Content-Type.")


class NoNul(TonleError):
    code = "no_nul"
    http_status = 400
    message = N_("An address cannot hold the character U+0000. Take %%00 out of it.")


class BadCursor(TonleError):
    code = "bad_cursor"
    http_status = 400
    message = N_(
        "This cursor does not belong to this list. Follow the link to the next page as it was "
        "given, or start from the first page."
    )


class NoToken(TonleError):
    code = "no_token"
    http_status = 401
    message = N_("This needs a token. Send one as: Authorization: Bearer …")


class TokenNotAccepted(TonleError):
    code = "token_not_accepted"
    http_status = 401
    message = N_("This token is not known here, has expired or was withdrawn. Ask for a new one.")


class TokenTooNarrow(TonleError):
    code = "token_too_narrow"
    http_status = 403
    message = N_("This token does not allow it. Use one with the scope “%(scope)s”.")


class MethodNotAllowed(TonleError):
    code = "method_not_allowed"
    http_status = 405
    message = N_("This address does not answer %(method)s. It answers: %(allowed)s.")


class TooManyRequests(TonleError):
    code = "too_many_requests"
    http_status = 429
    message = N_("Too many requests in a short time. Wait %(seconds)s seconds and go on.")


class ServerError(TonleError):
    code = "server_error"
    http_status = 500
    message = N_(
        "Something went wrong at our end, and it has been noted. Nothing was half done. "
        "Try again in a minute."
    )
