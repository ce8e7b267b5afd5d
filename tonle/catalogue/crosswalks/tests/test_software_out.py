"""Software out: CodeMeta and CITATION.cff, held against their schemas' rules and our readers."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
import yaml
from hypothesis import given, settings

from tonle.catalogue.crosswalks import parse
from tonle.catalogue.crosswalks.tests.documents import WILD, documents, minimal
from tonle.catalogue.crosswalks.tests.test_writers import DOCUMENT, HERE, golden
from tonle.catalogue.crosswalks.writers import FORMATS, cff, codemeta

SOFTWARE: dict[str, Any] = {
    **{k: v for k, v in DOCUMENT.items() if k not in ("geo_locations", "profile")},
    "kind": "software",
    "resource_type": {"general": "Software"},
    "titles": {"en": "Khmer segmenter", "km": "កម្មវិធីកាត់ពាក្យ"},
    "rights": [{"identifier": "MIT"}, {"identifier": "Apache-2.0"}],
    "pids": [
        {"scheme": "doi", "value": "10.5555/rice"},
        {"scheme": "swhid", "value": "swh:1:dir:d198bc9d7a6bcf6db04f476d29314f157507d505"},
    ],
    "profile": {
        "schema": "tonle-software/1",
        "repository": "https://git.example/segmenter",
        "programming_languages": ["Python"],
        "runs_on": ["Linux"],
        "runtimes": ["Python 3.11"],
        "requirements": ["ICU 70 or newer"],
        "packages": ["pkg:pypi/segmenter@2.0", "pkg:conda/segmenter?channel=conda-forge"],
        "reads": ["text/plain", "text/csv"],
        "writes": ["application/json"],
        "try_at": ["https://apps.example/segmenter"],
        "instructions": "https://docs.example/segmenter/install",
    },
}
# CodeMeta 3.1, "Terms": those that we write.
TERMS = {
    "@context", "type", "id", "name", "alternateName", "description", "identifier", "url",
    "author", "contributor", "publisher", "datePublished", "dateCreated", "dateModified",
    "version", "license", "keywords", "inLanguage", "isAccessibleForFree", "embargoEndDate",
    "codeRepository", "programmingLanguage", "operatingSystem", "funder", "funding",
    "downloadUrl", "fileSize", "referencePublication", "softwareHelp", "softwareRequirements",
    "citation", "isPartOf", "hasPart", "sameAs", "relatedLink", "runtimePlatform",
    "buildInstructions", "targetProduct",
    # Of Software Input/Output Data 1.0.
    "consumesData", "producesData",
}  # fmt: skip
# The schema of CFF 1.2.0: keys of the file, of people and of entities, and what must be there.
KEYS = {
    "cff-version", "message", "type", "title", "authors", "version", "date-released", "doi",
    "identifiers", "url", "repository-code", "license", "license-url", "keywords", "abstract",
    "references",
}  # fmt: skip
PERSON = {"family-names", "given-names", "affiliation", "orcid"}
ENTITY = {"name", "website", "orcid"}


def test_golden() -> None:
    golden("software.cff", cff.write(SOFTWARE, HERE))
    golden("software.codemeta", codemeta.write(SOFTWARE, HERE))


def faults(text: str) -> list[str]:
    """What the schema of CFF 1.2.0 would say."""
    made = yaml.safe_load(text)
    found = [f"{key} is no key" for key in made.keys() - KEYS]
    found += [f"{key} is missing" for key in ("cff-version", "message", "title", "authors")
              if not made.get(key)]  # fmt: skip
    found += [] if made["cff-version"] == "1.2.0" else ["version"]
    for agent in made["authors"]:
        if not (agent.keys() <= PERSON or ("name" in agent and agent.keys() <= ENTITY)):
            found.append(f"author {agent}")
        if not re.fullmatch(r"https://orcid\.org/(\d{4}-){3}\d{3}[\dX]", agent.get("orcid") or
                            "https://orcid.org/0000-0000-0000-0000"):  # fmt: skip
            found.append(f"orcid {agent}")
    for key in ("authors", "keywords", "identifiers", "references"):
        rows = made.get(key, ["x"])
        if not rows or any(row in rows[:n] for n, row in enumerate(rows)):
            found.append(f"{key} is empty or has something twice")
    for key in ("title", "message", "abstract", "version"):
        if not isinstance(made.get(key, "x"), str) or not made.get(key, "x"):
            found.append(f"{key} is no text")
    for key in ("url", "repository-code", "license-url"):
        if not re.match(r"https?://.", made.get(key, "https://x")):
            found.append(f"{key} is no address")
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", made.get("date-released", "2020-01-01")):
        found.append("date-released is no day")
    for reference in made.get("references", ()):
        found += [f"reference without {key}" for key in ("type", "title", "authors")
                  if not reference.get(key)]  # fmt: skip
    return found


@settings(max_examples=15)
@given(documents(WILD, kind="software"))
def test_any_software_makes_a_valid_citation_file(document: dict[str, Any]) -> None:
    assert faults(cff.write(document, HERE)) == []


@settings(max_examples=15)
@given(documents(WILD, kind="software"))
def test_any_software_is_told_in_the_terms_of_codemeta(document: dict[str, Any]) -> None:
    made = json.loads(codemeta.write(document, HERE))
    assert made.keys() <= TERMS
    assert made["@context"] in (codemeta.PROFILE, [codemeta.PROFILE, codemeta.IO_DATA])
    assert made["type"] == "SoftwareSourceCode"
    assert "@type" not in json.dumps(made.get("author", ""))


@pytest.mark.parametrize("name", ["cff", "codemeta"])
def test_what_comes_back_is_what_went(name: str) -> None:
    (read,) = parse(name, FORMATS[name].write(SOFTWARE, HERE).encode(), "x").documents
    assert read.document is not None
    assert read.document["kind"] == "software"
    assert read.document["titles"].popitem()[1] == "Khmer segmenter"
    assert [r["identifier"] for r in read.document["rights"]] == ["MIT", "Apache-2.0"]
    assert read.document["version_label"] == "2.0"
    assert read.document["pids"][0] == {"scheme": "doi", "value": "10.5555/rice"}
    first = read.document["creators"][0]
    assert (first["family_name"], first["given_name"]) == ("Chan", "Sokha")
    assert first["identifiers"] == [{"scheme": "orcid", "value": "0000-0002-1825-0097"}]
    words = {text for s in read.document["subjects"] for text in s["text"].values()}
    assert words == {"rice", "Agricultural sciences"}


def test_how_software_is_installed_and_used_comes_back_from_codemeta() -> None:
    (read,) = parse("codemeta", codemeta.write(SOFTWARE, HERE).encode(), "x").documents
    assert read.document is not None
    assert read.document["profile"] == SOFTWARE["profile"]
    assert not [item for item in read.document.get("related_items", ())
                if item["relation_type"] == "Requires"]  # fmt: skip


def test_codemeta_of_others_says_how_it_is_installed() -> None:
    others = {
        "@context": "https://doi.org/10.5063/schema/codemeta-2.0",
        "@type": "SoftwareSourceCode",
        "name": "hydro",
        "author": [{"@type": "Person", "givenName": "Sokha", "familyName": "Chan"}],
        "sameAs": "https://" + "pypi" + ".example/project/hydro/",
        "runtimePlatform": "R version 4.5.1",
        "softwareRequirements": ["GDAL", {"@type": "SoftwareApplication", "name": "sf",
                                          "version": ">= 1.0"}],
        "iodata:consumesData": {"@type": "schema:CreativeWork", "encodingFormat": ["CSV", "nc"]},
        "targetProduct": {"@type": "WebApplication", "url": "https://apps.example/hydro"},
    }  # fmt: skip
    (read,) = parse("codemeta", json.dumps(others).encode(), "x").documents
    assert read.document is not None
    assert read.document["profile"] == {
        "schema": "tonle-software/1",
        "runtimes": ["R version 4.5.1"],
        "requirements": ["GDAL", "sf >= 1.0"],
        "reads": ["text/csv", "application/x-netcdf"],
        "packages": ["pkg:pypi/hydro"],
        "try_at": ["https://apps.example/hydro"],
    }


def test_they_are_for_software_alone() -> None:
    for name in ("cff", "codemeta"):
        assert FORMATS[name].applies(SOFTWARE)
        assert not FORMATS[name].applies(DOCUMENT)


def test_a_licence_that_is_younger_than_the_format_is_named_by_its_address() -> None:
    document = {**minimal("software"), "rights": [{"identifier": "Unicode-3.0"}]}
    made = yaml.safe_load(cff.write(document, HERE))
    assert "license" not in made
    assert made["license-url"] == "https://spdx.org/licenses/Unicode-3.0.html"


def test_no_mail_address_leaves() -> None:
    odd = {**SOFTWARE, "creators": [{**SOFTWARE["creators"][0], "email": "sokha@example.org"}]}
    for name in ("cff", "codemeta", "schema-org", "ro-crate"):
        assert "@example.org" not in FORMATS[name].write(odd, HERE)
