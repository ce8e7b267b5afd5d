"""A question to a table, as a form sends it: which rows, which columns, what to work out.

The same words make the address of an answer, which is what people cite, so they never change:
`column`, `test`, `value` (in step), `show`, `by`, `what`, `of` (in step), `order`, `down`, `sheet`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import urlencode

# What a row's value is asked: each with whether it needs something to compare with.
TESTS = {
    "is": True,
    "is_not": True,
    "contains": True,
    "begins": True,
    "less": True,
    "at_most": True,
    "more": True,
    "at_least": True,
    "has_value": False,
    "has_none": False,
}
WORKED_OUT = ("count", "sum", "mean", "median", "least", "most", "different")
_NUMBERS_ONLY = frozenset({"sum", "mean", "median"})
MOST_CONDITIONS = 10
MOST_GROUPS = 3
MOST_SUMS = 6
MOST_VALUE_CHARS = 200


class BadQuestion(ValueError):
    """code: of `messages.WRONG`; name: what it is about."""

    def __init__(self, code: str, name: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.name = name


@dataclass(frozen=True)
class Question:
    """where: (column, test, value); sums: (what, column), the column of a count is "".

    order: a column of the answer, "" for that of the table.
    """

    where: tuple[tuple[str, str, str], ...] = ()
    show: tuple[str, ...] = ()
    by: tuple[str, ...] = ()
    sums: tuple[tuple[str, str], ...] = ()
    order: str = ""
    down: bool = False
    sheet: str = ""

    @property
    def grouped(self) -> bool:
        return bool(self.by or self.sums)

    @property
    def narrows(self) -> bool:
        """Whether it asks for anything but the table as it stands."""
        return self != Question(sheet=self.sheet)

    def titles(self, columns: Sequence[str]) -> list[str]:
        """What the columns of the answer are called."""
        if not self.grouped:
            return list(self.show or columns)
        return [*self.by, *(sum_title(what, of) for what, of in self.sums)]

    def pairs(self) -> list[tuple[str, str]]:
        """The parameters that ask it, in one order: the same question has one address."""
        found = [("sheet", self.sheet)] if self.sheet else []
        for column, test, value in self.where:
            found += [("column", column), ("test", test), ("value", value)]
        found += [("show", name) for name in self.show]
        found += [("by", name) for name in self.by]
        for what, of in self.sums:
            found += [("what", what), ("of", of)]
        found += [("order", self.order)] if self.order else []
        return found + ([("down", "1")] if self.down else [])

    def address(self) -> str:
        return urlencode(self.pairs())

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @staticmethod
    def from_json(said: Mapping[str, Any]) -> Question:
        return Question(
            tuple((c, t, v) for c, t, v in said["where"]),
            tuple(said["show"]),
            tuple(said["by"]),
            tuple((w, o) for w, o in said["sums"]),
            said["order"],
            said["down"],
            said["sheet"],
        )


def sum_title(what: str, of: str) -> str:
    """What a worked-out column is called, in the answer and in its address."""
    return f"{what} {of}".strip()


def read(asked: Mapping[str, Sequence[str]], columns: Sequence[str]) -> Question:
    """The question that parameters ask of a table with these columns. Raises BadQuestion.

    A line of a form that was left empty asks nothing.
    """
    where = []
    names, tests = asked.get("column", ()), asked.get("test", ())
    values = asked.get("value", ())
    for place, name in enumerate(names):
        if not name:
            continue
        test = tests[place] if place < len(tests) else "is"
        value = (values[place] if place < len(values) else "").strip()
        if test not in TESTS:
            raise BadQuestion("test", test)
        if TESTS[test] and not value and test != "is":
            continue
        if test == "is" and not value:
            continue
        where.append((_column(name, columns), test, value[:MOST_VALUE_CHARS]))
    sums = []
    ofs = asked.get("of", ())
    for place, what in enumerate(asked.get("what", ())):
        if not what:
            continue
        if what not in WORKED_OUT:
            raise BadQuestion("what", what)
        of = ofs[place] if place < len(ofs) else ""
        if what == "count":
            of = ""
        elif not of:
            raise BadQuestion("of", what)
        sums.append((what, _column(of, columns) if of else ""))
    by = [_column(name, columns) for name in asked.get("by", ()) if name]
    if by and not sums:
        sums.append(("count", ""))
    if len(where) > MOST_CONDITIONS or len(by) > MOST_GROUPS or len(sums) > MOST_SUMS:
        raise BadQuestion("too_many")
    found = Question(
        tuple(where),
        () if by or sums else _shown(asked, columns),
        tuple(dict.fromkeys(by)),
        tuple(dict.fromkeys(sums)),
        down=asked.get("down", [""])[0] == "1",
        sheet=asked.get("sheet", [""])[0][:200],
    )
    order = asked.get("order", [""])[0]
    # The form offers columns of the table; in a grouped answer there may be no such one.
    known = {*found.titles(columns), *(() if found.grouped else columns)}
    if order and order not in known and order not in columns:
        raise BadQuestion("column", order[:MOST_VALUE_CHARS])
    kept = order if order in known else ""
    return Question(**{**vars(found), "order": kept, "down": found.down and bool(kept)})


def _shown(asked: Mapping[str, Sequence[str]], columns: Sequence[str]) -> tuple[str, ...]:
    chosen = {_column(name, columns) for name in asked.get("show", ()) if name}
    # In the table's order; all of them is the same as none named.
    return () if len(chosen) == len(columns) else tuple(one for one in columns if one in chosen)


def _column(name: str, columns: Sequence[str]) -> str:
    if name not in columns:
        raise BadQuestion("column", name[:MOST_VALUE_CHARS])
    return name


def sql(question: Question, columns: Sequence[str], types: Sequence[str]) -> tuple[str, list[str]]:
    """A SELECT over the relation `data`, whose columns are called c0, c1 and on; and its values.

    Nothing that somebody typed is in the text: columns are numbers, values parameters.
    """
    place = {name: number for number, name in enumerate(columns)}
    kinds = dict(zip(columns, types, strict=False))
    values: list[str] = []
    tests = [
        _test(f"c{place[c]}", kinds.get(c, "text"), t, v, values) for c, t, v in question.where
    ]
    if question.grouped:
        parts = [f"c{place[name]}" for name in question.by]
        parts += [_sum(what, of, place, kinds) for what, of in question.sums]
    else:
        parts = [f"c{place[name]}" for name in question.titles(columns)]
    text = f"SELECT {', '.join(f'{part} AS a{at}' for at, part in enumerate(parts))}"
    text += " FROM data"  # A view of ours.
    if tests:
        text += f" WHERE {' AND '.join(tests)}"
    if question.by:
        text += f" GROUP BY {', '.join(f'c{place[name]}' for name in question.by)}"
    return text + _order(question, columns, kinds, place), values


def _order(
    question: Question, columns: Sequence[str], kinds: Mapping[str, str], place: Mapping[str, int]
) -> str:
    way = " DESC NULLS LAST" if question.down else " ASC NULLS LAST"
    titles = question.titles(columns)
    if question.order in titles and question.grouped:
        at = titles.index(question.order)
        worked_out = at >= len(question.by)
        number = worked_out or kinds.get(question.order) in {"whole", "number"}
        by = f"TRY_CAST(a{at} AS DOUBLE)" if number else f"a{at}"
        # What is equal comes in one order, so that pages of an answer fit together.
        rest = "".join(f", a{one}" for one in range(len(question.by)) if one != at)
        return f" ORDER BY {by}{way}{rest}"
    if question.order:
        called = f"c{place[question.order]}"
        number = kinds.get(question.order) in {"whole", "number"}
        return f" ORDER BY {f'TRY_CAST({called} AS DOUBLE)' if number else called}{way}"
    if question.by:
        return " ORDER BY " + ", ".join(f"a{at}" for at in range(len(question.by)))
    return ""


_COMPARED = {"less": "<", "at_most": "<=", "more": ">", "at_least": ">="}


def _test(called: str, kind: str, test: str, value: str, values: list[str]) -> str:
    text = f"nfc_normalize(CAST({called} AS VARCHAR))"
    filled = f"({called} IS NOT NULL AND CAST({called} AS VARCHAR) <> '')"
    if test == "has_value":
        return filled
    if test == "has_none":
        return f"NOT {filled}"
    number = kind in {"whole", "number"}
    if number and (test in _COMPARED or test in {"is", "is_not"}):
        try:
            # Python reads the digits of every script, DuckDB those of ASCII.
            values.append(repr(float(value)))
        except ValueError:
            raise BadQuestion("number", value) from None
        sign = _COMPARED.get(test, "=" if test == "is" else "<>")
        return f"TRY_CAST({called} AS DOUBLE) {sign} CAST(? AS DOUBLE)"
    values.append(value)
    if test in _COMPARED:
        return f"({filled} AND {text} {_COMPARED[test]} ?)"
    if test == "contains":
        return f"contains(lower({text}), lower(?))"
    if test == "begins":
        return f"starts_with(lower({text}), lower(?))"
    return f"{text} = ?" if test == "is" else f"({filled} AND {text} <> ?)"


def _sum(what: str, of: str, place: Mapping[str, int], kinds: Mapping[str, str]) -> str:
    if what == "count":
        return "count(*)"
    called, kind = f"c{place[of]}", kinds.get(of, "text")
    number = f"TRY_CAST({called} AS DOUBLE)"
    if what in _NUMBERS_ONLY:
        if kind not in {"whole", "number"}:
            raise BadQuestion("not_a_number", of)
        function = {"sum": "sum", "mean": "avg", "median": "median"}[what]
        return f"{function}({number})"
    value = number if kind in {"whole", "number"} else f"nullif(CAST({called} AS VARCHAR), '')"
    if what == "different":
        return f"count(DISTINCT {value})"
    return f"{'min' if what == 'least' else 'max'}({value})"
