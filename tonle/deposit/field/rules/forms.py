"""XLSForm: the questions of a KoboToolbox or ODK form, with their words in every language.

A form is a workbook with the sheets `survey`, `choices` and `settings`. What a question asks
stands in `label`, `label::Khmer (km)` and so on; help for it in `hint`; the choices of a
question are the rows of `choices` with its list's name.
Source: xlsform.org, "XLSForm reference"; docs.getodk.org, "Form language".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from tonle.deposit.field.rules.tongues import tag_of
from tonle.kernel.text import UNDETERMINED, LanguageMap, one_line

MOST_QUESTIONS, MOST_CHOICES = 2_000, 10_000
LONGEST_NAME, LONGEST_LABEL, LONGEST_HINT = 255, 500, 1_000
_DEEPEST = 12
_TAG = re.compile(r"<[^<>]{1,200}>")
_STRESS = re.compile(r"(\*\*|__)(.{1,400}?)\1")
_REFERENCE = re.compile(r"\$\{\s*(?:last-saved#)?([^}\s]{1,200})\s*\}")

Rows = Sequence[Sequence[str]]


@dataclass(frozen=True)
class Question:
    """One row of `survey` that has a value. path: the names of the groups around it.

    repeat: the innermost repeated group, "" outside of any. choices: the name of its list.
    """

    name: str
    type: str
    label: LanguageMap = field(default_factory=dict)
    hint: LanguageMap = field(default_factory=dict)
    path: tuple[str, ...] = ()
    repeat: str = ""
    choices: str = ""


@dataclass(frozen=True)
class Form:
    """A form. lists: name of a list to (value, label) pairs, in their order."""

    title: str = ""
    id: str = ""
    version: str = ""
    questions: tuple[Question, ...] = ()
    lists: Mapping[str, tuple[tuple[str, LanguageMap], ...]] = field(default_factory=dict)

    @property
    def languages(self) -> tuple[str, ...]:
        """The tags that labels are written in, the most frequent first."""
        counts: dict[str, int] = {}
        for question in self.questions:
            for tag in question.label:
                if tag != UNDETERMINED:
                    counts[tag] = counts.get(tag, 0) + 1
        return tuple(sorted(counts, key=lambda tag: (-counts[tag], tag)))

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, said: Mapping[str, Any]) -> Form:
        """The form that a child process told of, measured again. Raises ValueError, KeyError or
        TypeError for anything else."""
        questions = tuple(
            Question(
                _text(one["name"], LONGEST_NAME),
                _text(one["type"], LONGEST_NAME),
                _map(one["label"], LONGEST_LABEL),
                _map(one["hint"], LONGEST_HINT),
                tuple(_text(name, LONGEST_NAME) for name in one["path"][:_DEEPEST]),
                _text(one["repeat"], LONGEST_NAME),
                _text(one["choices"], LONGEST_NAME),
            )
            for one in said["questions"][:MOST_QUESTIONS]
        )
        lists = {
            _text(name, LONGEST_NAME): tuple(
                (_text(value, LONGEST_NAME), _map(label, LONGEST_LABEL)) for value, label in rows
            )
            for name, rows in said["lists"].items()
        }
        if sum(map(len, lists.values())) > MOST_CHOICES:
            raise ValueError("too many choices")
        title, id, version = (_text(said[key], LONGEST_LABEL) for key in ("title", "id", "version"))
        return cls(title, id, version, questions, lists)


def _text(value: Any, most: int) -> str:
    if not isinstance(value, str):
        raise TypeError("no text")
    return value[:most]


def _map(value: Any, most: int) -> LanguageMap:
    if not isinstance(value, dict) or len(value) > 100:
        raise TypeError("no texts")
    return {_text(tag, 40): _text(text, most) for tag, text in value.items() if tag_of(tag) == tag}


def form_of(sheets: Mapping[str, Rows]) -> Form | None:
    """The form in a workbook's sheets (name to rows of text); None where there is none."""
    named = {name.strip().casefold(): rows for name, rows in sheets.items()}
    survey = named.get("survey", ())
    head = _head(survey)
    if not {"type", "name"} <= head.keys():
        return None
    settings = _settings(named.get("settings", ()))
    default = tag_of(settings.get("default_language", "")) or UNDETERMINED
    questions = tuple(_questions(survey, head, default))
    if not questions:
        return None
    return Form(
        title=settings.get("form_title", "") or settings.get("title", ""),
        id=settings.get("form_id", "") or settings.get("id_string", ""),
        version=settings.get("version", ""),
        questions=questions,
        lists=_lists(named.get("choices", ()), default),
    )


