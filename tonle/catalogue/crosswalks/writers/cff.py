"""CITATION.cff 1.2.0: how software wants to be cited, in a file that lies beside its source.

Mail addresses are never written. Roles of contributors, places, funding and translations have
no key. A name in one part is written as a given name, for a family name it may not be.
Source: Citation File Format 1.2.0 (doi:10.5281/zenodo.5171937), its schema's keys and patterns.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from tonle.catalogue.crosswalks.clean import unique
from tonle.catalogue.crosswalks.writers.cff_licences import LICENCES
from tonle.catalogue.crosswalks.writers.common import (
    abstract,
    address,
    licence_urls,
    own_languages,
    words,
    work,
)
from tonle.catalogue.crosswalks.writers.here import Here
from tonle.catalogue.rules.citation import Name, name_of
from tonle.kernel import identifiers
from tonle.kernel.text import choose

MEDIA_TYPE: Final = "application/x-yaml"
_DOI: Final = re.compile(r"10\.\d{4,9}(\.\d+)?/[A-Za-z0-9:/_;\-.()\[\]\\]+")
_DAY: Final = re.compile(r"[0-9]{4}-(0[1-9]|1[012])-(0[1-9]|[12][0-9]|3[01])")
_ORCID: Final = re.compile(r"[0-9]{4}-[0-9]{4}-[0-9]{4}-[0-9]{3}[0-9X]")
_SWHID: Final = re.compile(r"swh:1:(snp|rel|rev|dir|cnt):[0-9a-f]{40}")
_WEB: Final = re.compile(r"https?://[^\s<>\"{}|\\^`]+")


def applies(document: Mapping[str, Any]) -> bool:
    """To software."""
    return bool(document["kind"] == "software")


def write(document: Mapping[str, Any], here: Here) -> str:
    """The file, in YAML."""
    # Reading YAML is slow to load, and few ask for this format.
    import yaml

    class Plain(yaml.SafeDumper):
        """A writer without anchors: what stands twice is written twice."""

        def ignore_aliases(self, _data: Any) -> bool:
            return True

    return yaml.dump(
        citation(document, here), Dumper=Plain, allow_unicode=True, sort_keys=False, width=88
    )


def citation(document: Mapping[str, Any], here: Here) -> dict[str, Any]:
    """Keys and values, in the order of the specification's examples."""
    cited = work(document, here)
    profile = document.get("profile", {})
    _, about = choose(abstract(document), own_languages(document))
    made: dict[str, Any] = {
        "cff-version": "1.2.0",
        "message": "Please cite this software as it is described here.",
        "type": "software",
        "title": cited.title,
        "authors": _authors(document, here),
        "version": cited.version or str(document.get("version", 1)),
        "date-released": cited.published_on if _DAY.fullmatch(cited.published_on) else "",
        "doi": cited.doi if _DOI.fullmatch(cited.doi) else "",
        "identifiers": _identifiers(document, here),
        "url": here.pid_url if _WEB.fullmatch(here.pid_url) else here.url,
        "repository-code": _web(profile.get("repository", "")),
        "license": _licences(document),
        "license-url": "",
        "keywords": words(document)[:50],
        "abstract": about,
        "references": _references(document, here),
    }
    if not made["license"]:
        made["license-url"] = next((w for w in licence_urls(document) if _WEB.fullmatch(w)), "")
    return {key: value for key, value in made.items() if value not in ("", [])}


def _authors(document: Mapping[str, Any], here: Here) -> list[dict[str, str]]:
    made = [_agent(one) for one in document.get("creators", ())]
    if not made:
        # Somebody must be named: who published it, else the node that has it.
        made = [{"name": document.get("publisher", {}).get("name", here.node_name)}]
    return unique(made)


def _agent(agent: Mapping[str, Any]) -> dict[str, str]:
    known = {one["scheme"]: one["value"] for one in agent.get("identifiers", ())}
    orcid = known.get("orcid", "")
    made: dict[str, str] = {}
    if agent["name_type"] == "Organizational":
        made["name"] = agent["name"]
        where = identifiers.resolver_url("ror", known["ror"]) if "ror" in known else ""
        made["website"] = where or ""
    else:
        made |= _person(name_of(agent))
        made["affiliation"] = "; ".join(place["name"] for place in agent.get("affiliations", ()))
    made["orcid"] = f"https://orcid.org/{orcid}" if _ORCID.fullmatch(orcid) else ""
    return {key: value for key, value in made.items() if value}


def _person(name: Name) -> dict[str, str]:
    if name.family and name.given:
        return {"family-names": name.family, "given-names": name.given}
    return {"given-names": name.whole}


def _identifiers(document: Mapping[str, Any], here: Here) -> list[dict[str, str]]:
    """Its names, but for the DOI that has a key of its own."""
    found = []
    for pid in document.get("pids", ()):
        scheme, value = pid["scheme"], pid["value"]
        if scheme == "doi" and _DOI.fullmatch(value):
            found.append({"type": "doi", "value": value})
        elif scheme == "swhid" and _SWHID.fullmatch(value):
            found.append({"type": "swh", "value": value})
        elif scheme in ("url", "purl", "w3id") and _WEB.fullmatch(value):
            found.append({"type": "url", "value": value})
        else:
            found.append({"type": "other", "value": value})
    if here.ark:
        found.append({"type": "other", "value": here.ark})
    return unique(found)


def _licences(document: Mapping[str, Any]) -> str | list[str]:
    """SPDX codes; the format takes several for "any of them", as records do."""
    stated = [right.get("identifier", "") for right in document.get("rights", ())]
    found = list(dict.fromkeys(code for code in stated if code in LICENCES))
    return found[0] if len(found) == 1 else found


_TYPES: Final = {
    "Book": "book", "ConferencePaper": "conference-paper", "ConferenceProceeding": "proceedings",
    "DataPaper": "article", "Dataset": "data", "Dissertation": "thesis",
    "JournalArticle": "article", "Report": "report", "Software": "software",
    "Standard": "standard",
}  # fmt: skip


def _references(document: Mapping[str, Any], here: Here) -> list[dict[str, Any]]:
    """Works that it cites and that are described; an address alone is no reference."""
    made = []
    for item in document.get("related_items", ()):
        title = next((choose(t["text"])[1] for t in item.get("titles", ())), "")
        if item["relation_type"] not in ("References", "Cites") or not title:
            continue
        one: dict[str, Any] = {
            "type": _TYPES.get(item["type"], "generic"),
            "title": title,
            "authors": unique([_agent(agent) for agent in item.get("creators", ())])
            or [{"name": item.get("publisher", "Anonymous")}],
            "year": item.get("publication_year", ""),
            "url": _web(address(item["identifier"], here)) if "identifier" in item else "",
        }
        made.append({key: value for key, value in one.items() if value != ""})
    return unique(made)


def _web(where: str) -> str:
    return where if _WEB.fullmatch(where) else ""
