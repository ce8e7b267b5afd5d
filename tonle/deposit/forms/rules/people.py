"""The second step: who made it, who helped, and where they work."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from tonle.kernel import codes, identifiers
from tonle.kernel.errors import N_, Invalid
from tonle.kernel.fields import Reader, Writer, packed, written
from tonle.kernel.names import PersonName
from tonle.kernel.text import one_line

_SHOWN: Final = {"name_type", "name", "given_name", "family_name", "names", "affiliations", "type"}
# The identifiers that have a field of their own; others are carried along.
_OWN_SCHEMES: Final = {"Personal": "orcid", "Organizational": "ror"}


def write_creators(document: Mapping[str, Any], out: Writer) -> None:
    _write(document.get("creators", ()), "creators", out)


def write_contributors(document: Mapping[str, Any], out: Writer) -> None:
    _write(document.get("contributors", ()), "contributors", out)


def read_creators(reader: Reader) -> Any:
    return _read(reader, "creators")


def read_contributors(reader: Reader) -> Any:
    return _read(reader, "contributors")


def write_agent(agent: Mapping[str, Any], group: str, number: int, out: Writer) -> None:
    """One agent as a row of its own, such as somebody who adds themselves."""
    _write([agent], group, out, first=number)


def agent_of(name: PersonName, orcid: str, affiliations: Any) -> dict[str, Any]:
    """A person that the node knows, as a creator. affiliations: {name, identifier?} each."""
    agent: dict[str, Any] = {"name_type": "Personal", "name": name.whole}
    agent |= {
        key: text
        for key, text in (("given_name", name.given), ("family_name", name.family))
        if text
    }
    if name.others:
        agent["names"] = dict(name.others)
    if orcid:
        agent["identifiers"] = [{"scheme": "orcid", "value": orcid}]
    places = [
        {key: one[key] for key in ("name", "identifier") if one.get(key)}
        for one in affiliations
        if one.get("name")
    ]
    if places:
        agent["affiliations"] = places
    return agent


def _write(agents: Any, group: str, out: Writer, first: int = 0) -> None:
    for number, agent in enumerate(agents, start=first):
        rest = {key: value for key, value in agent.items() if key not in _SHOWN}
        own = _own(agent)
        row = out.row(
            group,
            number,
            [
                ("name_type", agent["name_type"]),
                ("name", agent["name"]),
                ("given", agent.get("given_name", "")),
                ("family", agent.get("family_name", "")),
                ("type", agent.get("type", "")),
                ("pid", own["value"] if own else ""),
                *packed(rest),
            ],
        )
        out.language_map(f"{row}-names", agent.get("names", {}))
        for place, affiliation in enumerate(agent.get("affiliations", ())):
            identifier = affiliation.get("identifier")
            over = {k: v for k, v in affiliation.items() if k not in {"name", "identifier"}}
            out.row(
                f"{row}-affiliations",
                place,
                [
                    ("name", affiliation["name"]),
                    ("of", affiliation["name"] if identifier else ""),
                    ("pid", written(identifier) if identifier else ""),
                    *packed(over | ({"identifier": identifier} if identifier else {})),
                ],
            )


def _own(agent: Mapping[str, Any]) -> dict[str, str] | None:
    """The agent's identifier that has a field: an ORCID iD of a person, a ROR of a body."""
    scheme = _OWN_SCHEMES[agent["name_type"]]
    return next((i for i in agent.get("identifiers", ()) if i["scheme"] == scheme), None)


def _read(reader: Reader, group: str) -> list[dict[str, Any]]:
    found = []
    for row in reader.rows(group):
        agent = _agent(reader, row)
        if agent is None:
            continue
        if group == "contributors":
            role = reader.choice(f"{row}-type", codes.codes("contributor_types"))
            if not role:
                reader.problem(f"{row}-type", N_("Say what this one did."))
            agent["type"] = role or "Other"
        found.append(agent)
    return found


def _agent(reader: Reader, row: str) -> dict[str, Any] | None:
    rest = reader.rest(f"{row}-rest")
    kind = reader.choice(f"{row}-name_type", _OWN_SCHEMES, "Personal")
    name, given, family = (
        reader.line(f"{row}-name", 300),
        reader.line(f"{row}-given", 300),
        reader.line(f"{row}-family", 300),
    )
    names = reader.language_map(f"{row}-names", line=True)
    affiliations = _affiliations(reader, row)
    pid = reader.line(f"{row}-pid", 200)
    if not (name or given or family):
        if names or affiliations or pid:
            reader.problem(f"{row}-name", N_("The name is missing. One part is enough."))
        return None
    agent: dict[str, Any] = dict(rest) | {"name_type": kind}
    if kind == "Personal":
        family_first = reader.raw(f"{row}-order") != "given_first"
        name, given, family = _parts(name, given, family, family_first=family_first)
        agent |= {k: v for k, v in (("given_name", given), ("family_name", family)) if v}
    agent["name"] = name or " ".join(part for part in (given, family) if part)
    if names:
        agent["names"] = names
    if affiliations:
        agent["affiliations"] = affiliations
    _identify(reader, f"{row}-pid", pid, agent)
    return agent


def _parts(name: str, given: str, family: str, *, family_first: bool) -> tuple[str, str, str]:
    """(name, given, family): a name without parts stays whole; parts without a name make one."""
    if name:
        before, comma, after = name.partition(",")
        if comma and not (given or family) and after.strip() and "," not in after:
            family, given = before.strip(), after.strip()
        return name, given, family
    order = "family_first" if family_first else "given_first"
    return PersonName.of(given=given, family=family, order=order).whole, given, family  # type: ignore[arg-type]  # One of its two words.


def _identify(reader: Reader, field: str, text: str, agent: dict[str, Any]) -> None:
    """Put the typed ORCID iD or ROR in the place of the one before; others stay as they are."""
    scheme = _OWN_SCHEMES[agent["name_type"]]
    held = list(agent.pop("identifiers", ()))
    at = next((n for n, one in enumerate(held) if one.get("scheme") == scheme), None)
    value = ""
    if text and at is not None and text == one_line(str(held[at].get("value", ""))):
        value = held[at]["value"]
    elif text:
        try:
            value = identifiers.normalise(scheme, text)
        except Invalid as error:
            reader.refused(field, error)
    if value and at is not None:
        held[at] = {**held[at], "value": value}
    elif value:
        held.insert(0, {"scheme": scheme, "value": value})
    elif at is not None:
        held.pop(at)
    if held:
        agent["identifiers"] = held


def _affiliations(reader: Reader, row: str) -> list[dict[str, Any]]:
    found = []
    for place in reader.rows(f"{row}-affiliations"):
        name = reader.line(f"{place}-name")
        if not name:
            continue
        rest = reader.rest(f"{place}-rest")
        before = rest.pop("identifier", None)
        made: dict[str, Any] = {**rest, "name": name}
        # The identifier belongs to the name it came with: another name, another body.
        if name == one_line(reader.raw(f"{place}-of")):
            identifier = reader.identifier(f"{place}-pid", before)
            if identifier:
                made["identifier"] = identifier
        found.append(made)
    return found
