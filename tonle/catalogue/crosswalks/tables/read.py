"""A table's rows as records, one at a time: what is not a record says its row and why."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from collections.abc import Iterator
from typing import Any, BinaryIO, Final

from tonle.catalogue.crosswalks import datacite
from tonle.catalogue.crosswalks.clean import Cleaner, year
from tonle.catalogue.crosswalks.common import (
    Notes,
    ParsedRecord,
    RecordRefused,
    Remark,
    digest,
)
from tonle.catalogue.crosswalks.keys import key_of
from tonle.catalogue.crosswalks.kinds import KIND_OF_GENERAL, general_of_word, general_type
from tonle.catalogue.crosswalks.tables.encoding import SAMPLE_BYTES, Written, written_as
from tonle.catalogue.crosswalks.tables.mapping import Column, Mapping
from tonle.kernel.codes import members
from tonle.kernel.dates import format_date, parse_date
from tonle.kernel.errors import N_, Invalid
from tonle.kernel.text import ascii_digits, normalise

FORMAT: Final = "csv"
MAX_ROWS: Final = 200_000
MAX_COLUMNS: Final = 1_000
MAX_CELL: Final = 200_000
# Longer than MAX_COLUMNS cells of a sentence each.
MAX_ROW: Final = 2_000_000

_ACCESS: Final = ("open", "restricted", "metadata_only")
_GENERAL_OF_KIND: Final = {"dataset": "Dataset", "software": "Software", "publication": "Text",
                           "instrument": "Instrument", "service": "Service"}  # fmt: skip


class NotATable(Exception):
    """Nothing can be read of the file. remark: why."""

    def __init__(self, remark: Remark) -> None:
        super().__init__(str(remark))
        self.remark = remark


def rows_of(source: BinaryIO, mapping: Mapping) -> tuple[Written, Iterator[tuple[int, list[str]]]]:
    """How the table is written, and its rows with their numbers, as a spreadsheet counts them.

    Raises NotATable, also while the rows are read.
    """
    sample = source.read(SAMPLE_BYTES)
    source.seek(0)
    try:
        written = written_as(sample, encoding=mapping.encoding, delimiter=mapping.delimiter)
    except LookupError:
        name = mapping.encoding[:40]
        raise NotATable(
            Remark("encoding", N_("%(name)s is no known encoding."), {"name": name})
        ) from None
    return written, _rows(source, written)


def _rows(source: BinaryIO, written: Written) -> Iterator[tuple[int, list[str]]]:
    number = 0
    try:
        for number, row in enumerate(csv.reader(_lines(source, written.encoding),
                                                delimiter=written.delimiter), start=1):  # fmt: skip
            if number > MAX_ROWS + 1:
                raise NotATable(
                    Remark("", N_("The table has more than %(limit)s rows; split it."),
                           {"limit": MAX_ROWS})
                )  # fmt: skip
            yield number, row
    except csv.Error as error:
        raise NotATable(
            Remark(_row(number + 1), N_("The row cannot be read: %(reason)s."),
                   {"reason": str(error)[:200]})
        ) from None  # fmt: skip


def _lines(source: BinaryIO, encoding: str) -> Iterator[str]:
    """Lines of text; signs that the encoding does not have become U+FFFD."""
    reader = io.TextIOWrapper(source, encoding, errors="replace", newline="")
    while line := reader.readline(MAX_ROW):
        # NUL ends a line for the csv module, and has no place in text.
        line = line.replace("\x00", "")
        if len(line) >= MAX_ROW:
            raise NotATable(Remark("", N_("A line is longer than any row of a table.")))
        yield line


def column_name(cell: str) -> str:
    """A header's cell as names are compared: composed, since code pages write letters apart."""
    return normalise(cell.lstrip("\ufeff")).strip()


