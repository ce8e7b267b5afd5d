"""Decisions: yes or no, with a reason that a person can act on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Decision:
    """The answer of a permission. reason is a gettext message; data fills its places."""

    allowed: bool
    reason: str
    data: Mapping[str, Any] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return self.allowed

    def __str__(self) -> str:
        return self.reason % self.data


def allow(reason: str = "", **data: Any) -> Decision:
    return Decision(True, reason, data)


def deny(reason: str, **data: Any) -> Decision:
    return Decision(False, reason, data)
