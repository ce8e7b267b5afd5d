"""CSL-JSON: one item, as DOI content negotiation gives it.

Source: Citation Style Language 1.0.2, "csl-data.json".
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from tonle.catalogue.crosswalks.writers.common import abstract, own_languages, words, work
from tonle.catalogue.crosswalks.writers.here import Here
from tonle.catalogue.rules.citation import Name
from tonle.kernel.text import choose

_TYPES: Final = {
    "article": "article-journal", "book": "book", "chapter": "chapter", "dataset": "dataset",
    "report": "report", "software": "software", "thesis": "thesis",
}  # fmt: skip
# Of kinds that are no publications: by kind, or by kind and the type in its profile.
_PROMISES: Final = {
    "agreement": "treaty", "policy law": "legislation", "policy regulation": "regulation",
}  # fmt: skip


def write(document: Mapping[str, Any], here: Here) -> str:
    """The item as JSON."""
    cited = work(document, here)
    _, about = choose(abstract(document), own_languages(document))
    item = {
        "id": here.pid_url,
        "type": _TYPES.get(cited.sort) or _promise(document),
        "title": cited.title,
        "author": [_name(name) for name in cited.names],
        "issued": _issued(cited.published_on or cited.year),
        "container-title": cited.container,
        "volume": cited.volume,
        "issue": cited.issue,
        "page": cited.pages.replace("–", "-"),
        "publisher": cited.publisher,
        "version": cited.version,
        "DOI": cited.doi.upper(),
        "URL": here.pid_url,
        "abstract": about,
        "keyword": ", ".join(words(document)),
        "language": next(iter(document.get("languages", ())), ""),
    }
    kept = {key: value for key, value in item.items() if value}
    return json.dumps(kept, ensure_ascii=False, indent=1) + "\n"


def _promise(document: Mapping[str, Any]) -> str:
    kind, said = document["kind"], document.get("profile", {}).get("type")
    return _PROMISES.get(kind) or _PROMISES.get(f"{kind} {said}") or "document"


def _name(name: Name) -> dict[str, str]:
    if name.family and name.given:
        return {"family": name.family, "given": name.given}
    return {"literal": name.whole}


def _issued(day: str) -> dict[str, Any]:
    parts = [int(part) for part in day.split("-") if part.isdigit()]
    return {"date-parts": [parts]} if parts else {}
