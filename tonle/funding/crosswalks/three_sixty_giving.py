"""Awards as 360Giving grants: one for each funder's part, because a grant has one currency.

The parts of one award name each other in `relatedActivity`, and their call in `grantProgramme`.
A part that lacks what the standard demands (funder, recipient, day, amount) is no grant of it
and is left out; the record tells of it all the same.
Source: 360Giving Data Standard 1.1, 360-giving-schema.json and identifier guidance;
org-id.guide, list XI-ROR.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from tonle.funding.crosswalks.common import abstract, identifier, title
from tonle.funding.rules.awards import Award, Recipient, read_awards
from tonle.funding.rules.opportunities import Identifier
from tonle.kernel.money import Money
from tonle.kernel.text import LanguageMap, choose

VERSION: Final = "1.1"
# The standard asks for titles under 140 characters.
LONGEST_TITLE: Final = 139
# Columns of a table as the standard titles them, and where each value stands in a grant.
COLUMNS: Final[Mapping[str, tuple[str | int, ...]]] = {
    "Identifier": ("id",),
    "Title": ("title",),
    "Description": ("description",),
    "Currency": ("currency",),
    "Amount Awarded": ("amountAwarded",),
    "Award Date": ("awardDate",),
    "URL": ("url",),
    "Planned Dates:Start Date": ("plannedDates", 0, "startDate"),
    "Planned Dates:End Date": ("plannedDates", 0, "endDate"),
    "Recipient Org:Identifier": ("recipientOrganization", 0, "id"),
    "Recipient Org:Name": ("recipientOrganization", 0, "name"),
    "Recipient Org:Country": ("recipientOrganization", 0, "addressCountry"),
    "Funding Org:Identifier": ("fundingOrganization", 0, "id"),
    "Funding Org:Name": ("fundingOrganization", 0, "name"),
    "Funding Org:Country": ("fundingOrganization", 0, "addressCountry"),
    "Grant Programme:Code": ("grantProgramme", 0, "code"),
    "Grant Programme:Title": ("grantProgramme", 0, "title"),
    "Grant Programme:URL": ("grantProgramme", 0, "url"),
    "Related Activity": ("relatedActivity",),
    "Last modified": ("dateModified",),
}


def package(
    grants: Iterable[Mapping[str, Any]], *, node: str, node_name: str, url: str
) -> dict[str, Any]:
    """A data package of grants. node: the node's address; url: where the package lies."""
    listed = list(grants)
    modified = max((str(one.get("dateModified", "")) for one in listed), default="")
    made = {
        "version": VERSION,
        "title": f"Awards known to {node_name}",
        "modified": modified,
        "publisher": {"name": node_name, "website": node},
        "downloadURL": url,
        "accessURL": node,
        "grants": listed,
    }
    return {key: value for key, value in made.items() if value != ""}


def grants(
    document: Mapping[str, Any], *, node: str, prefix: str, call: Mapping[str, Any] | None = None
) -> Iterator[dict[str, Any]]:
    """The grants of one project.

    node: the node's address. prefix: what identifiers of this publisher begin with. call: the
    record under which the project was funded, where it is here.
    """
    awards = read_awards(document)
    names = {
        award.id: f"{prefix}-{document['id']}-{award.id}"
        for award in awards
        if _is_whole(award, document)
    }
    waiting = set(names)
    programme = _programme(document, call, node)
    for award in awards:
        # Of two parts with one name nobody could tell which is meant; the first stands.
        if award.id not in waiting or award.money is None or award.awarded_on is None:
            continue
        waiting.remove(award.id)
        others = [name for own, name in names.items() if own != award.id]
        made = {
            "id": names[award.id],
            "title": title(document)[:LONGEST_TITLE],
            "description": abstract(document),
            "currency": award.money.currency,
            "amountAwarded": _number(award.money),
            "awardDate": award.awarded_on.isoformat(),
            "url": f"{node}/records/{document['id']}",
            "plannedDates": _dates(award),
            "recipientOrganization": [
                _organisation(one.name, one.country, one.identifiers, prefix)
                for one in _recipients(award, document)[:1]
            ],
            "fundingOrganization": [
                _organisation(
                    award.funder.name, award.funder.country, award.funder.identifiers, prefix
                )
            ],
            "grantProgramme": programme,
            "relatedActivity": others,
            "dateModified": document.get("updated_at") or document.get("published_at"),
        }
        yield {key: value for key, value in made.items() if value not in (None, "", [])}


def table(grants: Iterable[Mapping[str, Any]]) -> str:
    """Grants as CSV with the standard's titles; several related activities between commas."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for grant in grants:
        writer.writerow([_cell(_at(grant, path)) for path in COLUMNS.values()])
    return out.getvalue()


def _at(value: Any, path: Iterable[str | int]) -> Any:
    for step in path:
        try:
            value = value[step]
        except (KeyError, IndexError):
            return ""
    return value


def _cell(value: Any) -> str:
    text = ", ".join(value) if isinstance(value, list) else str(value)
    # A spreadsheet takes what begins so for a formula.
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def _is_whole(award: Award, document: Mapping[str, Any]) -> bool:
    return bool(award.money and award.awarded_on and _recipients(award, document))


def _recipients(award: Award, document: Mapping[str, Any]) -> list[Recipient]:
    """Who receives it; where the part names nobody, who carries the project.

    A grant has one recipient, the first; who else there is, the record tells.
    """
    partners = document.get("profile", {}).get("partners", ())
    return list(award.recipients) or [Recipient({"und": str(name)}) for name in partners]


def _programme(
    document: Mapping[str, Any], call: Mapping[str, Any] | None, node: str
) -> list[dict[str, str]]:
    code = document.get("profile", {}).get("call", "")
    if not code:
        return []
    named = {"title": title(call)} if call else {}
    return [{"code": code, **named, "url": f"{node}/records/{code}"}]


def _dates(award: Award) -> list[dict[str, str]]:
    made = {}
    if award.starts_on:
        made["startDate"] = award.starts_on.isoformat()
    if award.ends_on:
        made["endDate"] = award.ends_on.isoformat()
    return [made] if made else []


def _organisation(
    names: LanguageMap, country: str, identifiers: Iterable[Identifier], prefix: str
) -> dict[str, str]:
    name = choose(names, "en")[1]
    ror = identifier(identifiers, "ror")
    if ror:
        # A registry that org-id.guide lists.
        known = f"XI-ROR-{ror.removeprefix('https://ror.org/')}"
    else:
        # Of one that no registry names, the publisher makes an identifier of its own: the same
        # for the same name, so that its grants are found together.
        told = hashlib.sha256(f"{name.casefold()} {country}".encode()).hexdigest()[:12]
        known = f"{prefix}-org-{told}"
    return {"id": known, "name": name, **({"addressCountry": country} if country else {})}


def _number(money: Money) -> int | float:
    """An amount as a number of JSON, exact for every amount that `Money` holds."""
    text = money.amount
    return float(text) if text.partition(".")[2].strip("0") else int(text.partition(".")[0])
