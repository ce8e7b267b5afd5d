"""What goes wrong with proposals beyond the errors that everybody knows."""

from __future__ import annotations

from tonle.kernel.errors import N_, Conflict


class AnswerConflict(Conflict):
    """Somebody else answered the same question meanwhile. Nothing is overwritten.

    theirs: what stands there; edit: its number, to answer upon.
    """

    code = "answer_conflict"
    message = N_("Somebody else changed this answer in the meantime. Choose what is to stand.")

    def __init__(self, *, theirs: str, edit: int) -> None:
        super().__init__()
        self.theirs, self.edit = theirs, edit
