"""Words of the node's own, in place of those of a catalogue: corrections that were accepted.

They lie over the catalogues in memory, so that they hold without a restart; whoever keeps
them says what they are whenever they change. An upgrade brings new catalogues and leaves the
corrections where they are.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from threading import Lock
from types import SimpleNamespace
from typing import Any, cast

from django.utils.translation import trans_real

Key = tuple[str, str]
"""(context, message): "" where the message has no context."""

# What gettext itself joins a context to its message with.
_CONTEXT = "\x04"

_applied: dict[str, dict[Key, str]] = {}
_hearers: list[Callable[[], object]] = []
_order = Lock()


def on_change(hear: Callable[[], object]) -> None:
    """Call this whenever a wording changed: for whoever keeps finished text."""
    if hear not in _hearers:
        _hearers.append(hear)


def apply(wanted: Mapping[str, Mapping[Key, str]]) -> None:
    """Let these words be said, and no others of before. wanted: by language code.

    A request in work ends in the words that it began with.
    """
    with _order:
        now = {code: dict(words) for code, words in wanted.items() if words}
        changed = [code for code in {*_applied, *now} if _applied.get(code) != now.get(code)]
        for code in changed:
            _lay(code, now.get(code, {}))
        _applied.clear()
        _applied.update(now)
    if changed:
        for hear in _hearers:
            hear()


def _lay(code: str, words: Mapping[Key, str]) -> None:
    """Read the catalogues of the language anew, with these words on top."""
    made = trans_real.DjangoTranslation(code)
    if words:
        catalog: dict[Any, str] = {}
        for (context, message), text in words.items():
            name = f"{context}{_CONTEXT}{message}" if context else message
            # None of the languages has more than one form for a number: one text serves all.
            catalog[name] = catalog[name, 0] = text
        above = SimpleNamespace(_catalog=catalog, _info={}, _fallback=None, plural=_one_form)
        made.merge(cast(Any, above))
    # Django keeps one object a language; there is no other way to exchange it.
    cast(dict[str, Any], vars(trans_real)["_translations"])[code] = made


def _one_form(_number: int) -> int:
    return 0
