"""Reading a table of calls, as stewards of registers keep them: no mapping has to be written.

It is read as every table is, with columns that are known by their names (`COLUMNS`); what stands
in a cell in no doubtful way becomes data, and the words are kept beside it.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from tonle.catalogue.public import Parsed, ParsedRecord, Remark, tables
from tonle.funding.crosswalks import looks
from tonle.funding.crosswalks.profile import kept
from tonle.funding.rules.eligibility import CAREER_STAGES, ORGANISATION_TYPES
from tonle.kernel import codes
from tonle.kernel.dates import format_instant
from tonle.kernel.errors import N_, Invalid
from tonle.kernel.money import Money
from tonle.kernel.text import ascii_digits, valid_language

FORMAT: Final = "calls-csv"
_SEPARATOR: Final = ";"
_SAMPLE: Final = 64_000

# Columns, and what stands in them. `title` and `description` may be given once a language:
# `title_km`.
COLUMNS: Final[Mapping[str, str]] = {
    "key": "what tells this call from all others; else its title does",
    "title": "title; title_km: in Khmer",
    "description": "what it is for; description_km: in Khmer",
    "funder": "who gives the money, several by a semicolon",
    "who_may_apply": "in the source's words",
    "themes": "in the source's words, several by a semicolon",
    "amounts": "in the source's words; a sum or a range in plain digits becomes data",
    "currency": "ISO 4217",
    "amount_min": "digits, with a point before decimals",
    "amount_max": "digits, with a point before decimals",
    "per": "project, year, month, person or call",
    "deadline": "in the source's words; also deadline_as_stated",
    "zone_as_stated": "in the source's words",
    "opens_at": "2027-01-15 09:00, by the clock of the zone, or with its offset",
    "closes_at": "2027-03-31 17:00, by the clock of the zone, or with its offset",
    "zone": "IANA name, such as Asia/Phnom_Penh",
    "countries": "of the applicant's organisation, ISO 3166-1, several by a semicolon",
    "nationalities": "ISO 3166-1, several by a semicolon",
    "organisation_types": f"of these: {', '.join(ORGANISATION_TYPES)}",
    "career_stages": f"of these: {', '.join(CAREER_STAGES)}",
    "languages": "in which one may apply, BCP 47, several by a semicolon",
    "members": "members of the commons that it is for, several by a semicolon",
    "url": "where the call is published",
}
_WORDS: Final = {
    "funder": "funders_as_stated",
    "who_may_apply": "who_may_apply",
    "themes": "themes_as_stated",
    "amounts": "amounts_as_stated",
    "currency": "currency",
    "deadline": "deadline_as_stated",
    "deadline_as_stated": "deadline_as_stated",
    "zone_as_stated": "zone_as_stated",
    "url": "url",
}
# Read as words of the profile first, and then made data; none of them stays.
_MADE: Final = (
    "amount_min", "amount_max", "per", "opens_at", "closes_at", "zone", "countries",
    "nationalities", "organisation_types", "career_stages", "languages",
)  # fmt: skip
_PER: Final = ("project", "year", "month", "person", "call")
_RULES: Final = (
    ("countries", "country"),
    ("nationalities", "nationality"),
    ("organisation_types", "organisation_type"),
    ("career_stages", "career_stage"),
)
_PLAIN_SUM: Final = re.compile(r"([0-9]+)(?:\s*[-–]\s*([0-9]+))?")

# A call has none of these, and of each row it would be said that it is missing.
_NEVER: Final = ("creators", "publisher", "publicationYear")

Profile = dict[str, Any]


def read(data: bytes, name: str) -> Parsed:
    """The calls in a table. Never raises because of the data."""
    try:
        mapping = _mapping(_header(data))
        records = tuple(_record(one) for one in
                        tables.read_table(io.BytesIO(data), name, mapping))  # fmt: skip
    except tables.NotATable as refusal:
        return Parsed(FORMAT, (), remark=refusal.remark)
    except tables.MappingRefused as refusal:
        return Parsed(FORMAT, (), remark=refusal.remarks[0])
    return Parsed(FORMAT, records)


def _header(data: bytes) -> list[str]:
    """The names of the columns as they stand there."""
    sample = data[:_SAMPLE]
    written = tables.written_as(sample)
    text = sample.decode(written.encoding, "replace").lstrip("\ufeff")
    try:
        return next(csv.reader(io.StringIO(text, newline=""), delimiter=written.delimiter), [])
    except csv.Error:
        # No table; the reader of tables then says which columns are missing.
        return []


def _mapping(header: list[str]) -> tables.Mapping:
    columns: list[dict[str, str]] = []
    named = {looks.column_name(cell): cell for cell in header}
    for known, cell in named.items():
        column = _column(known)
        if column:
            columns.append({"name": cell, **column})
    if "key" not in named and "title" in named:
        columns.append({"name": named["title"], "field": "key"})
    if "funder" in named:
        # Somebody has to answer for a record; `_record` then says how.
        funder = {"field": "contributors", "type": "Sponsor", "separator": _SEPARATOR}
        columns.append({"name": named["funder"], **funder})
    constants = {
        "kind": "funding_opportunity",
        "access": "metadata_only",
        "resource_type": "Award",
    }
    text = json.dumps({"separator": _SEPARATOR, "constants": constants, "columns": columns})
    return tables.load_mapping(text.encode())


def _column(name: str) -> dict[str, str]:
    """What a column of that name is to the reader of tables; {} for one that is passed over."""
    base, _, language = name.partition("_")
    for column, field in (("title", "titles"), ("description", "descriptions")):
        if name == column:
            return {"field": field}
        if base == column and valid_language(language.replace("_", "-")):
            return {"field": field, "language": language.replace("_", "-")}
    if name in ("key", "members"):
        return {"field": name}
    if name in _WORDS:
        return {"field": f"profile.{_WORDS[name]}"}
    return {"field": f"profile.{name}"} if name in _MADE else {}


def _record(read: ParsedRecord) -> ParsedRecord:
    """The record with what its words say as data."""
    if read.document is None:
        return read
    warnings: list[Remark] = []
    said = dict(read.document.get("profile", {}))
    stated = {field: said.pop(field) for field in _MADE if field in said}
    made, lost = kept({**said, **_data(stated, said, warnings)})
    warnings += [
        Remark(field, N_("It is not in the form of ours; it was left out.")) for field in lost
    ]
    document = {
        **read.document,
        "resource_type": {"general": "Award", "text": "Funding opportunity"},
        "profile": {"schema": "tonle-funding-opportunity/1", **made},
        "source": {**read.document["source"], "format": FORMAT},
    }
    funders = _several(said.get("funders_as_stated", ""))
    if funders:
        document["contributors"] = [
            {"name_type": "Organizational", "name": one, "type": "Funder"} for one in funders
        ]
    told = (one for one in read.warnings if one.where.rpartition(", ")[2] not in _NEVER)
    return replace(read, document=document, warnings=(*told, *warnings))


def _data(stated: Profile, said: Profile, warnings: list[Remark]) -> Profile:
    made: Profile = {}
    zone = _zone(stated.get("zone", ""), warnings)
    if zone:
        made["zone"] = zone
    for field in ("opens_at", "closes_at"):
        if field in stated and (at := _instant(field, stated[field], zone, warnings)):
            made[field] = at
    if amount := _amount(stated, said, warnings):
        made["amounts"] = [amount]
    rules = [rule for column, test in _RULES if (rule := _rule(column, test, stated, warnings))]
    if rules:
        made["eligibility"] = rules
    languages = [one for one in _several(stated.get("languages", "")) if valid_language(one)]
    if languages:
        made["languages"] = languages
    return made


def _several(cell: str) -> list[str]:
    return [part.strip() for part in cell.split(_SEPARATOR) if part.strip()]


def _zone(name: str, warnings: list[Remark]) -> str:
    try:
        return ZoneInfo(name).key if name else ""
    except (ZoneInfoNotFoundError, ValueError, OSError):
        warnings.append(
            Remark("zone", N_("%(value)s is no zone; write its IANA name, such as Asia/Bangkok."),
                   {"value": name[:60]})
        )  # fmt: skip
        return ""


def _instant(field: str, cell: str, zone: str, warnings: list[Remark]) -> str:
    """An instant that is whole: with its offset, or by the clock of a zone that is named."""
    try:
        found = datetime.fromisoformat(ascii_digits(cell).strip())
        clock = len(cell.strip()) > len("2027-03-31")
        if clock and found.tzinfo is None and zone:
            found = found.replace(tzinfo=ZoneInfo(zone))
        if clock and found.tzinfo is not None:
            return format_instant(found)
    except (ValueError, OverflowError):
        pass
    warnings.append(
        Remark(field, N_("%(value)s is no instant: it needs a day, a time and a zone. It was "
                         "left out."), {"value": cell[:60]})
    )  # fmt: skip
    return ""


def _amount(stated: Profile, said: Profile, warnings: list[Remark]) -> Profile | None:
    """What is given, from columns of its own, or from words that are nothing but digits."""
    currency = said.get("currency", "")
    low, high = stated.get("amount_min", ""), stated.get("amount_max", "")
    plain = _PLAIN_SUM.fullmatch(ascii_digits(said.get("amounts_as_stated", "")).strip())
    if not low and not high and plain:
        low, high = plain[1], plain[2] or plain[1]
    if not currency or not (low or high):
        return None
    made: Profile = {"currency": currency}
    try:
        made |= {"min_minor": Money.of(low, currency).minor} if low else {}
        made |= {"max_minor": Money.of(high, currency).minor} if high else {}
    except Invalid as fault:
        where, why = fault.problems[0]
        warnings.append(Remark(where, str(why).replace("%", "%%")))
        return None
    if stated.get("per") in _PER:
        made["per"] = stated["per"]
    return made


def _rule(column: str, test: str, stated: Profile, warnings: list[Remark]) -> dict[str, Any] | None:
    """A rule of those values that are known; none where one is not: it would bar too many."""
    values = _several(stated.get(column, ""))
    if not values:
        return None
    known = [_value(test, one) for one in values]
    if not all(known):
        unknown = values[known.index("")]
        warnings.append(
            Remark(column, N_("%(value)s is not known; the rule was left out."),
                   {"value": unknown[:60]})
        )  # fmt: skip
        return None
    return {
        "id": column.replace("_", "-"),
        "scope": "applicant",
        "test": test,
        "values": list(dict.fromkeys(known)),
    }


def _value(test: str, word: str) -> str:
    """The code that a word of a cell stands for, "" for none."""
    if test in ("country", "nationality"):
        return next(_countries(word.upper()), "")
    name = re.sub(r"[\s-]+", "_", word.lower())
    known = ORGANISATION_TYPES if test == "organisation_type" else CAREER_STAGES
    return name if name in known else ""


def _countries(code: str) -> Iterator[str]:
    """A country's alpha-3 code, of either code; a province by ISO 3166-2."""
    alpha2, _, province = code.partition("-")
    for known in codes.codes("countries").values():
        if province and alpha2 == known.code and len(province) <= 3 and province.isalnum():
            yield code
        elif not province and code in (known.code, known.data["alpha3"]):
            yield str(known.data["alpha3"])
