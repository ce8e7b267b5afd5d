"""What the columns of a table mean: a mapping, as TOML or JSON.

    separator = ";"                 # between several values of one cell
    date_order = "dmy"              # of 07/05/2024; else such a date is refused
    [constants]
    kind = "dataset"
    publisher = "Mekong University"
    [[columns]]
    name = "ชื่อเรื่อง"
    field = "titles"
    language = "th"

A field is one of FIELDS, or `profile.` with a property of the kind's profile.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping as Map
from dataclasses import dataclass
from dataclasses import field as made_by
from types import MappingProxyType
from typing import Any, Final

from tonle.catalogue.crosswalks import jsontext
from tonle.catalogue.crosswalks.clean import as_list, as_map, as_text, language_tag
from tonle.catalogue.crosswalks.common import RecordRefused, Remark
from tonle.kernel.codes import codes
from tonle.kernel.errors import N_

MAX_BYTES: Final = 1_000_000
MAX_COLUMNS: Final = 1_000

# Field and what it holds. `type` of a column refines those that have types.
FIELDS: Final[Map[str, str]] = MappingProxyType(
    {
        "key": "what tells this row from all others: its number in a register, say",
        "kind": "the record's kind: dataset, software, publication…",
        "resource_type": "the type in words or as DataCite says it",
        "titles": "title; language",
        "other_titles": "another title; language; type: AlternativeTitle, Subtitle…",
        "descriptions": "abstract; language; type: Abstract, Methods…",
        "creators": "people or organisations, several by the separator",
        "creator_organisations": "organisations, several by the separator",
        "contributors": "people; type: ContactPerson, DataCollector…",
        "publisher": "publisher",
        "publication_year": "year; Buddhist years with their mark are understood",
        "dates": "date; type: Issued, Collected, Coverage…",
        "subjects": "keywords, several by the separator; language; scheme",
        "languages": "languages of the thing, several by the separator",
        "members": "members it is of: KHM, LAO, THA, VNM, MMR, CHN-YN",
        "rights": "licence: SPDX identifier, name or address",
        "doi": "its DOI",
        "identifiers": "another name of it; type says of which kind",
        "url": "its page",
        "relations": "identifier of a related thing; type: References, IsPartOf…",
        "place": "name of the place; language",
        "latitude": "decimal degrees",
        "longitude": "decimal degrees",
        "west": "decimal degrees of a box",
        "east": "decimal degrees of a box",
        "south": "decimal degrees of a box",
        "north": "decimal degrees of a box",
        "funder": "who paid for it",
        "award_number": "number of the grant",
        "award_title": "title of the grant",
        "sizes": "size in words",
        "formats": "file formats, several by the separator",
        "version_label": "version",
        "access": "open, restricted or metadata_only",
    }
)
# Of a record there is one of these: two columns for one are a mistake.
SINGLE: Final = frozenset(
    (
        "key", "kind", "resource_type", "publisher", "publication_year", "doi", "latitude",
        "longitude", "west", "east", "south", "north", "funder", "award_number", "version_label",
        "access",
    )
)  # fmt: skip
# Fields whose cells hold several values where the mapping names no separator for them.
SEVERAL: Final = frozenset(
    ("creators", "creator_organisations", "contributors", "subjects", "languages", "members",
     "formats", "relations")
)  # fmt: skip
_TYPES: Final[Map[str, str]] = MappingProxyType(
    {
        "other_titles": "title_types",
        "descriptions": "description_types",
        "contributors": "contributor_types",
        "dates": "date_types",
        "relations": "relation_types",
    }
)


@dataclass(frozen=True)
class Column:
    """One column. values: what its codes stand for; separator: "" for one value a cell."""

    name: str
    field: str
    language: str = ""
    type: str = ""
    scheme: str = ""
    separator: str = ""
    date_order: str = ""
    values: Map[str, str] = made_by(default_factory=dict)


@dataclass(frozen=True)
class Mapping:
    """columns: in the order of the mapping. constants: of every record, by field.

    encoding and delimiter: "" where they are to be found out. skip: rows above the header.
    """

    columns: tuple[Column, ...]
    constants: Map[str, str]
    encoding: str = ""
    delimiter: str = ""
    skip: int = 0


class MappingRefused(RecordRefused):
    """The mapping itself is at fault, whatever the table holds."""

    code = "mapping_refused"
    message = N_("The mapping cannot be used. %(summary)s")


def load_mapping(data: bytes) -> Mapping:
    """A mapping from its file. Raises MappingRefused with every fault at once."""
    if len(data) > MAX_BYTES:
        raise MappingRefused([Remark("", N_("The mapping is larger than any mapping."))])
    given = _read(data)
    faults: list[Remark] = []
    separator = as_text(given.get("separator", ";"))
    order = _order(given.get("date_order", ""), "date_order", faults)
    columns = []
    for number, item in enumerate(as_list(given.get("columns"))[:MAX_COLUMNS], start=1):
        column = _column(as_map(item), f"columns {number}", separator, order, faults)
        columns.append(column)
    constants = {name: as_text(value) for name, value in as_map(given.get("constants")).items()}
    for name in constants:
        _field(name, f"constants.{name}", faults)
    _together(columns, constants, faults)
    skip = given.get("skip_rows", 0)
    if not isinstance(skip, int) or not 0 <= skip <= 1000:
        faults.append(Remark("skip_rows", N_("It is a number of rows, from 0 to 1000.")))
        skip = 0
    delimiter = as_text(given.get("delimiter", ""))
    if len(delimiter) > 1:
        faults.append(Remark("delimiter", N_("It is one character.")))
    if faults:
        raise MappingRefused(faults[:50])
    return Mapping(tuple(columns), constants, as_text(given.get("encoding", "")), delimiter, skip)


def _read(data: bytes) -> dict[str, Any]:
    try:
        if data.lstrip()[:1] == b"{":
            return as_map(jsontext.parse(data))
        return tomllib.loads(data.decode("utf-8-sig"))
    except jsontext.NotJson as error:
        raise MappingRefused([error.remark]) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        reason = " ".join(str(error).split())[:200] or type(error).__name__
        remark = Remark("", N_("The mapping is not valid TOML: %(reason)s."), {"reason": reason})
        raise MappingRefused([remark]) from None


def _column(
    item: dict[str, Any], where: str, separator: str, order: str, faults: list[Remark]
) -> Column:
    name, told = as_text(item.get("name")), as_text(item.get("field"))
    if not name:
        faults.append(Remark(where, N_("The column has no name.")))
    _field(told, where, faults)
    language = as_text(item.get("language", ""))
    if language and language_tag(language) is None:
        faults.append(Remark(where, N_("%(value)s is not a language."), {"value": language[:40]}))
    kind = as_text(item.get("type", ""))
    known = _TYPES.get(told)
    if kind and known and kind not in codes(known):
        faults.append(Remark(where, N_("%(value)s is not a known type."), {"value": kind[:40]}))
    own = item.get("separator", separator if told in SEVERAL else "")
    return Column(
        name=name,
        field=told,
        language=language,
        type=kind,
        scheme=as_text(item.get("scheme", "")),
        separator=as_text(own),
        date_order=_order(item.get("date_order", order), where, faults),
        values={key: as_text(value) for key, value in as_map(item.get("values")).items()},
    )


def _field(name: str, where: str, faults: list[Remark]) -> None:
    inner = name.removeprefix("profile.")
    if name not in FIELDS and not (inner != name and inner.isidentifier()):
        faults.append(Remark(where, N_("There is no field %(name)s."), {"name": name[:60] or "''"}))


def _order(value: Any, where: str, faults: list[Remark]) -> str:
    order = as_text(value).lower()
    if order not in ("", "dmy", "mdy", "ymd"):
        faults.append(Remark(where, N_("The order of a date is dmy, mdy or ymd.")))
    return order


def _together(columns: list[Column], constants: Map[str, str], faults: list[Remark]) -> None:
    """What no column shows by itself: nothing to read, no title, a field given twice."""
    fields = [column.field for column in columns]
    if "titles" not in fields and "titles" not in constants:
        faults.append(Remark("columns", N_("No column is the title.")))
    for name in sorted(SINGLE):
        if fields.count(name) > 1:
            faults.append(
                Remark("columns", N_("Two columns are %(name)s; there can be one."), {"name": name})
            )
