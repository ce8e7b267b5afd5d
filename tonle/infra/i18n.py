"""Errors and reasons in the reader's language: translated first, then filled in."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from django.utils.translation import get_language, gettext

from tonle.kernel.decisions import Decision
from tonle.kernel.errors import Invalid, Refusal, Refused, TonleError
from tonle.kernel.sentences import Sentence
from tonle.kernel.text import Name, choose

log = logging.getLogger(__name__)

Sayable = TonleError | Refusal | Decision | str


def say(what: Sayable, data: Mapping[str, Any] | None = None) -> str:
    """The sentence in the active language, its places filled in.

    what: an error, one reason of it, a decision, or a gettext message with `data`.
    Values in the data that are reasons themselves are said too. Never raises: a
    translation with a broken place falls back to English, which tests keep whole.
    """
    message, values = _parts(what, data or {})
    if not message:
        return ""
    filled = {name: _said(value) for name, value in values.items()}
    for text in (gettext(message), message):
        try:
            # A bare message without data may hold a lone percent sign.
            return text % filled if filled or type(what) is not str else text
        except (KeyError, TypeError, ValueError):
            log.error("A message does not fit its data: %r with %s", text, sorted(filled))
    return message


def _said(value: Any) -> Any:
    """A value of a place, as this reader says it."""
    if isinstance(value, TonleError | Refusal | Decision | Sentence):
        return say(value)
    if isinstance(value, Name):
        return choose(value.names, get_language() or "en")[1] or value
    return value


def problem(error: TonleError) -> dict[str, Any]:
    """The fields of an RFC 9457 problem, in the active language.

    `code` is stable and for machines; `detail` is for people. A refusal adds
    `reasons`, invalid input adds `problems` with where each one is.
    """
    found: dict[str, Any] = {
        "type": "about:blank",
        "title": _phrase(error.http_status),
        "status": error.http_status,
        "detail": say(error),
        "code": error.code,
    }
    if isinstance(error, Refused):
        found["reasons"] = [{"code": r.code, "detail": say(r)} for r in error.refusals]
    if isinstance(error, Invalid):
        found["problems"] = [
            {"pointer": where, "detail": say(text)} for where, text in error.problems
        ]
    return found


def _phrase(status: int) -> str:
    """What a status is called; some, as the 460 of tus, have a name in no register."""
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Error"


def _parts(what: Sayable, data: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]]:
    if isinstance(what, Sentence):
        return what.message, what.data
    if isinstance(what, str):
        return what, data
    if isinstance(what, Refused):
        return what.message, {**what.data, "reasons": " ".join(say(r) for r in what.refusals)}
    if isinstance(what, Invalid):
        summary = " ".join(
            f"{where}: {say(text)}" if where else say(text) for where, text in what.problems
        )
        return what.message, {**what.data, "summary": summary}
    if isinstance(what, Decision):
        return what.reason, what.data
    return what.message, what.data
