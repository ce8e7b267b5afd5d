"""What can go wrong in the catalogue, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tonle.kernel.errors import N_, Conflict, Refused, TonleError


class PidTaken(TonleError):
    """A name of this record already names another one. Nothing is merged in silence."""

    code = "pid_taken"
    http_status = 409
    message = N_(
        "The identifier %(scheme)s %(value)s already names the record %(holder)s. Correct the "
        "identifier, or withdraw one of the two records."
    )


class DraftInWork(Conflict):
    code = "draft_in_work"
    message = N_(
        "Somebody is writing a draft of the record %(record)s. Publish or discard it first, then "
        "repeat this."
    )


class KeptElsewhere(Conflict):
    """The record is another's: this node shows it, and changes it when its home does."""

    code = "kept_elsewhere"
    message = N_(
        "The record %(record)s is kept elsewhere, and this node only shows it. Change it at its "
        "home: what changes there appears here with the next harvest."
    )


class EditConflict(Conflict):
    """Two people changed the same parts of a draft; the later one's words are set aside.

    conflicts: key of the document ("profile/<key>" inside the profile) to (what is there
    now, what was sent); None where it is absent. edit_seq: what to begin from next.
    set_aside: the name of the edit that keeps all that was sent.
    """

    code = "edit_conflict"
    message = N_(
        "Somebody else changed the same part of this draft in the meantime: %(keys)s. What you "
        "wrote is kept with the draft. Choose what shall stand, and save again."
    )

    def __init__(
        self, conflicts: Mapping[str, tuple[Any, Any]], *, edit_seq: int, set_aside: str
    ) -> None:
        super().__init__(keys=", ".join(sorted(conflicts)), edit_seq=edit_seq, set_aside=set_aside)
        self.conflicts = dict(conflicts)
        self.edit_seq = edit_seq
        self.set_aside = set_aside


class BeingPublished(Conflict):
    code = "being_published"
    message = N_(
        "A change of this record is being published at this moment. Wait a few seconds and repeat."
    )


class TwoDois(Conflict):
    """Both records have a DOI; which of them the world shall use is for people to say."""

    code = "two_dois"
    message = N_(
        "Both records have a DOI: %(dois)s. Make sure that whoever registered them agrees, then "
        "say that the remaining record shall carry both."
    )


class WrongState(Refused):
    """The record is not in a state in which this can be done."""

    code = "wrong_state"


class FilesNotReadable(Refused):
    """The file is there, its name is public, and this actor may not have its bytes."""

    code = "files_not_readable"
    http_status = 403
    message = N_("This file is not given out. %(reasons)s")
    # (label, address), translated: where a reader can go from the page that says so.
    ways: Sequence[tuple[str, str]] = ()


class NotStored(TonleError):
    """The database names bytes that the storage does not hold: a fault to be repaired."""

    code = "not_stored"
    http_status = 500
    message = N_(
        "A file of record %(record)s is missing from the storage. Run `tonle fixity` and restore "
        "it from a backup."
    )
