"""A preview as the page shows it: codes become words, numbers the reader's own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import get_language, gettext

from tonle.explore import asking
from tonle.explore.asking import ROWS_ON_A_PAGE, Answer, Askable
from tonle.explore.messages import FACTS, NOTES, TESTS, TYPES, VALUES, WORKED_OUT
from tonle.explore.rules.labels import NONE as NO_LABELS
from tonle.explore.rules.labels import Labels
from tonle.explore.rules.question import Question, sum_title
from tonle.explore.rules.sql import MOST_SQL_CHARS
from tonle.explore.selectors import Looked
from tonle.web.public import local_number, local_span

# A link slower than this is common in the region; people ask before they begin.
SLOW_BITS_PER_SECOND = 1_000_000
SHORT_SECONDS = 20


def wait(size_bytes: int) -> str:
    """How long a slow link takes for so much; "" where it takes no time."""
    seconds = size_bytes * 8 // SLOW_BITS_PER_SECOND
    return local_span(seconds, get_language() or "en") if seconds > SHORT_SECONDS else ""


def api_url(record_id: str, name: str, version: int | None) -> str:
    asked = {"file": name} | ({} if version is None else {"version": version})
    return f"/api/v1/explore/{record_id}/preview?{urlencode(asked)}"


def of(preview: dict[str, Any], labels: Mapping[str, Labels] | None = None) -> dict[str, Any]:
    """What look.html shows: notes and facts in words, tables with their columns.

    labels: what the record says of the columns, by the name of the sheet.
    """
    said = labels or {}
    facts = [
        (gettext(FACTS[code]), _value(code, value))
        for code, value in preview.get("facts", ())
        if code in FACTS
    ]
    return {
        **preview,
        "notes": [gettext(NOTES[code]) for code in preview.get("notes", ()) if code in NOTES],
        "facts": facts,
        "fonts": list(_fonts(preview)),
        "tables": [
            _table(table, said.get(table.get("name", ""), NO_LABELS))
            for table in preview.get("tables", ())
        ],
    }


def _fonts(preview: Mapping[str, Any]) -> Iterator[str]:
    """What became of text in fonts and code pages from before Unicode."""
    if names := preview.get("converted"):
        yield gettext("Converted from %(fonts)s; the original is unchanged.") % {
            "fonts": ", ".join(names)
        }
    if names := preview.get("unread"):
        yield gettext(
            "Some of the text is in the font %(fonts)s, which cannot be read here. It is shown as "
            "it stands and is not searched; a summary by the depositor would help."
        ) % {"fonts": ", ".join(names)}


_COUNTED = frozenset(
    {"lines", "sheets", "pages", "bands", "shapes", "cells", "objects", "members", "unpacked"}
    | {"skipped", "width", "height", "frames"}
)


def _value(code: str, value: str) -> str:
    if (code, value) in VALUES:
        return gettext(VALUES[code, value])
    if code in _COUNTED and value.isascii() and value.isdigit():
        return local_number(int(value), get_language() or "en")
    return value


def _table(table: dict[str, Any], labels: Labels) -> dict[str, Any]:
    columns = [
        {
            **column,
            "label": labels.of(column["name"]),
            "meaning": labels.meanings.get(column["name"], ""),
            "common": [
                (value, times, labels.value(column["name"], value))
                for value, times in column.get("common", ())
            ],
            "says": column.get("kind") or gettext(TYPES.get(column["type"], TYPES["other"])),
            "number": column["type"] in {"whole", "number"},
        }
        for column in table["columns"]
    ]
    rows = [
        [
            {
                "text": cell,
                "number": place < len(columns) and columns[place]["number"],
                "says": labels.value(columns[place]["name"], cell) if place < len(columns) else "",
            }
            for place, cell in enumerate(row)
        ]
        for row in table["rows"]
    ]
    return {
        **table,
        "labelled": any(column["label"] for column in columns),
        "columns": columns,
        "rows": rows,
        "columns_number": len(columns) + table["wide"],
    }


# A question -------------------------------------------------------------------------------

# Lines of the form: more are asked by the address or over REST.
_CONDITIONS, _GROUPS, _SUMS = 3, 2, 2


def asking_title() -> str:
    return gettext("Ask the table")


def nothing_asked() -> Question:
    return Question()


def whole(text: str) -> int:
    """The number that a parameter says, 0 for what is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 0


def citable(address: str, pairs: Sequence[tuple[str, str]], sha256: str, answer: str) -> str:
    """The address of an answer that will be the same for ever, or say that it cannot be.

    sha256: of the file; answer: digest of the answer, "" where a question has but one.
    """
    named = [*pairs, ("sha256", sha256), *([("answer", answer)] if answer else [])]
    return f"{address}?{urlencode(named)}"


