"""The record of an agreement: written from what is public of it, and read back to say who is bound.

What is written is the descriptive part of a `tonle-record/1`; what is read may come from any node.
Since the record holds the terms of each version and what the parties did, whoever has the record
computes the same answer as the node that holds the deeds. Everything here is pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from tonle.agreements.rules import binding, texts
from tonle.agreements.rules.found import groups
from tonle.kernel import codes
from tonle.kernel.text import choose

SCHEMA = "tonle-agreement/1"
# From when on a text is shown, by what the parties chose: the states from there on.
_AFTER_FORCE = ("superseded", "expired", "terminated")
PUBLIC_STATES: Mapping[str, tuple[str, ...]] = {
    "agreed": ("agreed", "partly_signed", "signed", "in_force", *_AFTER_FORCE),
    "signed": ("signed", "in_force", *_AFTER_FORCE),
    "in_force": ("in_force", *_AFTER_FORCE),
}
# What a date of type Other is of.
SIGNED = "signed"
CONSENT = {"signature": "sign", "ratification": "ratify"}


@dataclass(frozen=True)
class PublicVersion:
    """A version that is shown. text: `tonle-agreement-text/1`; record_version: that has it."""

    text: Mapping[str, Any]
    record_version: int
    state: str
    sha256: str
    agreed_on: date | None = None
    signed_on: date | None = None

    @property
    def number(self) -> int:
        number: int = self.text["version"]
        return number


@dataclass(frozen=True)
class Act:
    """What a party did, or with party "" all together. way: screen, paper or ""."""

    party: str
    act: str
    version: int
    on: date
    effective: date | None = None
    way: str = ""
    entered_on: date | None = None


def is_public(state: str, public_from: str) -> bool:
    """Whether a version in a state is shown, by what the parties chose."""
    return state in PUBLIC_STATES.get(public_from, ())


def described(
    versions: Sequence[PublicVersion],
    acts: Sequence[Act],
    identifiers: Mapping[str, Sequence[Mapping[str, str]]],
    year: int,
) -> dict[str, Any]:
    """The descriptive document.

    versions: at least one; words are those of the newest that was not given up. identifiers:
    slug of a party to its names in the world. year: of publication.
    """
    ordered = sorted(versions, key=lambda version: version.number)
    text = next((v for v in reversed(ordered) if v.state != "abandoned"), ordered[-1]).text
    profile = _profile(text, ordered, acts, identifiers)
    made: dict[str, Any] = {
        "kind": "agreement",
        "titles": dict(text["title"]),
        "creators": [_creator(p, identifiers.get(p["id"], ())) for p in text["parties"]],
        "publication_year": year,
        "resource_type": {"general": "Text", "text": text["type"].replace("_", " ")},
        "languages": list(text["texts"]),
        "access": {"level": "open"},
        "profile": profile,
    }
    if areas := text.get("key_areas"):
        made["subjects"] = [{"text": dict(area["name"])} for area in areas]
    if dates := _dates(profile):
        made["dates"] = dates
    if members := _members(text):
        made["members"] = members
    if "under" in text:
        target = {"scheme": "tonle", "value": text["under"]["agreement"]}
        made["relations"] = [{"type": "IsPartOf", "target": target}]
    return made


def joined(current: Mapping[str, Any], made: Mapping[str, Any]) -> dict[str, Any]:
    """What the record is to say: ours over what curators and the node have added to it."""
    ours = {(r["type"], r["target"]["value"]) for r in made.get("relations", ())}
    before = current.get("profile", {}).get("under", {}).get("agreement")
    others = [
        relation
        for relation in current.get("relations", ())
        if (relation["type"], relation["target"]["value"]) not in {*ours, ("IsPartOf", before)}
    ]
    result = {**current, **made, "access": current.get("access", made["access"])}
    result["profile"] = {
        **{k: v for k, v in current.get("profile", {}).items() if k not in _OWN},
        **made["profile"],
    }
    for name in ("subjects", "dates", "members"):
        if name not in made:
            result.pop(name, None)
    result.pop("relations", None)
    if relations := [*made.get("relations", ()), *others]:
        result["relations"] = relations
    return result


@dataclass(frozen=True)
class Known:
    """What a record lets compute: the texts that count, and the deeds."""

    texts: tuple[binding.Text, ...]
    deeds: tuple[binding.Deed, ...]


def known(profile: Mapping[str, Any]) -> Known | None:
    """What who is bound is computed of; None where the record does not hold it.

    So is every record of an agreement that was concluded elsewhere, and one whose profile has
    another shape than ours.
    """
    try:
        found = {
            version["version"]: version
            for version in groups(profile.get("versions"))
            if "terms" in version and version["state"] != "abandoned"
        }
        if not found:
            return None
        deeds = [_deed(act, found) for act in groups(profile.get("acts"))]
        return Known(
            tuple(texts.terms(version) for version in found.values()),
            tuple(deed for deed in deeds if deed is not None),
        )
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError):
        return None


def dates_of(
    text: binding.Text, all_texts: Sequence[binding.Text], deeds: Iterable[binding.Deed]
) -> tuple[date | None, date | None]:
    """The first day on which a version is in force, and the first on which it binds nobody."""
    deeds = tuple(deeds)
    entry = binding.entry_into_force(text, deeds)
    ends = [
        bound.period.end
        for bound in binding.bindings(all_texts, deeds)
        if bound.version == text.version
    ]
    left = max((e for e in ends if e is not None), default=None) if None not in ends else None
    end = binding.end_of_force(text, deeds)
    return entry, min((day for day in (end, left) if day is not None), default=None)


_OWN = (
    "schema", "type", "parties", "contracting_parties", "key_areas", "under", "texts",
    "depositary", "signed_on", "in_force_on", "ended_on", "versions", "acts",
)  # fmt: skip


def _profile(
    text: Mapping[str, Any],
    versions: Sequence[PublicVersion],
    acts: Sequence[Act],
    identifiers: Mapping[str, Sequence[Mapping[str, str]]],
) -> dict[str, Any]:
    made: dict[str, Any] = {
        "schema": SCHEMA,
        "type": text["type"],
        "parties": [choose(party["name"], "en")[1] for party in text["parties"]],
        "contracting_parties": [
            _party(party, identifiers.get(party["id"], ())) for party in text["parties"]
        ],
        "texts": [
            {"language": language, "authentic": one["authentic"]}
            for language, one in text["texts"].items()
        ],
    }
    for name in ("key_areas", "under"):
        if text.get(name):
            made[name] = text[name]
    if depositary := text["terms"].get("depositary"):
        made["depositary"] = depositary
    made["acts"] = [_act(act) for act in acts]
    # Of the words that are to be read back: one way of computing days, here and elsewhere.
    rows = [_version(version) for version in versions]
    found = known({"versions": rows, "acts": made["acts"]})
    for row in rows:
        own = next((t for t in found.texts if t.version == row["version"]), None) if found else None
        if found and own:
            entry, end = dates_of(own, found.texts, found.deeds)
            row.update(_days(in_force_on=entry, ended_on=end))
    made["versions"] = rows
    in_force = [row for row in rows if "in_force_on" in row]
    signed = [row["signed_on"] for row in rows if "signed_on" in row]
    if signed:
        made["signed_on"] = min(signed)
    if in_force:
        made["in_force_on"] = min(row["in_force_on"] for row in in_force)
        if all("ended_on" in row for row in in_force):
            made["ended_on"] = max(row["ended_on"] for row in in_force)
    return made


def _version(version: PublicVersion) -> dict[str, Any]:
    return {
        "version": version.number,
        "record_version": version.record_version,
        "state": version.state,
        "sha256": version.sha256,
        "terms": version.text["terms"],
        **_days(agreed_on=version.agreed_on, signed_on=version.signed_on),
    }


def _act(act: Act) -> dict[str, Any]:
    made: dict[str, Any] = {"act": act.act, "version": act.version}
    if act.party:
        made["party"] = act.party
    if act.way:
        made["way"] = act.way
    return made | _days(on=act.on, effective=act.effective, entered_on=act.entered_on)


def _days(**days: date | None) -> dict[str, str]:
    return {name: day.isoformat() for name, day in days.items() if day is not None}


def _party(party: Mapping[str, Any], known_by: Sequence[Mapping[str, str]]) -> dict[str, Any]:
    made = {key: party[key] for key in ("id", "name", "country", "organisation") if key in party}
    return {**made, "identifiers": [dict(one) for one in known_by]} if known_by else made


def _creator(party: Mapping[str, Any], known_by: Sequence[Mapping[str, str]]) -> dict[str, Any]:
    _, name = choose(party["name"], "en")
    others = {language: said for language, said in party["name"].items() if said != name}
    made: dict[str, Any] = {"name_type": "Organizational", "name": name}
    if others:
        made["names"] = others
    if known_by:
        made["identifiers"] = [dict(one) for one in known_by]
    return made


def _dates(profile: Mapping[str, Any]) -> list[dict[str, str]]:
    dates = []
    if signed := profile.get("signed_on"):
        dates.append({"type": "Other", "date": signed, "information": SIGNED})
    if first := profile.get("in_force_on"):
        # The last day, which DataCite counts in; the profile names the first one after it.
        end = profile.get("ended_on")
        last = (date.fromisoformat(end) - timedelta(days=1)).isoformat() if end else ""
        if not last or last >= first:
            dates.append({"type": "Valid", "date": f"{first}/{last}"})
    return dates


def _members(text: Mapping[str, Any]) -> list[str]:
    """Members that are countries. China's parties are not by that of its province, Yunnan."""
    countries = {party.get("country") for party in text["parties"]}
    return [member for member in codes.codes("members") if member in countries]


def _deed(act: Mapping[str, Any], versions: Mapping[int, Any]) -> binding.Deed | None:
    on, number = date.fromisoformat(act["on"]), act["version"]
    match act["act"]:
        case "withdraw":
            effective = date.fromisoformat(act["effective"])
            return binding.Withdrawal(act["party"], on, effective)
        case "stop_renewal":
            return binding.NonRenewal(number, on)
        case "terminate":
            return binding.Termination(date.fromisoformat(act["effective"]))
        case "sign" | "ratify" as done if number in versions:
            consents = CONSENT[versions[number]["terms"]["consent"]] == done
            return binding.Consent(act["party"], number, on) if consents else None
    return None
