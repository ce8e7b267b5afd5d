"""Sentences that are written in the kernel and translated where they are shown.

`Invalid` carries plain strings. A `Sentence` is such a string, in English and with
its places filled, that still knows its message and data: whoever shows it can
translate the message first and fill it in afterwards.
"""

from __future__ import annotations

from typing import Any

from tonle.kernel.errors import Invalid


class Sentence(str):
    """An English sentence that remembers its gettext message and its data.

    message: the msgid with `%(name)s` places; mark it with N_ where it is written.
    """

    __slots__ = ("data", "message")
    message: str
    data: dict[str, Any]

    def __new__(cls, message: str, **data: Any) -> Sentence:
        self = super().__new__(cls, message % data)
        self.message = message
        self.data = data
        return self


def invalid(where: str, message: str, **data: Any) -> Invalid:
    """An Invalid with one problem; where is a field name or JSON pointer, "" for the whole."""
    return Invalid([(where, Sentence(message, **data))])


def shown(value: object, limit: int = 80) -> str:
    """A value as an error sentence may quote it: at most `limit` characters, no line breaks.

    A refusal of something enormous must not itself be enormous.
    """
    text = " ".join(str(value)[: limit * 4].split())
    return text if len(text) <= limit else text[: limit - 1] + "…"
