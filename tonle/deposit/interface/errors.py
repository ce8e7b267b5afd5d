"""What a program may have sent wrong."""

from __future__ import annotations

from tonle.kernel.errors import N_, TonleError


class DigestDiffers(TonleError):
    """What arrived is not what was announced; nothing was kept."""

    code = "digest_differs"
    http_status = 400
    message = N_(
        "What arrived does not have the digest that the request names (%(algorithm)s). Nothing "
        "was kept. Send the file again."
    )


class UnknownDigest(TonleError):
    code = "unknown_digest"
    http_status = 400
    message = N_("The digest cannot be read. Send sha-256=:…: or sha-512=:…:, base64 in colons.")


class NoBase(TonleError):
    code = "no_base"
    http_status = 428
    message = N_(
        "Say which state of the draft yours began from: send its ETag as If-Match, or * to "
        "overwrite whatever is there."
    )


class Encoded(TonleError):
    code = "encoded"
    http_status = 415
    message = N_("Send the file as it is, without Content-Encoding.")


class Incomplete(TonleError):
    code = "body_cut"
    http_status = 400
    message = N_("The connection ended before everything had arrived. Send the file again.")


class Stalled(TonleError):
    code = "body_stalled"
    http_status = 408
    message = N_("Nothing arrived for too long, so the server stopped waiting. Send it again.")