def _head(rows: Rows) -> dict[str, int]:
    """Headings in small letters to their columns; of equal ones the first."""
    found: dict[str, int] = {}
    for place, cell in enumerate(rows[0] if rows else ()):
        found.setdefault(" ".join(cell.casefold().split()), place)
    return found


def _cell(row: Sequence[str], head: Mapping[str, int], *names: str) -> str:
    for name in names:
        place = head.get(name, -1)
        if 0 <= place < len(row) and row[place].strip():
            return row[place].strip()
    return ""


def _settings(rows: Rows) -> dict[str, str]:
    if len(rows) < 2:
        return {}
    head = _head(rows)
    return {name: one_line(_cell(rows[1], head, name))[:LONGEST_LABEL] for name in head}


def _texts(head: Mapping[str, int], what: str, default: str) -> list[tuple[int, str]]:
    """(column, tag) of each column with the words of this kind: `label`, `label::Thai (th)`."""
    found: list[tuple[int, str]] = []
    for name, place in head.items():
        if name == what:
            found.append((place, default))
        elif name.startswith((f"{what}::", f"{what}:")):
            tag = tag_of(name.removeprefix(what).lstrip(": "))
            if tag is not None:
                found.append((place, tag))
    return found


def _said(row: Sequence[str], columns: Iterable[tuple[int, str]], most: int) -> LanguageMap:
    made: LanguageMap = {}
    for place, tag in columns:
        text = plain(row[place])[:most] if place < len(row) else ""
        if text:
            made.setdefault(tag, text)
    return made


def plain(text: str) -> str:
    """A label without its marks: no HTML, no stress, references as `{name}`, on one line."""
    text = _REFERENCE.sub(r"{\1}", _TAG.sub(" ", text[:4_000]))
    return one_line(_STRESS.sub(r"\2", text).lstrip("# "))


def _questions(rows: Rows, head: Mapping[str, int], default: str) -> Iterable[Question]:
    labels, hints = _texts(head, "label", default), _texts(head, "hint", default)
    around: list[tuple[str, bool]] = []
    found = 0
    for row in rows[1:]:
        words = _cell(row, head, "type").casefold().replace("_", " ").split()
        name = _cell(row, head, "name")[:LONGEST_NAME]
        if words[:1] == ["begin"]:
            around.append((name, "repeat" in words))
        elif words[:1] == ["end"]:
            around = around[:-1]
        elif words and name and words != ["note"] and found < MOST_QUESTIONS:
            found += 1
            kind, listed = _kind(_cell(row, head, "type"))
            yield Question(
                name,
                kind,
                _said(row, labels, LONGEST_LABEL),
                _said(row, hints, LONGEST_HINT),
                tuple(one for one, _ in around[:_DEEPEST]),
                next((one for one, repeated in reversed(around) if repeated), ""),
                listed,
            )
        elif words and not name and len(words) == 1 and words[0] in _UNNAMED:
            # Older forms leave these without a name; it is then that of the type.
            yield Question(words[0], words[0])


_UNNAMED = frozenset({"start", "end", "today", "deviceid", "username", "phonenumber"})


def _kind(said: str) -> tuple[str, str]:
    """(type, name of the list of choices): `select_one yesno` gives ("select_one", "yesno")."""
    words = said.split()
    low = [word.casefold() for word in words]
    for begins in (["select", "one"], ["select", "multiple"]):
        if low[:2] == begins:
            return "_".join(begins), words[2] if len(words) > 2 else ""
    if low[0].startswith(("select_one", "select_multiple", "rank")):
        kind = low[0].removesuffix("_from_file").removesuffix("_external")
        return kind, words[1] if len(words) > 1 else ""
    return low[0][:40], ""


def _lists(rows: Rows, default: str) -> dict[str, tuple[tuple[str, LanguageMap], ...]]:
    head = _head(rows)
    labels = _texts(head, "label", default)
    found: dict[str, list[tuple[str, LanguageMap]]] = {}
    for row in rows[1 : MOST_CHOICES + 1]:
        name = _cell(row, head, "list_name", "list name")[:LONGEST_NAME]
        value = _cell(row, head, "name", "value")[:LONGEST_NAME]
        if name and value:
            found.setdefault(name, []).append((value, _said(row, labels, LONGEST_LABEL)))
    return {name: tuple(pairs) for name, pairs in found.items()}
