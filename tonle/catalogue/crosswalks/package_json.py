"""package.json of npm, read as the description of a program.

Source: npm documentation, "package.json", version 11.
"""

from __future__ import annotations

import re
from typing import Any, Final

from tonle.catalogue.crosswalks import datacite, jsontext
from tonle.catalogue.crosswalks.clean import Cleaner, as_list, as_map, as_text
from tonle.catalogue.crosswalks.common import Notes, Parsed, Remark, digest, refused_file
from tonle.catalogue.crosswalks.keys import finish
from tonle.catalogue.crosswalks.works import quiet, software_profile, stand_in
from tonle.kernel.errors import N_

FORMAT: Final = "npm-package-json"
# "Sok Dara <dara@example.org> (https://example.org)"; name alone is kept.
_PERSON = re.compile(r"\A([^<(]*)")
_HOSTS: Final = {
    "github": "https://github.com/", "gitlab": "https://gitlab.com/",
    "bitbucket": "https://bitbucket.org/",
}  # fmt: skip


def parse(data: bytes, name: str) -> Parsed:
    """One package."""
    try:
        value = jsontext.parse(data)
    except jsontext.NotJson as error:
        return refused_file(FORMAT, data, name, error.remark)
    given = as_map(value)
    if not as_text(given.get("name")):
        return refused_file(FORMAT, data, name, Remark("", N_("The file describes no package.")))
    notes = Notes()
    clean = Cleaner(notes)
    found = _properties(given)
    keepers = [{**one, "contributorType": "Other"} for one in _people(given.get("maintainers"))]
    stand_in(found, clean, keepers or found["contributors"])
    made = datacite.document(found, notes, format_name=FORMAT)
    quiet(notes)
    repository = _repository(given.get("repository"))
    software_profile(made, clean, languages=["JavaScript"], repository=repository)
    return Parsed(FORMAT, (finish(made, notes, f"file:{name}", digest(data)),))


def _properties(given: dict[str, Any]) -> dict[str, Any]:
    licence = given.get("license") or [
        as_map(one).get("type") for one in as_list(given.get("licenses"))
    ]
    repository = _repository(given.get("repository"))
    funding = [
        as_text(as_map(one).get("url")) or as_text(one) for one in as_list(given.get("funding"))
    ]
    return {
        "titles": [{"title": given.get("name")}],
        "types": {"resourceTypeGeneral": "Software", "resourceType": "npm package"},
        "creators": _people(given.get("author")),
        "contributors": [
            {**one, "contributorType": "Other"} for one in _people(given.get("contributors"))
        ],
        "version": given.get("version"),
        "descriptions": [{"description": given.get("description"), "descriptionType": "Abstract"}],
        "subjects": [{"subject": word} for word in as_list(given.get("keywords"))],
        "rightsList": [
            {"rights": text, "rightsIdentifier": text}
            for one in as_list(licence)
            if (text := as_text(one) or as_text(as_map(one).get("type")))
            and not text.upper().startswith(("SEE LICENSE", "UNLICENSED"))
        ],
        "identifiers": [{"identifier": given.get("homepage"), "identifierType": "URL"}],
        "relatedIdentifiers": [
            {
                "relatedIdentifier": address,
                "relatedIdentifierType": "URL",
                "relationType": relation,
            }
            for address, relation in (
                (repository, "IsDerivedFrom"),
                *((address, "References") for address in funding),
            )
            if re.match(r"https?://", address)
        ],
    }


def _people(value: Any) -> list[dict[str, Any]]:
    made = []
    for one in as_list(value):
        entry = as_map(one)
        text = as_text(entry.get("name")) if entry else as_text(one)
        found = _PERSON.match(text)
        if found and found[1].strip():
            made.append({"name": found[1].strip()})
    return made


def _repository(value: Any) -> str:
    """The address of a repository: `github:a/b`, `a/b` and `git+https://….git` are known."""
    text = as_text(as_map(value).get("url")) or as_text(value)
    text = re.sub(r"\.git\Z", "", text.strip())
    text = re.sub(r"\Agit\+|\Agit:(?=//)", lambda m: "https:" if m[0] == "git:" else "", text)
    text = re.sub(r"\A(?:ssh://)?git@([^:/]+)[:/]", r"https://\1/", text)
    host, colon, path = text.partition(":")
    if colon and host in _HOSTS:
        return _HOSTS[host] + path
    if re.fullmatch(r"[\w.-]+/[\w.-]+", text):
        return _HOSTS["github"] + text
    return text if re.match(r"https?://", text) else ""
