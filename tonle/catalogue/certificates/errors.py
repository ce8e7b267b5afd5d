"""What can keep a certificate from being made."""

from __future__ import annotations

from tonle.kernel.errors import N_, NotFound, TonleError


class UnknownCertificate(NotFound):
    """No certificate has this code, or none that anybody may know of: one answer for both."""

    code = "unknown_certificate"
    message = N_(
        "No certificate has this code. Perhaps a letter was mistyped: look at it again. "
        "If it is as it stands on the sheet, this node did not make that sheet."
    )


class NoFont(TonleError):
    """Letters for which this machine has no font. A box instead of a letter certifies nothing."""

    code = "no_font"
    http_status = 503
    message = N_(
        "The certificate cannot be made here: this node has no font for “%(letters)s”. "
        "Its steward can put one into the folder that TONLE_FONTS names. "
        "The record itself is not affected."
    )


class TooManyAtOnce(TonleError):
    """More certificates are being made than this machine should make at a time."""

    code = "busy"
    http_status = 503
    message = N_("Too many certificates are asked for just now. Please try again in a minute.")
