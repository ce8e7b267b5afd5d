"""What was deposited here, and what is only described."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def is_deposit(document: Mapping[str, Any]) -> bool:
    """Whether something was deposited here, rather than described from elsewhere."""
    return bool(document.get("files")) or "source" not in document
