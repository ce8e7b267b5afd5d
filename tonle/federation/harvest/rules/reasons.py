"""Reasons as rows keep them: a gettext message and its data, said when somebody reads them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from tonle.kernel.errors import Invalid, Refusal, Refused, TonleError
from tonle.kernel.sentences import Sentence

MOST = 20
LONGEST = 500
# What no database keeps in a text: NUL, and halves of letters, which JSON can say.
_UNKEEPABLE = re.compile("[\x00\ud800-\udfff]")

Reason = dict[str, Any]


def reasons_of(fault: TonleError) -> list[Reason]:
    """Every reason of an error, at most MOST: {"where", "message", "data"}."""
    remarks = getattr(fault, "remarks", None)
    if remarks is not None:
        found = [_reason(r.where, r.message, r.data) for r in remarks]
    elif isinstance(fault, Invalid):
        found = [_of_text(where, text) for where, text in fault.problems]
    elif isinstance(fault, Refused):
        found = [_of_refusal(refusal) for refusal in fault.refusals]
    else:
        found = [_reason("", fault.message, fault.data)]
    return found[:MOST]


def reasons_of_sentences(sentences: Iterable[Sentence]) -> list[Reason]:
    return [_of_text("", sentence) for sentence in sentences][:MOST]


def keepable(text: str) -> str:
    """The text as rows and documents can hold it."""
    return _UNKEEPABLE.sub("\N{REPLACEMENT CHARACTER}", text)


def _of_refusal(refusal: Refusal) -> Reason:
    return _reason("", refusal.message, refusal.data)


def _of_text(where: str, text: str) -> Reason:
    if isinstance(text, Sentence):
        return _reason(where, text.message, text.data)
    return _reason(where, str(text), {})


def _reason(where: str, message: str, data: Mapping[str, Any]) -> Reason:
    kept = {name: _plain(value) for name, value in data.items()}
    told = {"where": keepable(where[:LONGEST]), "message": keepable(message[: 4 * LONGEST])}
    return {**told, "data": kept}


def _plain(value: Any) -> Any:
    """A value as JSON; a sentence within a sentence stays one that can be translated."""
    if isinstance(value, Sentence):
        return {"message": value.message, "data": {k: _plain(v) for k, v in value.data.items()}}
    if isinstance(value, TonleError):
        data = {k: _plain(v) for k, v in value.data.items()}
        return {"message": value.message, "data": data}
    if isinstance(value, bool | int) or value is None:
        return value
    return keepable(str(value)[:LONGEST])


def sentence_of(reason: Reason) -> str:
    """The reason as something that `say` puts into the reader's language."""
    data = {name: _lively(value) for name, value in reason.get("data", {}).items()}
    message = str(reason.get("message", ""))
    # A bare sentence may hold a lone percent sign.
    return Sentence(message, **data) if data else message


def _lively(value: Any) -> Any:
    return sentence_of(value) if isinstance(value, dict) else value