def read_table(source: BinaryIO, name: str, mapping: Mapping) -> Iterator[ParsedRecord]:
    """A record of each row below the header. Rows without any text are passed over.

    source: seekable, at its start; read as it is needed. name: of the file, for the keys.
    Raises NotATable before the first record, or where the table breaks off.
    """
    # The limit of the csv module is its own for the whole process, and lower by default.
    csv.field_size_limit(MAX_CELL)
    written, rows = rows_of(source, mapping)
    header: list[str] = []
    for number, row in rows:
        if number > mapping.skip:
            header = [column_name(cell) for cell in row]
            break
    places = _places(header, mapping)
    told = False
    rows_by_key: dict[bytes, int] = {}
    for number, row in rows:
        if not any(cell.strip() for cell in row):
            continue
        record = _record(number, row, header, places, mapping, name)
        before = rows_by_key.setdefault(_short(record.key), number)
        if before != number and record.key.startswith("file:"):
            record = _refused(record, number, before)
        if written.guessed and not told:
            told = True
            record = _with(record, N_("The table is taken to be written in %(encoding)s."),
                           encoding=written.label)  # fmt: skip
        yield record


def _short(key: str) -> bytes:
    """Of the keys of 200,000 rows, what tells them apart."""
    return hashlib.blake2b(key.encode(), digest_size=12).digest()


def _refused(record: ParsedRecord, number: int, before: int) -> ParsedRecord:
    """The record of a row with the key of a row before it: nobody can say which is meant."""
    message = N_("Its key %(key)s is that of row %(before)s. Give one of them another.")
    data = {"key": record.key.rpartition("#")[2][:200], "before": before}
    refusal = RecordRefused([Remark(_row(number), message, data)])
    partial = record.document or record.partial
    return ParsedRecord(record.key, None, refusal, record.warnings, record.received_sha256, partial)


def _with(record: ParsedRecord, message: str, **data: Any) -> ParsedRecord:
    warnings = (Remark("", message, data), *record.warnings)
    return ParsedRecord(record.key, record.document, record.refusal, warnings,
                        record.received_sha256, record.partial)  # fmt: skip


def _places(header: list[str], mapping: Mapping) -> list[tuple[int, Column]]:
    """Where each column of the mapping stands. Raises NotATable naming those that do not."""
    if len(header) > MAX_COLUMNS:
        raise NotATable(
            Remark("", N_("The table has more than %(limit)s columns."), {"limit": MAX_COLUMNS})
        )
    named = [(column_name(column.name), column) for column in mapping.columns]
    missing = [column.name for name, column in named if name not in header]
    if missing:
        raise NotATable(
            Remark(
                "",
                N_("The table has no column %(names)s. It has: %(header)s."),
                {"names": ", ".join(missing[:10])[:300], "header": ", ".join(header)[:600]},
            )
        )
    return [(header.index(name), column) for name, column in named]


def _row(number: int) -> str:
    return f"row {number}"


def _record(
    number: int,
    row: list[str],
    header: list[str],
    places: list[tuple[int, Column]],
    mapping: Mapping,
    name: str,
) -> ParsedRecord:
    notes = Notes()
    clean = Cleaner(notes)
    if len(row) > len(header) and any(cell.strip() for cell in row[len(header) :]):
        notes.warn("", N_("The row has more cells than the table has columns; they are lost."))
    if any("\ufffd" in cell for cell in row):
        notes.warn("", N_("Some letters cannot be read; the encoding may be another."))
    cells = [(Column(name="", field=key), value) for key, value in mapping.constants.items()]
    cells += [(column, row[at].strip() if at < len(row) else "") for at, column in places]
    made = _Row(clean)
    for column, cell in cells:
        text = column.values.get(cell, cell)
        if text:
            made.take(column, text)
    document = made.document()
    own = made.key or str(number)
    key = key_of(document, f"file:{name}#{own}")
    received = digest(json.dumps(dict(zip(header, row, strict=False)), sort_keys=True).encode())
    document["source"] = {"format": FORMAT, "key": key, "received_sha256": received}
    found = notes.record(key, document, received)
    where = _row(number)
    refusal = found.refusal and RecordRefused([_at(where, r) for r in found.refusal.remarks])
    return ParsedRecord(found.key, found.document, refusal,
                        tuple(_at(where, w) for w in found.warnings), received,
                        found.partial)  # fmt: skip


def _at(where: str, remark: Remark) -> Remark:
    """The remark with its row: what is told of a table must be found in it."""
    return Remark(
        f"{where}, {remark.where}" if remark.where else where, remark.message, remark.data
    )


