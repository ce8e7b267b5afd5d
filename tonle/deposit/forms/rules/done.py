"""Which steps already hold what they are for, so that the progress line can say so. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tonle.deposit.access.rules import wants_conditions, wants_end


def done(document: Mapping[str, Any], file_count: int) -> frozenset[str]:
    """The steps whose main question is answered; `links` is one when anything is linked."""
    access = document.get("access", {})
    descriptions = document.get("descriptions", ())
    said = {
        "describe": bool(document.get("titles"))
        and any(one["type"] == "Abstract" for one in descriptions),
        "people": bool(document.get("creators")),
        "files": file_count > 0 or access.get("level") == "metadata_only",
        "rights": bool(document.get("rights"))
        and not wants_conditions(access)
        and not wants_end(access),
        "links": bool(document.get("relations") or document.get("pids")),
    }
    return frozenset(name for name, whether in said.items() if whether)
