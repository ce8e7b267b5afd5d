"""Core metadata of a Python package: METADATA and PKG-INFO, read as the description of a program.

Source: PyPA "Core metadata specifications" 1.0 to 2.5; PEP 566 (a message of RFC 822).
"""

from __future__ import annotations

import re
from email import policy
from email.parser import HeaderParser
from typing import Any, Final

from tonle.catalogue.crosswalks import datacite
from tonle.catalogue.crosswalks.clean import Cleaner, strip_markup
from tonle.catalogue.crosswalks.common import Notes, Parsed, Remark, digest, refused_file
from tonle.catalogue.crosswalks.keys import finish
from tonle.catalogue.crosswalks.works import quiet, software_profile, stand_in
from tonle.kernel.codes import licence_from
from tonle.kernel.errors import N_

FORMAT: Final = "pypi-core-metadata"
_UNSAID: Final = frozenset(("", "UNKNOWN", "None", "unknown"))
_RELATIONS: Final = (
    (re.compile(r"source|repository|code|git", re.IGNORECASE), "IsDerivedFrom"),
    (re.compile(r"doc|wiki|guide|manual", re.IGNORECASE), "IsDocumentedBy"),
    (re.compile(r"change|release|history|news", re.IGNORECASE), "IsDocumentedBy"),
    (re.compile(r"download", re.IGNORECASE), "IsSourceOf"),
)
_REPOSITORY = re.compile(r"https?://(?:www\.)?(?:github\.com|gitlab\.com|codeberg\.org|bitbucket\.org)/"
                         r"[\w.-]+/[\w.-]+", re.IGNORECASE)  # fmt: skip


def parse(data: bytes, name: str) -> Parsed:
    """One package."""
    given, body = _fields(data)
    if not given.get("Name"):
        return refused_file(FORMAT, data, name, Remark("", N_("The file describes no package.")))
    notes = Notes()
    clean = Cleaner(notes)
    addresses = _addresses(given)
    found = _properties(given, body, addresses)
    keepers = [
        {"name": name, "contributorType": "Other"}
        for field in ("Maintainer", "Maintainer-email")
        for name in _people(given.get(field, []))
    ]
    stand_in(found, clean, keepers)
    made = datacite.document(found, notes, format_name=FORMAT)
    quiet(notes)
    homes = [address for _, address in addresses]
    repository = next((m[0] for a in homes if (m := _REPOSITORY.match(a))), "")
    software_profile(
        made, clean, languages=["Python"], repository=re.sub(r"\.git\Z", "", repository)
    )
    return Parsed(FORMAT, (finish(made, notes, f"file:{name}", digest(data)),))


def _fields(data: bytes) -> tuple[dict[str, list[str]], str]:
    """The fields by name, and the description that stands below them. UTF-8, as PEP 566 says."""
    # compat32 neither interprets nor refuses a header: Author-email is often no address.
    message = HeaderParser(policy=policy.compat32).parsestr(
        data.decode("utf-8", "replace").lstrip("\ufeff")
    )
    found: dict[str, list[str]] = {}
    for name, value in message.items():
        # Lines that go on are indented; older tools put a bar before them.
        text = re.sub(r"\n(?: {7}\|| {8}|\t)", "\n", str(value)).strip()
        if text not in _UNSAID:
            found.setdefault(name.title() if name.isupper() else name, []).append(text)
    payload = message.get_payload()
    below = payload if isinstance(payload, str) else ""
    return found, next(iter(found.get("Description", [])), "") or below


def _properties(
    given: dict[str, list[str]], body: str, addresses: list[tuple[str, str]]
) -> dict[str, Any]:
    creators = [{"name": name} for name in _people(given.get("Author", []))]
    creators = creators or [{"name": name} for name in _people(given.get("Author-email", []))]
    classifiers = [text.split(" :: ") for text in given.get("Classifier", [])]
    words = re.split(r"[,;]\s*|\n", ",".join(given.get("Keywords", [])))
    summary = _first(given, "Summary")
    # The long description is a page for a package index: badges, installation, licence.
    about = strip_markup(body[:20_000]).strip().partition("\n\n")[0]
    return {
        "titles": [{"title": _first(given, "Name")}],
        "types": {"resourceTypeGeneral": "Software", "resourceType": "Python package"},
        "creators": creators,
        "version": _first(given, "Version"),
        "descriptions": [{"description": summary or about[:1000], "descriptionType": "Abstract"}],
        "subjects": [{"subject": word.strip()} for word in words if word.strip()]
        + [
            {"subject": " > ".join(parts[1:]), "subjectScheme": "PyPI classifier"}
            for parts in classifiers
            if parts[0] == "Topic" and len(parts) > 1
        ],
        "rightsList": _rights(given, classifiers),
        "identifiers": [
            {"identifier": address, "identifierType": "URL"}
            for label, address in addresses
            if label.lower() in ("homepage", "home", "home-page")
        ],
        "relatedIdentifiers": [
            {
                "relatedIdentifier": address,
                "relatedIdentifierType": "URL",
                "relationType": next(
                    (kind for mark, kind in _RELATIONS if mark.search(label)), "IsDescribedBy"
                ),
            }
            for label, address in addresses
            if label.lower() not in ("homepage", "home", "home-page")
        ],
    }


def _first(given: dict[str, list[str]], name: str) -> str:
    return next(iter(given.get(name, [])), "")


def _people(values: list[str]) -> list[str]:
    """Names, parted by commas; "Name <address>" without its address."""
    names = []
    for value in values:
        for part in value.split(","):
            name = re.sub(r"<[^>]*>?", "", part).strip(" \"'")
            if name and "@" not in name and name not in _UNSAID:
                names.append(name)
    return list(dict.fromkeys(names))[:200]


def _addresses(given: dict[str, list[str]]) -> list[tuple[str, str]]:
    stated = [("Homepage", text) for text in given.get("Home-page", [])]
    stated += [("Download", text) for text in given.get("Download-URL", [])]
    for text in given.get("Project-URL", []):
        label, _, address = text.partition(",")
        stated.append((label.strip(), address.strip()))
    return [(label, a) for label, a in stated if re.match(r"https?://\S+\Z", a)]


def _rights(given: dict[str, list[str]], classifiers: list[list[str]]) -> list[dict[str, Any]]:
    """The SPDX expression, else the licence's name in words, else its classifier.

    The whole text of a licence in its place is not kept: what it begins with names it.
    """
    if stated := _first(given, "License-Expression"):
        return [{"rights": stated, "rightsIdentifier": stated}]
    named = [text for text in given.get("License", []) if text]
    named += [parts[-1] for parts in classifiers if parts[0] == "License" and len(parts) > 1]
    made = []
    for text in named:
        line = next((one.strip() for one in text.splitlines() if one.strip()), "")
        if line and line not in _UNSAID and line != "OSI Approved":
            made.append({"rights": line})
    known = [one for one in made if licence_from(one["rights"])]
    return (known or made)[:1]
