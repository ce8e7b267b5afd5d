"""What a project says that it came of, in the words of its profile. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tonle.catalogue.public import CameOf


def call_of_project(document: Mapping[str, Any]) -> Iterator[CameOf]:
    """The call under which the project was funded."""
    call = document.get("profile", {}).get("call")
    if isinstance(call, str) and call:
        yield CameOf("tonle", call)
