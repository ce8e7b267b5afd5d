"""Canonical JSON: one value, one row of bytes, one digest.

This is RFC 8785 (JSON Canonicalization Scheme) over a smaller set of values:
ASCII keys, strings, booleans, null, and integers that a double holds exactly.
Floats are refused because their shortest form differs between languages more often
than the standard hopes; coordinates and amounts are decimal strings or minor units.

Over that set the standard library writes exactly what RFC 8785 asks for, which is
why there is no encoder here: ASCII keys sort the same by code point as by UTF-16
unit, and `json` escapes the same seven short forms and lower-case `\\u00xx`
(`tests/test_canonical.py` holds it to the rules, written out a second time).
"""

from __future__ import annotations

import hashlib
import json
from typing import Any, NoReturn

from tonle.kernel.errors import N_, TooLarge
from tonle.kernel.sentences import invalid, shown

# RFC 8785 numbers are IEEE 754 doubles; beyond this two integers share one double.
MAX_INTEGER = 2**53 - 1
# Deeper than any record document; shallow enough for every JSON reader we know.
MAX_DEPTH = 64
# A record with ten thousand creators is about 2 MiB.
MAX_SIZE_BYTES = 16 * 1024 * 1024

_encode = json.JSONEncoder(
    ensure_ascii=False, check_circular=False, sort_keys=True, separators=(",", ":")
).encode


def dumps(value: Any) -> bytes:
    """The canonical UTF-8 bytes of a value.

    value: dict with ASCII str keys, list, str, int (at most 2**53-1 either way), bool, None.
    Raises Invalid, with the JSON pointer of the fault, for anything else: floats, tuples,
    other keys, lone surrogates, more than 64 levels.
    """
    if not _is_sound(value, 0):
        _explain(value, "", 0)
    try:
        return _encode(value).encode()
    except UnicodeEncodeError:
        raise invalid(
            "", N_("A text holds half of a character pair (a lone surrogate). Enter it again.")
        ) from None


def loads(data: bytes | str, *, max_size: int = MAX_SIZE_BYTES) -> Any:
    """The value that JSON text holds, canonical or not, within the same set of values.

    data: UTF-8 bytes or text; max_size in bytes (characters, for text).
    Raises TooLarge, or Invalid for text that is no JSON, repeats a key, is nested more
    than 64 levels or holds a value that `dumps` refuses. `dumps(loads(x))` always works.
    """
    if len(data) > max_size:
        raise TooLarge(limit=max_size, unit="bytes")
    try:
        text = data if isinstance(data, str) else data.decode()
        value = _decoder.decode(text)
    except UnicodeDecodeError as fault:
        raise invalid(
            "", N_("The JSON is not UTF-8: byte %(at)s cannot be read."), at=fault.start
        ) from None
    except json.JSONDecodeError as fault:
        raise invalid(
            "",
            N_("This is not JSON: line %(line)s, column %(column)s."),
            line=fault.lineno,
            column=fault.colno,
        ) from None
    except RecursionError:
        raise _too_deep("") from None
    if isinstance(data, str) or b"\\u" in data:
        # Only an escape, or a text that never was bytes, can hold a lone surrogate.
        dumps(value)
    elif not _is_sound(value, 0):
        _explain(value, "", 0)
    return value


def digest(value: Any) -> str:
    """SHA-256 of the canonical bytes, 64 lower-case hexadecimal digits. Raises as `dumps`."""
    return hashlib.sha256(dumps(value)).hexdigest()


def _is_sound(value: Any, depth: int) -> bool:
    """Whether the value is of the set. Runs for every record, so it keeps no account of where."""
    kind = type(value)
    if kind is str or kind is bool or value is None:
        return True
    if kind is int:
        return bool(-MAX_INTEGER <= value <= MAX_INTEGER)
    if depth >= MAX_DEPTH:
        return False
    if kind is dict:
        for key, item in value.items():
            if type(key) is not str or not key.isascii():
                return False
            # Most values are texts; sparing them a call takes a third off the time.
            if type(item) is not str and not _is_sound(item, depth + 1):
                return False
        return True
    if kind is list:
        for item in value:
            if type(item) is not str and not _is_sound(item, depth + 1):
                return False
    return kind is list


def _explain(value: Any, where: str, depth: int) -> None:
    """Refuse what `_is_sound` found wrong, with its place. Types are compared exactly: an
    enum or a str subclass would be written, but would come back as something else.
    """
    kind = type(value)
    if kind is str or kind is bool or value is None:
        return
    if kind is int:
        if not -MAX_INTEGER <= value <= MAX_INTEGER:
            raise invalid(
                where,
                N_("%(value)s is too large a number. Write it as a text."),
                # Python refuses to write numbers of more than 4,300 digits.
                value=shown(value) if abs(value) < 10**40 else "…",
            )
        return
    if depth >= MAX_DEPTH:
        raise _too_deep(where)
    if kind is dict:
        for key, item in value.items():
            if type(key) is not str or not key.isascii():
                raise invalid(
                    where,
                    N_("“%(key)s” cannot be a name here: names are ASCII letters."),
                    key=shown(repr(key)),
                )
            _explain(item, f"{where}/{key}", depth + 1)
    elif kind is list:
        for index, item in enumerate(value):
            _explain(item, f"{where}/{index}", depth + 1)
    else:
        raise invalid(
            where,
            N_("A value of type %(type)s is not allowed. Write numbers with decimals as texts."),
            type=kind.__name__,
        )


def _too_deep(where: str) -> Exception:
    return invalid(where, N_("This is nested more than %(depth)s levels deep."), depth=MAX_DEPTH)


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                raise invalid("", N_("The name “%(key)s” appears twice."), key=shown(key))
            seen.add(key)
    return found


def _no_float(text: str) -> NoReturn:
    raise invalid(
        "",
        N_("%(value)s has decimals. Write such a number as a text."),
        value=shown(text),
    )


def _integer(text: str) -> int:
    # Python converts a million digits in seconds; nothing longer than this can be valid.
    if len(text) > 17:
        raise invalid(
            "", N_("%(value)s is too large a number. Write it as a text."), value=shown(text)
        )
    return int(text)


_decoder = json.JSONDecoder(
    object_pairs_hook=_pairs, parse_float=_no_float, parse_constant=_no_float, parse_int=_integer
)