class _Row:
    """The cells of one row, gathered as DataCite's properties."""

    def __init__(self, clean: Cleaner) -> None:
        self.clean = clean
        self.key = ""
        self.kind = ""
        self.members: list[str] = []
        self.access = ""
        self.profile: dict[str, Any] = {}
        self.place: dict[str, Any] = {}
        self.grant: dict[str, Any] = {}
        self.found: dict[str, Any] = {}

    def take(self, column: Column, text: str) -> None:
        parts = text.split(column.separator) if column.separator else [text]
        for part in (value.strip() for value in parts):
            value = column.values.get(part, part)
            if not value:
                continue
            if column.field.startswith("profile."):
                self._profile(column, value)
            else:
                getattr(self, f"_{column.field}", self._listed)(column, value)

    def document(self) -> dict[str, Any]:
        found = self.found
        if "types" not in found and self.kind in _GENERAL_OF_KIND:
            found["types"] = {"resourceTypeGeneral": _GENERAL_OF_KIND[self.kind]}
        if self.place:
            box = self.place.get("geoLocationBox", {})
            if box and len(box) < 4:
                self.clean.notes.warn("west", N_("A box needs four sides; it was left out."))
                del self.place["geoLocationBox"]
            found["geoLocations"] = [self.place]
        if self.grant:
            found["fundingReferences"] = [self.grant]
        made = datacite.document(found, self.clean.notes, format_name=FORMAT)
        if self.kind:
            made["kind"] = self.kind
        if self.members:
            made["members"] = list(dict.fromkeys(self.members))
        if self.access:
            made["access"] = {"level": self.access}
        if self.profile:
            named = made["kind"].replace("_", "-")
            made["profile"] = {"schema": f"tonle-{named}/1", **self.profile}
        return made

    def _add(self, name: str, entry: Any) -> None:
        self.found.setdefault(name, []).append(entry)

    # One method a field; `_listed` is for those that are a list of texts.

    def _listed(self, column: Column, value: str) -> None:
        name = {"languages": "language"}.get(column.field, column.field)
        self._add(name, value)

    def _key(self, _: Column, value: str) -> None:
        self.key = self.clean.code(value, "key", 200)

    def _kind(self, _: Column, value: str) -> None:
        kinds = set(KIND_OF_GENERAL.values()) | {
            "funding_opportunity", "project", "facility", "standard", "technology_offer",
            "technology_need", "enterprise", "fellowship", "training", "agreement", "policy",
            "assessment", "indicator",
        }  # fmt: skip
        name = re.sub(r"[\s-]+", "_", value.lower())
        if name in kinds:
            self.kind = name
        else:
            self.clean.notes.refuse("kind", N_("%(value)s is no kind of record."), value=value[:60])

    def _resource_type(self, _: Column, value: str) -> None:
        general = general_type(value) or general_of_word(value)
        self.found["types"] = {"resourceTypeGeneral": general or "Other", "resourceType": value}

    def _titles(self, column: Column, value: str) -> None:
        self._add("titles", {"title": value, "lang": column.language})

    def _other_titles(self, column: Column, value: str) -> None:
        kind = column.type or "AlternativeTitle"
        self._add("titles", {"title": value, "lang": column.language, "titleType": kind})

    def _descriptions(self, column: Column, value: str) -> None:
        self._add("descriptions", {"description": value, "lang": column.language,
                                   "descriptionType": column.type or "Abstract"})  # fmt: skip

    def _creators(self, _: Column, value: str) -> None:
        self._add("creators", {"name": value})

    def _creator_organisations(self, _: Column, value: str) -> None:
        self._add("creators", {"name": value, "nameType": "Organizational"})

    def _contributors(self, column: Column, value: str) -> None:
        self._add("contributors", {"name": value, "contributorType": column.type or "Other"})

    def _publisher(self, _: Column, value: str) -> None:
        self._add("publisher", {"name": value})

    def _publication_year(self, _: Column, value: str) -> None:
        found = str(year(value) or "") or self._day(value, "")[:4]
        if found:
            self.found["publicationYear"] = found
        else:
            self._no_date("publication_year", value)

    def _dates(self, column: Column, value: str) -> None:
        day = self._day(value, column.date_order)
        if not day:
            self._no_date("dates", value)
            return
        self._add("dates", {"date": day, "dateType": column.type or "Issued"})
        if (column.type or "Issued") == "Issued":
            self.found.setdefault("publicationYear", day[:4])

    def _no_date(self, where: str, value: str) -> None:
        self.clean.notes.warn(where, N_("%(value)s is not a date; it was left out."),
                              value=value[:40])  # fmt: skip

    def _day(self, value: str, order: str) -> str:
        """A date in the order the mapping says; what stands in the usual form needs none."""
        try:
            return format_date(parse_date(value))
        except Invalid:
            pass
        found = re.fullmatch(r"(\d{1,4})[/.\-\s](\d{1,2})[/.\-\s](\d{1,4})", ascii_digits(value))
        if not found or not order:
            return ""
        parts = dict(zip(order, found.groups(), strict=True))
        if len(parts["y"]) != 4:
            return ""  # Of which century nobody says.
        try:
            return format_date(parse_date(f"{parts['y']}-{parts['m']:0>2}-{parts['d']:0>2}"))
        except Invalid:
            return ""

    def _subjects(self, column: Column, value: str) -> None:
        self._add("subjects", {"subject": value, "lang": column.language,
                               "subjectScheme": column.scheme})  # fmt: skip

    def _members(self, _: Column, value: str) -> None:
        code = value.upper()
        if code in members():
            self.members.append(code)
        else:
            self.clean.notes.warn("members", N_("%(value)s is no member; it was left out."),
                                  value=value[:40])  # fmt: skip

    def _rights(self, column: Column, value: str) -> None:
        if re.match(r"https?://\S+\Z", value):
            self._add("rightsList", {"rightsUri": value})
        else:
            self._add("rightsList", {"rights": value, "lang": column.language})

    def _doi(self, _: Column, value: str) -> None:
        self._add("identifiers", {"identifier": value, "identifierType": "DOI"})

    def _identifiers(self, column: Column, value: str) -> None:
        self._add("identifiers", {"identifier": value, "identifierType": column.type or "Other"})

    def _url(self, _: Column, value: str) -> None:
        self._add("identifiers", {"identifier": value, "identifierType": "URL"})

    def _relations(self, column: Column, value: str) -> None:
        self._add("relatedIdentifiers", {"relatedIdentifier": value, "relatedIdentifierType": "",
                                         "relationType": column.type or "References"})  # fmt: skip

    def _place(self, _: Column, value: str) -> None:
        self.place["geoLocationPlace"] = value

    def _latitude(self, _: Column, value: str) -> None:
        self.place.setdefault("geoLocationPoint", {})["pointLatitude"] = ascii_digits(value)

    def _longitude(self, _: Column, value: str) -> None:
        self.place.setdefault("geoLocationPoint", {})["pointLongitude"] = ascii_digits(value)

    def _side(self, column: Column, value: str) -> None:
        side = column.field
        name = f"{side}Bound{'Longitude' if side in ('west', 'east') else 'Latitude'}"
        self.place.setdefault("geoLocationBox", {})[name] = ascii_digits(value)

    _west = _east = _south = _north = _side

    def _funder(self, _: Column, value: str) -> None:
        self.grant["funderName"] = value

    def _award_number(self, _: Column, value: str) -> None:
        self.grant["awardNumber"] = value

    def _award_title(self, column: Column, value: str) -> None:
        self.grant |= {"awardTitle": value, "lang": column.language}

    def _version_label(self, _: Column, value: str) -> None:
        self.found["version"] = value

    def _access(self, _: Column, value: str) -> None:
        level = value.lower()
        if level in _ACCESS:
            self.access = level
        else:
            self.clean.notes.refuse(
                "access", N_("%(value)s is no access condition."), value=value[:60]
            )

    def _profile(self, column: Column, value: str) -> None:
        name = column.field.removeprefix("profile.")
        text = self.clean.prose(value, column.field, 20_000)
        if column.separator:
            self.profile.setdefault(name, []).append(text)
        elif column.language:
            self.profile.setdefault(name, {})[column.language] = text
        else:
            self.profile[name] = text
