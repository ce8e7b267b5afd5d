"""Errors that people read: a stable code, data, and a sentence.

The sentence says what happened, why and what to do. It is a gettext message with
named places; it is translated where it is shown (`tonle.infra.i18n.say`), never
where it is raised, so that the kernel needs no framework.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar


def N_(message: str) -> str:
    """Mark a message for translation where it is written; it is translated when shown."""
    return message


class TonleError(Exception):
    """Base of all errors a person may see.

    code is stable and part of the API; http_status is what a page or the API
    answers; message is the English sentence, with `%(name)s` places for data;
    again_seconds is when to ask again, 0 where nobody knows.
    """

    code: ClassVar[str] = "error"
    http_status: ClassVar[int] = 400
    again_seconds: ClassVar[int] = 0
    message: ClassVar[str] = N_("The request could not be carried out.")

    def __init__(self, **data: Any) -> None:
        super().__init__(data)
        self.data = data

    def __str__(self) -> str:
        return self.message % self.data


@dataclass(frozen=True)
class Refusal:
    """One reason why something may not happen now, as a guard or gate gives it."""

    code: str
    message: str
    data: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.message % self.data


class Refused(TonleError):
    """The rules say no. Carries every reason at once, so that nobody fixes one to meet the next."""

    code = "refused"
    http_status = 409
    message = N_("This cannot be done now. %(reasons)s")

    def __init__(self, refusals: Sequence[Refusal], **data: Any) -> None:
        super().__init__(reasons=" ".join(str(r) for r in refusals), **data)
        self.refusals = tuple(refusals)


class NotPermitted(TonleError):
    """The actor may not do this; the reason is a whole sentence."""

    code = "not_permitted"
    http_status = 403
    message = N_("You may not do this. %(reason)s")


class NotFound(TonleError):
    """There is no such thing, or the actor may not know of it: one answer for both."""

    code = "not_found"
    http_status = 404
    message = N_("There is nothing here under this name. Check the address, or search for it.")


class Invalid(TonleError):
    """What was sent does not have the form it must have.

    problems: (JSON pointer or field name, sentence) pairs, in reading order.
    """

    code = "invalid"
    http_status = 422
    message = N_("What was sent cannot be used. %(summary)s")

    def __init__(self, problems: Sequence[tuple[str, str]], **data: Any) -> None:
        summary = " ".join(f"{where}: {what}" if where else what for where, what in problems)
        super().__init__(summary=summary, **data)
        self.problems = tuple(problems)


class Conflict(TonleError):
    """Somebody else changed the same thing in the meantime."""

    code = "conflict"
    http_status = 409
    message = N_("This was changed by somebody else in the meantime. Load it again and repeat.")


class TooLarge(TonleError):
    """Input beyond its bound; refused before it is read."""

    code = "too_large"
    http_status = 413
    message = N_("This is too large: at most %(limit)s %(unit)s are accepted here.")


class Moved(TonleError):
    """The thing goes by another name now: readers are led there, writers are told.

    old, new: names; address: where to look instead, or "" for the same place under the new name.
    """

    code = "moved"
    http_status = 410
    message = N_("%(old)s has become part of %(new)s. Look there.")

    def __init__(self, *, old: str, new: str, address: str = "") -> None:
        super().__init__(old=old, new=new)
        self.old, self.new, self.address = old, new, address

    def location(self, path: str) -> str:
        """The path that stands for this one."""
        return self.address or path.replace(self.old, self.new)
