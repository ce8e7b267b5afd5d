"""The record of a published call: what of its text everybody reads. Pure."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape
from typing import Any

from tonle.funding.rules import call_text
from tonle.funding.rules.call_changes import changed_parts
from tonle.kernel import canonical
from tonle.kernel.dates import format_instant
from tonle.kernel.text import choose

SCHEMA = "tonle-funding-opportunity/1"
File = tuple[str, str, bytes]
"""Name, media type, bytes."""
_OWN = (
    "schema", "funders", "themes", "amounts", "zone", "opens_at", "closes_at", "deadlines",
    "languages", "corrigenda", "eligibility",
)  # fmt: skip


@dataclass(frozen=True)
class Signed:
    """A version of the text that all have signed. agreed_at: when the last one did."""

    text: Mapping[str, Any]
    agreed_at: datetime


def described(
    versions: Sequence[Signed], identifiers: Mapping[str, Sequence[Mapping[str, str]]]
) -> dict[str, Any]:
    """The descriptive part of the record document.

    versions: all that were signed, oldest first; the last one is in force. identifiers: slug of
    a party to its names in the world. Nothing of officers, sums per project aside, is in it.
    """
    text = versions[-1].text
    made: dict[str, Any] = {
        "kind": "funding_opportunity",
        "titles": dict(text["title"]),
        "creators": [_creator(one, identifiers.get(one["id"], ())) for one in text["parties"]],
        "publication_year": versions[0].agreed_at.year,
        "resource_type": {"general": "Text"},
        "languages": list(text["texts"]),
        "subjects": [{"text": dict(theme["name"])} for theme in text["themes"]],
        "access": {"level": "open"},
        "profile": _profile(versions, identifiers),
    }
    if "under" in text:
        target = {"scheme": "tonle", "value": text["under"]["agreement"]}
        made["relations"] = [{"type": "IsPartOf", "target": target}]
    return made


def joined(current: Mapping[str, Any], made: Mapping[str, Any]) -> dict[str, Any]:
    """What the record is to say: ours over what curators and the node have added to it."""
    result = {**current, **made, "access": current.get("access", made["access"])}
    result["profile"] = {
        **{k: v for k, v in current.get("profile", {}).items() if k not in _OWN},
        **made["profile"],
    }
    ours = {(one["type"], one["target"]["value"]) for one in made.get("relations", ())}
    others = [
        one
        for one in current.get("relations", ())
        if (one["type"], one["target"]["value"]) not in ours
    ]
    if relations := [*made.get("relations", ()), *others]:
        result["relations"] = relations
    return result


def files_of(text: Mapping[str, Any]) -> Iterator[File]:
    """The text to read in each language, and the bytes that the parties signed."""
    number = text["version"]
    for language in text["texts"]:
        yield f"call-{number}.{language}.html", "text/html", _page(text, language).encode()
        words = call_text.plain(text, language)
        yield f"call-{number}.{language}.txt", "text/plain", words.encode()
    yield f"call-{number}.json", "application/json", canonical.dumps(text)


def digests(files: Sequence[File]) -> dict[str, str]:
    """The SHA-256 of each file, by its name."""
    return {name: hashlib.sha256(data).hexdigest() for name, _, data in files}


def _profile(
    versions: Sequence[Signed], identifiers: Mapping[str, Sequence[Mapping[str, str]]]
) -> dict[str, Any]:
    text = versions[-1].text
    made: dict[str, Any] = {
        "schema": SCHEMA,
        "funders": [_funder(one, identifiers.get(one["id"], ())) for one in text["parties"]],
        "themes": [{"id": one["id"], "name": dict(one["name"])} for one in text["themes"]],
        "amounts": [amount for one in text["parties"] for amount in _amounts(one)],
        "zone": text["zone"],
        "opens_at": text["opens_at"],
        "closes_at": text["closes_at"],
        "languages": list(text["texts"]),
        "eligibility": [_rule(one) for one in text["eligibility"]],
    }
    if len(versions) > 1:
        made["corrigenda"] = [
            {
                "number": number,
                "at": format_instant(after.agreed_at),
                "text": dict(after.text["corrects"]),
                "changed": list(changed_parts(before.text, after.text)),
            }
            for number, (before, after) in enumerate(itertools.pairwise(versions), start=1)
        ]
    return made


def _amounts(party: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """What a party gives in all, and to one project at most; never added to another's."""
    note = dict(party["name"])
    yield {
        "currency": party["currency"],
        "max_minor": party["envelope_minor"],
        "per": "call",
        "note": note,
    }
    if "cap_minor" in party:
        yield {
            "currency": party["currency"],
            "max_minor": party["cap_minor"],
            "per": "project",
            "note": note,
        }


def _rule(rule: Mapping[str, Any]) -> dict[str, Any]:
    """A rule of one side is words here: a machine would hold it against the other side."""
    if rule.get("party"):
        return {
            "id": rule["id"],
            "scope": rule["scope"],
            "test": "words",
            "text": dict(rule["text"]),
        }
    return {name: value for name, value in rule.items() if name != "party"}


def _funder(party: Mapping[str, Any], known: Sequence[Mapping[str, str]]) -> dict[str, Any]:
    made = {"name": dict(party["name"]), "country": party["country"]}
    return {**made, "identifiers": [dict(one) for one in known]} if known else made


def _creator(party: Mapping[str, Any], known: Sequence[Mapping[str, str]]) -> dict[str, Any]:
    name = choose(party["name"], "en")[1]
    made: dict[str, Any] = {"name_type": "Organizational", "name": name}
    if others := {tag: said for tag, said in party["name"].items() if said != name}:
        made["names"] = others
    if known:
        made["identifiers"] = [dict(one) for one in known]
    return made


def _page(text: Mapping[str, Any], language: str) -> str:
    title = escape(choose(text["title"], language)[1])
    parts = [
        f'<!doctype html><html lang="{escape(language)}"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{title}</title><style>body{{max-width:42rem;margin:2rem auto;padding:0 1rem;"
        "line-height:1.7;font-family:system-ui,sans-serif}p{white-space:pre-line}</style>"
        f"<h1>{title}</h1>"
    ]
    for number, article in enumerate(text["texts"][language]["articles"], 1):
        heading = escape(article.get("heading", ""))
        parts.append(f"<h2>{number}. {heading}</h2><p>{escape(article['text'])}</p>")
    return "".join(parts) + "</html>\n"
