"""Identifiers as a source labels them, in the kernel's one written form."""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import Any, Final

from tonle.catalogue.crosswalks.clean import Cleaner, as_text
from tonle.kernel import identifiers
from tonle.kernel.errors import N_, Invalid

# What sources write for a scheme, folded to letters and digits, where it is not our name.
_SCHEME_OF_LABEL: Final = MappingProxyType(
    {
        "crossreffunder": "crossref_funder",
        "crossreffunderid": "crossref_funder",
        "crossreffunderidentifier": "crossref_funder",
        "hdl": "handle",
        "localaccessionnumber": "local",
        "orcidid": "orcid",
        "researcheridentifierror": "ror",
        "uri": "url",
    }
)
# Names that belong to one work alone, by which the catalogue matches records. An address is
# none: a whole project lives under one.
PID_SCHEMES: Final = frozenset(("ark", "cstr", "doi", "handle", "raid", "swhid"))
LONGEST_PID: Final = 500

Identifier = dict[str, str]


def scheme_of(label: str) -> str:
    """The scheme that a label means: ours where known, else the label in snake case."""
    folded = re.sub(r"[^a-z0-9]+", "", label.lower())
    if folded in identifiers.SCHEMES:
        return folded
    if folded in _SCHEME_OF_LABEL:
        return _SCHEME_OF_LABEL[folded]
    own = re.sub(r"[^a-z0-9]+", "_", label.lower()).strip("_")[:40].rstrip("_")
    return own if own and own[0].isalpha() else "other"


def _normal(scheme: str, value: str) -> str | None:
    try:
        return identifiers.normalise(scheme, value)
    except Invalid:
        return None


def doi(value: Any) -> str | None:
    """The DOI in any of its spellings, or None."""
    text = as_text(value).strip()
    return _normal("doi", text) if text else None


_RESOLVERS: Final = tuple(
    (name, scheme.resolver) for name, scheme in identifiers.SCHEMES.items() if scheme.resolver
)


def _behind(address: str) -> tuple[str, str] | None:
    """The identifier that an address of its scheme's own resolver stands for."""
    for name, resolver in _RESOLVERS:
        if address.startswith(resolver) and (found := _normal(name, address)):
            return name, found
    return None


def identifier_of(value: str, label: str) -> Identifier | None:
    """An identifier under the label its source gives it; None when it is not one of those.

    Without a label the value must tell itself. A DOI, ARK or Wikidata item given as an address
    is what it is, not an address.
    """
    told = identifiers.detect(value)
    if told is not None and told[0] == "url":
        told = _behind(value) or told
    scheme = scheme_of(label) if label else ""
    if told is not None and (not scheme or scheme == "url" or scheme == "other"):
        return {"scheme": told[0], "value": told[1]}
    if not scheme:
        return None
    if scheme not in identifiers.SCHEMES:
        return {"scheme": scheme, "value": value}
    normal = _normal(scheme, value)
    return None if normal is None else {"scheme": scheme, "value": normal}


def work_identifier(value: str, label: str) -> Identifier | None:
    """A name of the work itself that can be followed or matched; None for local numbers."""
    found = identifier_of(value, label)
    if found is None or found["scheme"] not in PID_SCHEMES or len(found["value"]) > LONGEST_PID:
        return None
    return found


def agent_identifier(value: Any, label: Any, clean: Cleaner, where: str) -> Identifier | None:
    """A person's or organisation's identifier; a faulty one is left out, with a remark."""
    given = clean.code(value, where, 500)
    if not given:
        return None
    stated = clean.line(label, where, 80)
    found = identifier_of(given.rstrip("/"), stated)
    if found is None:
        clean.notes.warn(
            where,
            N_("%(value)s is not a valid %(scheme)s; it was left out."),
            value=given[:80],
            scheme=stated or "identifier",
        )
    return found
