"""What the landing page of an agreement or a policy shows, worked out from its document alone.

So it is the same on every node that has the record, whoever holds the deeds.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from django.urls import NoReverseMatch, reverse
from django.utils.translation import get_language, gettext

from tonle.agreements.record import words
from tonle.agreements.rules import published
from tonle.agreements.rules.found import country_name, day, groups
from tonle.catalogue.public import Panel
from tonle.kernel.text import choose

if TYPE_CHECKING:
    from datetime import date

    from tonle.catalogue.public import Here, RecordView

AGREEMENT_SHOWS: Mapping[str, tuple[str, ...]] = {
    "tonle-agreement/1": (
        "type", "type_as_stated", "parties", "contracting_parties", "key_areas", "under", "texts",
        "depositary", "versions", "acts", "signed_on", "in_force_on", "ended_on",
        "date_as_stated", "areas_as_stated",
    ),
}  # fmt: skip
POLICY_SHOWS: Mapping[str, tuple[str, ...]] = {
    "tonle-policy/1": ("type", "is_draft", "dated_on", "goals", "targets"),
}
MOST = 100
_DAYS = ("signed_on", "in_force_on", "ended_on")


def agreement(view: RecordView, here: Here) -> Panel | None:
    """Parties and what each did, versions and terms, key areas; what is not known is said."""
    del here
    if view.record.kind != "agreement":
        return None
    profile = view.document.get("profile", {})
    parties = party_names(profile)
    known = published.known(profile)
    versions = [_version(view, row) for row in groups(profile.get("versions"))][:MOST]
    return Panel(
        "agreements/record/agreement.html",
        {
            "type": _type(profile),
            "parties": _parties(profile),
            "acts": [_act(row, parties) for row in groups(profile.get("acts"))][:MOST],
            "several": len(versions) > 1,
            "versions": versions,
            "texts": list(groups(profile.get("texts")))[:MOST],
            "depositary": parties.get(str(profile.get("depositary", ""))),
            "key_areas": [_area(view, row) for row in groups(profile.get("key_areas"))][:MOST],
            "stated": {
                name: profile[name]
                for name in ("date_as_stated", "areas_as_stated")
                if isinstance(profile.get(name), str)
            },
            "days": {name: _day(profile, name) for name in _DAYS},
            "is_known": known is not None,
            "bound_url": reverse("agreements_record:bound", args=[view.record.id]),
        },
    )  # fmt: skip


def policy(view: RecordView, here: Here) -> Panel | None:
    """What kind of document it is, its goals, and its targets as a table with their sources."""
    del here
    if view.record.kind != "policy":
        return None
    profile = view.document.get("profile", {})
    goals = {
        str(goal["id"]): goal["name"]
        for goal in groups(profile.get("goals"))
        if "id" in goal and isinstance(goal.get("name"), Mapping)
    }
    targets = [_target(row, goals) for row in groups(profile.get("targets"))][:MOST]
    made = {
        "type": _type(profile),
        "is_draft": profile.get("is_draft") is True,
        "dated_on": _day(profile, "dated_on"),
        "goals": list(goals.items())[:MOST],
        "targets": targets,
        "has": {
            name: any(target[name] for target in targets) for name in ("baseline", "goal", "source")
        },
    }
    return Panel("agreements/record/policy.html", made) if any(made.values()) else None


def party_names(profile: Mapping[str, Any]) -> dict[str, Mapping[str, str]]:
    """The parties by their slug, each with its names by language."""
    return {
        str(party["id"]): party["name"]
        for party in groups(profile.get("contracting_parties"))
        if "id" in party and isinstance(party.get("name"), Mapping)
    }


def _type(profile: Mapping[str, Any]) -> str:
    said = profile.get("type")
    if isinstance(said, str) and said:
        return words.type_label(said, "")
    stated = profile.get("type_as_stated")
    return stated if isinstance(stated, str) else ""


def _parties(profile: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Those of which more than a name is known; else the names."""
    language = get_language() or "en"
    found = [
        {
            "name": party["name"],
            "country": _country(party, language),
            "identifiers": list(groups(party.get("identifiers"))),
        }
        for party in groups(profile.get("contracting_parties"))
        if isinstance(party.get("name"), Mapping)
    ]
    named = profile.get("parties")
    names = named if isinstance(named, list) else []
    return (found or [{"name": {"und": str(name)}} for name in names])[:MOST]


def _country(party: Mapping[str, Any], language: str) -> str:
    """The country, where the name does not say it."""
    code = party.get("country")
    name = country_name(code, language) if isinstance(code, str) else ""
    return "" if name in party["name"].values() else name


def _act(row: Mapping[str, Any], parties: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
    party = row.get("party", "")
    act, way = row.get("act"), row.get("way")
    return {
        "party": parties.get(str(party), {"und": str(party)}) if party else {},
        "what": gettext(words.ACTS[str(act)]) if act in words.ACTS else str(act),
        "on": _day(row, "on"),
        "way": gettext(words.WAYS[str(way)]) if way in words.WAYS else "",
        "version": row.get("version"),
        "effective": _day(row, "effective"),
    }


def _version(view: RecordView, row: Mapping[str, Any]) -> dict[str, Any]:
    number = row.get("record_version")
    # A copy that came from another node need not have come with all its versions.
    is_here = any(entry.version == number for entry in view.history)
    try:
        terms = list(words.terms(row["terms"])) if isinstance(row.get("terms"), Mapping) else []
    except (KeyError, TypeError):
        terms = []  # Another shape than ours: said by a node of a later version.
    return {
        "version": row.get("version"),
        "url": reverse("catalogue:version", args=[view.record.id, number]) if is_here else "",
        "state": words.state_label(row.get("state")),
        "sha256": row.get("sha256", ""),
        "terms": terms,
        **{name: _day(row, name) for name in ("agreed_on", "signed_on", "in_force_on", "ended_on")},
    }


def _area(view: RecordView, row: Mapping[str, Any]) -> dict[str, Any]:
    """A key area, and its page where the node has one."""
    try:
        url = reverse("trace:area", args=[view.record.id, row.get("id", "")])
    except NoReverseMatch:
        url = ""
    name = row.get("name")
    return {"name": name if isinstance(name, Mapping) else {"und": str(name)}, "url": url}


def _target(row: Mapping[str, Any], goals: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
    goal = str(row.get("goal", ""))
    return {
        "id": row.get("id", ""),
        "goal": choose(goals[goal], get_language() or "en")[1] if goal in goals else goal,
        "indicator": row.get("indicator", ""),
        "baseline": row.get("baseline_as_stated", ""),
        "target": row.get("target_as_stated", ""),
        "year": row.get("year_as_stated", ""),
        "source": row.get("source", ""),
        "host": _host(row.get("source")),
    }


def _host(source: object) -> str:
    """Where a source is: its whole address is as long as a table is wide."""
    try:
        return (urlsplit(source).hostname or "") if isinstance(source, str) else ""
    except ValueError:
        return ""


def _day(row: Mapping[str, Any], name: str) -> date | None:
    return day(row.get(name))
