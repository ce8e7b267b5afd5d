"""What can go wrong with the kept files, each with what to do about it."""

from __future__ import annotations

from typing import Any

from tonle.kernel.errors import N_, TonleError


class OcflError(TonleError):
    """Base of the errors of the OCFL storage root."""

    code = "ocfl"
    http_status = 500
    message = N_("The kept files could not be read or written. %(problem)s")


class NotARoot(OcflError):
    """The directory is not a storage root that this node can use."""

    code = "ocfl_not_a_root"
    message = N_("%(path)s cannot be used as the node's OCFL storage root: %(problem)s")


class BadPath(OcflError):
    """A logical path that must not enter an object."""

    code = "ocfl_bad_path"
    http_status = 422
    message = N_("The file name %(path)s cannot be kept: %(problem)s Rename the file.")


class BadSource(OcflError):
    """The bytes to keep cannot be had as promised."""

    code = "ocfl_bad_source"
    http_status = 422
    message = N_("The file %(path)s cannot be taken in: %(problem)s")


class StaleBase(OcflError):
    """The object has another head than the staged version was made for. Stage it again."""

    code = "ocfl_stale_base"
    http_status = 409
    message = N_(
        "%(object_id)s has moved on: version %(expected)s was expected, version %(found)s is "
        "there. Load it again and repeat."
    )


class StagingLost(OcflError):
    """Staged files are gone though they were never placed. Stage again from the source."""

    code = "ocfl_staging_lost"
    message = N_(
        "What was staged for %(object_id)s, version %(version)s, is no longer there. Stage it "
        "again."
    )


class ObjectAbsent(OcflError):
    """There is no such object, version or file."""

    code = "ocfl_absent"
    http_status = 404
    message = N_("The storage root does not hold %(what)s.")


class Damaged(OcflError):
    """An object contradicts itself. Nothing is changed; a person must restore it."""

    code = "ocfl_damaged"
    message = N_(
        "The kept object %(object_id)s is damaged: %(problem)s Restore it from a backup or from "
        "another node."
    )


class ObjectTooLarge(OcflError):
    """More files or bytes of inventory than an object may have."""

    code = "ocfl_too_large"
    http_status = 413
    message = N_("%(object_id)s would have %(found)s %(unit)s; at most %(limit)s are kept.")


class StoreAway(OcflError):
    """The object store cannot be reached, or fails. place, reason: for who runs the node."""

    code = "files_away"
    http_status = 503
    message = N_(
        "The place where this node keeps its files cannot be reached now. Nothing is lost: try "
        "again in a few minutes."
    )

    def __init__(self, **data: Any) -> None:
        # After how many it is worth while to ask again.
        super().__init__(**{"seconds": 30, **data})


class StoreRefuses(StoreAway):
    """The object store does not let us in, or cannot do what is needed."""

    code = "files_refused"
    message = N_(
        "This node may not use the place where its files are kept, %(place)s. %(reason)s Nothing "
        "is lost; whoever runs the node has to look at the options whose names begin with "
        "TONLE_FILES."
    )