def form(
    table: Askable, question: Question, asked: Mapping[str, Sequence[str]], labels: Labels
) -> dict[str, Any]:
    """What the form shows: its choices, and in each line what was asked.

    columns: (name, as it is shown) pairs. What was typed is kept, also where it could not be read.
    """
    names, tests = list(asked.get("column", ())), list(asked.get("test", ()))
    values = list(asked.get("value", ()))
    lines = [
        {"column": _at(names, at), "test": _at(tests, at), "value": _at(values, at)[:200]}
        for at in range(max(_CONDITIONS, min(len(names), 10)))
    ]
    whats, ofs = list(asked.get("what", ())), list(asked.get("of", ()))
    by = list(asked.get("by", ()))
    return {
        "columns": [(name, labels.beside(name)) for name in table.columns],
        "sheets": table.sheets if len(table.sheets) > 1 else (),
        "sheet": table.sheet,
        "tests": [(code, gettext(message)) for code, message in TESTS.items()],
        "worked_out": [(code, gettext(choice)) for code, (choice, _) in WORKED_OUT.items()],
        "lines": lines,
        "groups": [_at(by, at) for at in range(max(_GROUPS, min(len(by), 3)))],
        "sums": [
            {"what": _at(whats, at), "of": _at(ofs, at)}
            for at in range(max(_SUMS, min(len(whats), 6)))
        ],
        "show": question.show,
        "orders": [
            *((sum_title(*one), _sum_label(*one, labels)) for one in question.sums),
            *((name, labels.beside(name)) for name in table.columns),
        ],
        "order": question.order,
        "down": question.down,
        "open": question.narrows,
    }


def _sum_label(what: str, of: str, labels: Labels) -> str:
    return gettext(WORKED_OUT[what][1]) % {"column": labels.labels.get(of) or of}


def _at(values: Sequence[str], place: int) -> str:
    return values[place] if place < len(values) else ""


def answer(
    found: Answer, question: Question, table: Askable | None, place: int, labels: Labels
) -> dict[str, Any]:
    """The answer as ask.html shows it: heads in words, rows, and where the next ones are."""
    columns = table.columns if table else ()
    types = dict(zip(columns, table.types if table else (), strict=False))
    heads = [
        {
            "text": name,
            "label": labels.of(name),
            "of": name,
            "number": types.get(name) in {"whole", "number"},
        }
        for name in (question.by if question.grouped else question.titles(columns))
    ]
    if question.grouped:
        for what, of in question.sums:
            number = what not in {"least", "most"} or types.get(of) in {"whole", "number"}
            said = _sum_label(what, of, labels)
            heads.append({"text": said, "label": "", "of": "", "number": number})
    rows = [
        [
            {
                "text": cell,
                "number": head["number"],
                "says": labels.value(str(head["of"]), cell),
            }
            for cell, head in zip(row, heads, strict=False)
        ]
        for row in found.rows
    ]
    bars = _bars(question, found.rows)
    before = [] if place < 2 else [("page", str(place - 1))]
    after = [("page", str(place + 1))] if place * ROWS_ON_A_PAGE < found.total else []
    return {
        "heads": heads,
        "rows": [{"cells": row, "bar": bar} for row, bar in zip(rows, bars, strict=True)],
        "drawn": any(bars),
        "total": found.total,
        "more": found.more,
        "previous": urlencode([*question.pairs(), *before]) if before else "",
        "next": urlencode([*question.pairs(), *after]) if after else "",
    }


# Columns of a table that the page lists; more than these are on the file's own page.
_LISTED = 60


def sql_pairs(found: Answer) -> list[tuple[str, str]]:
    """The parameters that ask it again, in canonical words."""
    return [("sql", found.text)]


def sql_form(looked: Looked, asked: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """What the field for SQL shows: what was typed, and what can be named in it."""
    text = asked.get("sql", [""])[0]
    return {
        "text": text[: 2 * MOST_SQL_CHARS],
        "most": MOST_SQL_CHARS,
        "open": bool(text.strip()),
        "tables": [
            {"name": table.name, "columns": table.columns[:_LISTED]}
            for table in asking.sql_tables(looked)
        ],
    }


def sql_answer(found: Answer, place: int) -> dict[str, Any]:
    """The answer to SQL as ask.html shows it, with the text and the digests to cite."""
    heads = [
        {"text": title, "number": number}
        for title, number in zip(found.titles, found.numbers, strict=False)
    ]
    rows = [
        [{"text": cell, "number": head["number"]} for cell, head in zip(row, heads, strict=False)]
        for row in found.rows
    ]
    before = place > 1
    after = place * ROWS_ON_A_PAGE < found.total
    return {
        "heads": heads,
        "rows": [{"cells": row, "bar": 0} for row in rows],
        "drawn": False,
        "total": found.total,
        "more": found.more,
        "previous": urlencode([*sql_pairs(found), ("page", str(place - 1))]) if before else "",
        "next": urlencode([*sql_pairs(found), ("page", str(place + 1))]) if after else "",
        "sql": found.text,
        "sha256": found.sha256,
    }


def _bars(question: Question, rows: Sequence[Sequence[str]]) -> list[int]:
    """How long each row's bar is, in hundredths of the longest: of the first number that was
    worked out for each group. All 0 where lengths would say nothing, as below nought."""
    nothing = [0] * len(rows)
    if not question.by or len(rows) < 2:
        return nothing
    place = len(question.by)
    try:
        values = [float(row[place] or 0) for row in rows]
    except ValueError:
        return nothing
    longest = max(values)
    if min(values) < 0 or not 0 < longest < float("inf"):
        return nothing
    return [round(100 * value / longest) for value in values]
