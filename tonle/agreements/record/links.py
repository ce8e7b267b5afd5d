"""What an agreement says that it stands under, in the words of its profile. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tonle.catalogue.public import CameOf


def agreement_above(document: Mapping[str, Any]) -> Iterator[CameOf]:
    """The agreement that a programme stands under, by each key area that it serves."""
    under = document.get("profile", {}).get("under")
    if not isinstance(under, Mapping) or not isinstance(under.get("agreement"), str):
        return
    areas = under.get("key_areas")
    named = [one for one in areas if isinstance(one, str)] if isinstance(areas, list) else []
    for area in named or [""]:
        yield CameOf("tonle", under["agreement"], area)
