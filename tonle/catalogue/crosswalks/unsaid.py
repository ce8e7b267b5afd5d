"""What a format leaves unsaid of a record, so that it can travel beside what the format says.

A crosswalk that loses something can be made whole: whoever writes reads his own text back, and
notes down how the record differs from that. Whoever reads joins the two again. A note holds
only where the text still says what it said when the note was made, so that a text which
somebody has edited is read as edited: the text wins, and what nobody touched stays whole.

A note is kept by key of the document, and by `profile/key` for what a kind adds. It is
    {"of": digest, "is": value}     where the text says `of`, the record has `is`
    {"items": [change, …]}          of a list; a change is one of
        {"of": digest, "more": patch}       the item that reads so has this, too (RFC 7396)
        {"gone": [digest, …], "put": [[place, item], …]}    instead of items that the text alone
                                            has, those that the record alone has
Without "of" the text says nothing there, without "is" the record does not. A digest is of what
the reader makes of the text, so that neither order nor spelling of the text matter.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter, deque
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any, Final

Document = dict[str, Any]
Note = dict[str, Any]
# Enough to tell an edit; nobody gains by forging one.
_DIGEST_LETTERS: Final = 16
_DEEPER: Final = "profile"
# How far apart two tellings of one thing may stand in their lists.
_NEAR: Final = 8


def unsaid(said: Mapping[str, Any], whole: Mapping[str, Any]) -> dict[str, Note]:
    """Notes by key: how `whole`, the record, differs from `said`, what the text says of it.

    `join(said, unsaid(said, whole)) == whole` for all documents, in which nothing is null.
    """
    return dict(_notes(said, whole, ""))


def join(said: Mapping[str, Any], notes: Mapping[str, Any]) -> Document:
    """The record: what a text says, with the notes that still hold. Faulty notes are none."""
    made = dict(said)
    for key, note in notes.items():
        level, _, inner = key.partition("/")
        profile = made.get(_DEEPER)
        if not inner:
            _settle(made, key, note)
        elif level == _DEEPER and isinstance(profile, dict):
            made[_DEEPER] = dict(profile)
            _settle(made[_DEEPER], inner, note)
    return made


def _notes(
    said: Mapping[str, Any], whole: Mapping[str, Any], prefix: str
) -> Iterator[tuple[str, Note]]:
    for key in sorted({*said, *whole}):
        before, after = said.get(key), whole.get(key)
        if before == after:
            continue
        if key == _DEEPER and not prefix and isinstance(before, dict) and isinstance(after, dict):
            yield from _notes(before, after, f"{key}/")
        else:
            yield prefix + key, _note(before, after)


def _note(before: Any, after: Any) -> Note:
    if isinstance(before, list) and isinstance(after, list):
        changes = _changes(before, after)
        if _changed(before, changes) == after:
            return {"items": changes}
    note: Note = {} if before is None else {"of": _digest(before)}
    return note if after is None else note | {"is": after}


def _settle(holder: Document, key: str, note: Any) -> None:
    if not isinstance(note, dict):
        return
    value = holder.get(key)
    if "items" in note:
        if isinstance(value, list) and isinstance(note["items"], list):
            holder[key] = _changed(value, note["items"])
    elif note.get("of") == (None if value is None else _digest(value)):
        holder.pop(key, None)
        if note.get("is") is not None:
            holder[key] = note["is"]


# --- lists ---------------------------------------------------------------------------------------


def _changes(before: list[Any], after: list[Any]) -> list[Note]:
    """How one list becomes the other. Linear in their lengths."""
    had = [_digest(one) for one in before]
    places = _places(had)
    # What is the same on both sides needs no word.
    new = deque([n, one] for n, one in enumerate(after) if _taken(places, _digest(one)) is None)
    made: list[Note] = []
    gone: list[str] = []
    for place in sorted(place for found in places.values() for place in found):
        near = enumerate(islice(new, _NEAR))
        match = next((n for n, come in near if _alike(before[place], come[1])), None)
        if match is None:
            gone.append(had[place])
        else:
            made.append({"of": had[place], "more": _patch(before[place], new[match][1])})
            del new[match]
    return [*made, {"gone": gone, "put": list(new)}] if gone or new else made


def _changed(said: list[Any], changes: list[Any]) -> list[Any]:
    made: list[Any] = list(said)
    places = _places([_digest(one) for one in said])
    there = Counter({digest: len(found) for digest, found in places.items()})
    left: set[int] = set()
    put: list[Any] = []
    for change in (one for one in changes if isinstance(one, dict)):
        of, more, gone = change.get("of"), change.get("more"), _texts(change.get("gone"))
        if isinstance(of, str) and isinstance(more, dict):
            place = _taken(places, of)
            if place is not None:
                made[place] = _patched(made[place], more)
        elif gone is not None and Counter(gone) <= there:
            left |= {place for one in gone if (place := _taken(places, one)) is not None}
            put += _numbered(change.get("put"))
    stay = iter([one for place, one in enumerate(made) if place not in left])
    joined: list[Any] = []
    for place, one in sorted(put, key=lambda pair: pair[0]):
        joined += islice(stay, max(0, place - len(joined)))
        joined.append(one)
    return [*joined, *stay]


def _texts(value: Any) -> list[str] | None:
    told = isinstance(value, list) and all(isinstance(one, str) for one in value)
    return value if told else None


def _places(digests: list[str]) -> dict[str, list[int]]:
    """Where each digest stands, the last place first, so that the first is taken first."""
    found: dict[str, list[int]] = {}
    for place in reversed(range(len(digests))):
        found.setdefault(digests[place], []).append(place)
    return found


def _taken(places: dict[str, list[int]], digest: str) -> int | None:
    found = places.get(digest)
    return found.pop() if found else None


def _numbered(value: Any) -> list[Any]:
    pairs = value if isinstance(value, list) else []
    return [p for p in pairs if isinstance(p, list) and len(p) == 2 and isinstance(p[0], int)]


def _alike(before: Any, after: Any) -> bool:
    """Whether two items are one thing told twice: half of what the first says, or more."""
    if not (isinstance(before, dict) and isinstance(after, dict)):
        return False
    same = [key for key, value in before.items() if after.get(key) == value]
    return 2 * len(same) >= len(before)


# --- values --------------------------------------------------------------------------------------


def _digest(value: Any) -> str:
    plain = json.dumps(value, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(plain.encode()).hexdigest()[:_DIGEST_LETTERS]


def _patch(before: Mapping[str, Any], after: Mapping[str, Any]) -> Note:
    """A merge patch that makes the one of the other. Source: RFC 7396."""
    made: Note = {}
    for key in sorted({*before, *after}):
        old, new = before.get(key), after.get(key)
        if isinstance(old, dict) and isinstance(new, dict) and old != new:
            made[key] = _patch(old, new)
        elif old != new:
            made[key] = new
    return made


def _patched(value: Any, patch: Mapping[str, Any]) -> Document:
    """The value after a merge patch. Source: RFC 7396, section 2."""
    made = dict(value) if isinstance(value, dict) else {}
    for key, new in patch.items():
        if new is None:
            made.pop(key, None)
        else:
            made[key] = _patched(made.get(key), new) if isinstance(new, dict) else new
    return made
