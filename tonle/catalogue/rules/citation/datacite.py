"""The citation that DataCite recommends, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import tzinfo
from typing import Any

from tonle.catalogue.rules.citation.names import natural
from tonle.catalogue.rules.citation.work import cited_title, year_of

# So many are named before "et al."; then the first ones stand for all.
MOST_NAMED = 20
FIRST_NAMED = 19


def citation(
    document: Mapping[str, Any],
    *,
    languages: str | Sequence[str],
    pid: str,
    kind_label: str,
    zone: tzinfo,
) -> str:
    """Creators (year). Title (Version n) [Kind]. Publisher. Name.

    Order and punctuation follow DataCite's recommended citation (Metadata Schema 4.7,
    section 2.2), with the kind and the version where they tell two things apart.
    languages: the reader's; see `cited_title`.
    pid: the address or name by which the record is found again.
    zone: of the node that published it; see `work_of`.
    """
    names = [listed(creator) for creator in document.get("creators", ())]
    if len(names) > MOST_NAMED:
        names = [*names[:FIRST_NAMED], "…", names[-1]]
    year = year_of(document, zone)
    _, title = cited_title(document, languages)
    version = document["version"]
    title += f" (v{version})" if version > 1 else ""
    when = f" ({year})" if year else ""
    title += f" [{kind_label}]"
    # A work without known creators is known by its title.
    parts = [f"{'; '.join(names)}{when}", title] if names else [f"{title}{when}"]
    if "publisher" in document:
        parts.append(document["publisher"]["name"])
    return ". ".join([*parts, pid])


def listed(agent: Mapping[str, Any]) -> str:
    """`Chan, Sokha` as the record has it; Chinese names stand together."""
    name = natural(agent)
    return name if " " not in name else str(agent["name"])
