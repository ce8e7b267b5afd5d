"""From ROR: its dump as a stream, and one of its records as the description of an organisation.

Source: Research Organization Registry, schema 2.0 and 2.1 (ror.org/docs), CC0.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import IO, Any, Final

from tonle.kernel.errors import N_
from tonle.kernel.sentences import invalid
from tonle.people.organisations import TYPES

# Members by ISO 3166-1 alpha-2; of China, Yunnan.
MEMBERS: Final = {"KH": "KHM", "LA": "LAO", "TH": "THA", "VN": "VNM", "MM": "MMR"}
_YUNNAN: Final = ("CN", "YN")
_READ_CHARS: Final = 1 << 16
# The longest record of a dump in 2025 has 80,000 characters; what is longer is no record.
LONGEST_CHARS: Final = 2_000_000
_SCHEMES: Final = {"isni": "isni", "wikidata": "wikidata", "grid": "grid"}


def records(file: IO[str]) -> Iterator[dict[str, Any]]:
    """The records of a dump, a JSON array, one after the other; never the whole in memory.

    Raises Invalid for what is no such array, cut off, or holds a record that is far too long.
    """
    decoder, rest, begun = json.JSONDecoder(), "", False
    while True:
        read = file.read(_READ_CHARS)
        rest = (rest + read).lstrip("\ufeff \t\r\n" if not begun else " \t\r\n,")
        if not begun and rest:
            if rest[0] != "[":
                raise invalid("file", N_("This is no dump of ROR: a JSON list was expected."))
            rest, begun = rest[1:].lstrip(), True
        while rest and rest[0] != "]":
            try:
                record, end = decoder.raw_decode(rest)
            except ValueError:
                break
            except RecursionError:
                raise invalid("file", N_("A record of the dump cannot be read.")) from None
            if not isinstance(record, dict):
                raise invalid("file", N_("A record of the dump cannot be read."))
            yield record
            rest = rest[end:].lstrip(" \t\r\n,")
        if rest[:1] == "]":
            return
        if not read:
            raise invalid("file", N_("The dump ends in the middle. Fetch it once more."))
        if len(rest) > LONGEST_CHARS:
            raise invalid("file", N_("A record of the dump cannot be read."))


def member_of(record: Mapping[str, Any]) -> str:
    """The member in which an active organisation is; "" for one that is elsewhere or closed.

    Raises KeyError for a record of schema 1, which says both in other words.
    """
    locations = record["locations"]
    if record.get("status") != "active":
        return ""
    for location in locations or ():
        details = location.get("geonames_details") or {}
        country = str(details.get("country_code") or "")
        if country in MEMBERS:
            return MEMBERS[country]
        if (country, details.get("country_subdivision_code")) == _YUNNAN:
            return "CHN-YN"
    return ""


def description(record: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of an organisation, as `organisations.clean` takes them. Raises Invalid there.

    Of several names in one language the label counts. A name without a language is taken as
    English where ROR shows it and has no English one: most are.
    """
    names: dict[str, str] = {}
    acronym = ""
    said = record.get("names") or ()
    for kind in ("label", "ror_display", "alias"):
        for name in said:
            if kind in (name.get("types") or ()):
                language = name.get("lang") or ("en" if kind == "ror_display" else "")
                if language:
                    names.setdefault(language, str(name["value"]))
    for name in said:
        if "acronym" in (name.get("types") or ()) and len(str(name["value"])) <= 40:
            acronym = acronym or str(name["value"])
    member = member_of(record)
    website = next(
        (one["value"] for one in record.get("links") or () if one.get("type") == "website"), ""
    )
    others = [
        {"scheme": _SCHEMES[one["type"]], "value": one.get("preferred") or one["all"][0]}
        for one in record.get("external_ids") or ()
        if one.get("type") in _SCHEMES and (one.get("preferred") or one.get("all"))
    ]
    return {
        "names": names,
        "acronym": acronym,
        "country": member[:3],
        "member": member,
        "types": [kind for kind in record.get("types") or () if kind in TYPES],
        "website": website if len(website) <= 500 else "",
        "identifiers": [{"scheme": "ror", "value": record["id"]}, *others],
        "source": {"uri": str(record["id"]), "citation": "Research Organization Registry (CC0)"},
    }
