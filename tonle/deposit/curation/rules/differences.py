"""What changed between two states of a document, field by field, in words people read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

# Words of the format, which tell nobody anything.
_UNTOLD = frozenset(("name_type", "scheme_uri"))
CONTEXT = 60  # Characters kept on either side of what changed in a long text.


# A text of a document and the field it stands in, to what a reader is told.
Say = Callable[[str, str], str]


def _as_it_stands(text: str, _field: str) -> str:
    return text


@dataclass(frozen=True)
class Row:
    """One part that differs. where: a language, or "". before and after: "" for none."""

    where: str
    before: str
    after: str


@dataclass(frozen=True)
class Difference:
    """One field of the document, or "files", and what differs in it."""

    field: str
    rows: tuple[Row, ...]


def differences(
    old: Mapping[str, Any],
    new: Mapping[str, Any],
    old_files: Sequence[Sequence[str]] = (),
    new_files: Sequence[Sequence[str]] = (),
    say: Say = _as_it_stands,
) -> list[Difference]:
    """Every field that differs, in the order of the new document, files last.

    files: (name, SHA-256) pairs. say: the reader's word for a code. Parts are compared as
    people read them: the language of a text, the entries of a list; an entry that only moved
    is no difference.
    """
    fields = [*new, *(name for name in old if name not in new)]
    found = [
        Difference(name, rows)
        for name in fields
        if old.get(name) != new.get(name)
        and (rows := tuple(_rows(old.get(name), new.get(name), name, say)))
    ]
    files = tuple(_file_rows(dict(map(tuple, old_files)), dict(map(tuple, new_files))))  # type: ignore[arg-type] # Pairs, which JSON gives back as lists.
    return [*found, Difference("files", files)] if files else found


def _rows(old: Any, new: Any, field: str, say: Say) -> Iterable[Row]:
    if isinstance(old, dict | None) and isinstance(new, dict | None):
        before, after = old or {}, new or {}
        for name in dict.fromkeys([*before, *after]):
            if before.get(name) != after.get(name):
                told = (line(one.get(name), name, say) for one in (before, after))
                yield _row(name, *told)
        return
    if isinstance(old, list | None) and isinstance(new, list | None):
        yield from _entries(
            [line(item, field, say) for item in old or ()],
            [line(item, field, say) for item in new or ()],
        )
        return
    yield _row("", line(old, field, say), line(new, field, say))


def _entries(old: Sequence[str], new: Sequence[str]) -> Iterable[Row]:
    """Entries gone beside entries come, as far as they can be paired by their order."""
    gone = list((Counter(old) - Counter(new)).elements())
    come = list((Counter(new) - Counter(old)).elements())
    for n in range(max(len(gone), len(come))):
        yield _row("", gone[n] if n < len(gone) else "", come[n] if n < len(come) else "")


def _file_rows(old: Mapping[str, str], new: Mapping[str, str]) -> Iterable[Row]:
    for name in dict.fromkeys([*old, *new]):
        if old.get(name) != new.get(name):
            before = f"{name} ({old[name][:12]})" if name in old else ""
            after = f"{name} ({new[name][:12]})" if name in new else ""
            yield Row("", before, after)


def line(value: Any, field: str, say: Say) -> str:
    """The value of a field as one line: its texts, joined; "" for nothing."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return "✓" if value else "–"
    if isinstance(value, dict):
        told = (line(one, name, say) for name, one in value.items() if name not in _UNTOLD)
        return " · ".join(text for text in told if text)
    if isinstance(value, list):
        return "; ".join(text for item in value if (text := line(item, field, say)))
    return say(str(value), field)


def _row(where: str, before: str, after: str) -> Row:
    """Both sides, cut to what differs where they are long and begin or end alike."""
    if not before or not after or max(len(before), len(after)) <= 4 * CONTEXT:
        return Row(where, before, after)
    start = _common(before, after)
    end = _common(before[start:][::-1], after[start:][::-1])
    return Row(where, _cut(before, start, end), _cut(after, start, end))


def _common(one: str, other: str) -> int:
    for n, (a, b) in enumerate(zip(one, other, strict=False)):
        if a != b:
            return n
    return min(len(one), len(other))


def _cut(text: str, start: int, end: int) -> str:
    first, last = max(0, start - CONTEXT), min(len(text), len(text) - end + CONTEXT)
    return ("…" if first else "") + text[first:last] + ("…" if last < len(text) else "")
