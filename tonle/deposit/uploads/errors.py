"""What may go wrong with a file on its way, in words."""

from __future__ import annotations

from tonle.kernel.errors import N_, Conflict, TonleError


class BadHeader(TonleError):
    """A tus header that cannot be read. field: its name."""

    code = "bad_upload_header"
    http_status = 400
    message = N_("The header %(field)s cannot be read. See tus 1.0 for its form.")


class OtherVersion(TonleError):
    code = "other_tus_version"
    http_status = 412
    message = N_("This node speaks tus 1.0.0. Send Tus-Resumable: 1.0.0.")


class OtherType(TonleError):
    code = "other_upload_type"
    http_status = 415
    message = N_("Send the bytes with Content-Type: application/offset+octet-stream.")


class UnknownChecksum(TonleError):
    code = "unknown_checksum"
    http_status = 400
    message = N_("This checksum is not known here. Use sha1, sha256 or sha512.")


class ChecksumDiffers(TonleError):
    """The status is the one tus names for it."""

    code = "checksum_differs"
    http_status = 460
    message = N_("These bytes changed on their way. Nothing of them was kept; send them again.")


class OffsetDiffers(Conflict):
    """offset: where to go on, in bytes."""

    code = "offset_differs"
    message = N_("The node has another number of bytes: %(offset)s. Go on from there.")


class UploadBusy(TonleError):
    """Another request writes to it, or did until just now."""

    code = "upload_busy"
    http_status = 423
    message = N_("The node still waits for the rest of an earlier try. Try again in some seconds.")


class UploadGone(TonleError):
    code = "upload_gone"
    http_status = 410
    message = N_("This upload has expired, and what had arrived was removed. Begin it again.")


class SignInFirst(TonleError):
    code = "signed_out"
    http_status = 401
    message = N_("Sign in, or send a token with the scope “deposit”.")


class StaleSeal(TonleError):
    code = "stale_form"
    http_status = 403
    message = N_("The page was opened by another account, or long ago. Open it anew.")


class NoSpace(TonleError):
    code = "no_space"
    http_status = 507
    message = N_("The node's disk has no room for a file of this size. Tell its steward.")


class TooManyUploads(TonleError):
    code = "too_many_uploads"
    http_status = 409
    message = N_("More than %(most)s files are on their way into this draft. Finish some first.")


class NotWhole(Conflict):
    code = "not_whole"
    message = N_("Only a part of the file has arrived. Send the rest first.")


class StillChecked(Conflict):
    """Its digests are being taken: ask again."""

    code = "still_checked"
    message = N_("The file has arrived and is being checked. Try again in a moment.")


class WholeDiffers(TonleError):
    code = "digest_differs"
    http_status = 409
    message = N_("The file that arrived is not the one that was announced. Send it again.")
