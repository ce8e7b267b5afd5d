"""The columns of a record's tables: `profile.variables`, read and changed. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tonle.deposit.field.rules.headings import MOST_VALUES
from tonle.kernel.text import LanguageMap, one_line

PROFILE = "tonle-dataset/1"
# As the schema bounds every list of a profile.
MOST = 1_000
LONGEST_LABEL, LONGEST_UNIT, LONGEST_DESCRIPTION = 500, 60, 2_000


@dataclass(frozen=True)
class Said:
    """What somebody wrote of one column, in one language. values: lines of `value = label`."""

    name: str
    label: str = ""
    unit: str = ""
    description: str = ""
    values: str = ""


def of_table(document: Mapping[str, Any], file: str, table: str) -> list[dict[str, Any]]:
    """The descriptions of one table's columns, as the document has them."""
    return [one for one in all_of(document) if _is_of(one, file, table)]


def all_of(document: Mapping[str, Any]) -> list[dict[str, Any]]:
    return list(document.get("profile", {}).get("variables", ()))


def _is_of(one: Mapping[str, Any], file: str, table: str) -> bool:
    return bool(one.get("file") == file and one.get("table", "") == table)


def placed(columns: Iterable[Mapping[str, Any]], file: str, table: str) -> list[dict[str, Any]]:
    """Columns with the file and table that they are of."""
    where = {"file": file} | ({"table": table} if table else {})
    return [where | dict(one) for one in columns]


def with_table(
    document: Mapping[str, Any], file: str, table: str, columns: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """The document with these descriptions of one table; those of others stay where they are."""
    others = [one for one in all_of(document) if not _is_of(one, file, table)]
    held = all_of(document)
    before = next((n for n, one in enumerate(held) if _is_of(one, file, table)), len(others))
    made = [*others[:before], *columns, *others[before:]][:MOST]
    profile = dict(document.get("profile", {}))
    profile.setdefault("schema", PROFILE)
    profile.pop("variables", None)
    if made:
        profile["variables"] = made
    rest = {key: value for key, value in document.items() if key != "profile"}
    return rest | ({"profile": profile} if set(profile) - {"schema"} else {})


def renamed(document: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """The document in which files are called otherwise. names: old to new."""
    held = all_of(document)
    if not any(one.get("file") in names for one in held):
        return dict(document)
    made = [one | {"file": names[one["file"]]} if one.get("file") in names else one for one in held]
    return dict(document) | {"profile": {**document["profile"], "variables": made}}


def changed(
    held: Sequence[Mapping[str, Any]],
    said: Sequence[Said],
    types: Mapping[str, str],
    language: str,
) -> list[dict[str, Any]]:
    """One table's columns after somebody wrote of some of them. What they did not see stays.

    held: those of the document, without file and table. types: of every column, in the order
    of the file. A column of which nothing is said any more is left out.
    """
    known = {one["name"]: dict(one) for one in held}
    for one in said:
        known[one.name] = _written(known.get(one.name, {"name": one.name}), one, language)
    order = {name: place for place, name in enumerate(types)}
    made = []
    for name in sorted(known, key=lambda name: order.get(name, len(order))):
        column = known[name]
        if types.get(name):
            column.setdefault("type", types[name])
        if set(column) - {"name", "type"}:
            made.append(column)
    return made


def _written(column: dict[str, Any], said: Said, language: str) -> dict[str, Any]:
    made = dict(column)
    for key, text, most in (
        ("label", said.label, LONGEST_LABEL),
        ("description", said.description, LONGEST_DESCRIPTION),
    ):
        _put(made, key, _in(made.get(key, {}), language, one_line(text)[:most]))
    _put(made, "unit", one_line(said.unit)[:LONGEST_UNIT])
    _put(made, "values", _values(made.get("values", ()), said.values, language))
    return made


def _put(made: dict[str, Any], key: str, value: Any) -> None:
    if value:
        made[key] = value
    else:
        made.pop(key, None)


def _in(held: LanguageMap, language: str, text: str) -> LanguageMap:
    rest = {tag: one for tag, one in held.items() if tag != language}
    return rest | {language: text} if text else rest


def _values(held: Sequence[Mapping[str, Any]], lines: str, language: str) -> list[dict[str, Any]]:
    """The values with their labels in one language changed; a line that is gone takes its value
    along."""
    known = {one["value"]: one for one in held}
    made: list[dict[str, Any]] = []
    for line in lines.splitlines()[:MOST_VALUES]:
        value, _, label = (part.strip() for part in line.partition("="))
        if value and all(one["value"] != value for one in made):
            texts = _in(known.get(value, {}).get("label", {}), language, one_line(label)[:500])
            made.append({"value": value[:255]} | ({"label": texts} if texts else {}))
    return made


def lines_of(values: Iterable[Mapping[str, Any]], language: str) -> str:
    """Values as somebody edits them: `1 = Rice`, a line for each."""
    return "\n".join(
        f"{one['value']} = {one.get('label', {}).get(language, '')}".rstrip() for one in values
    )


def filled(
    held: Sequence[Mapping[str, Any]], found: Sequence[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """What a form says, where nobody has said anything yet."""
    known = {one["name"]: one for one in held}
    made = []
    for one in found:
        mine = known.pop(one["name"], {})
        column = {**one, **mine}
        for key in ("label", "description"):
            if key in one and key in mine:
                column[key] = {**one[key], **mine[key]}
        made.append(column)
    return [*made, *(dict(one) for one in known.values())]
