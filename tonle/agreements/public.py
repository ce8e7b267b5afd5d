"""The door of agreements: steps that parties take, for things of other contexts.

What is loaded is fetched when first used, so that a context can name it before the rows are.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tonle.agreements.models import PartyStep
    from tonle.agreements.permissions import is_secretariat, organisations_of
    from tonle.agreements.steps import (
        Evidence,
        What,
        Words,
        confirm,
        on_paper,
        on_screen,
        refuse,
        register_subject,
    )
    from tonle.agreements.telling import of_paper
    from tonle.agreements.views.version import qr

__all__ = [
    "Evidence",
    "PartyStep",
    "What",
    "Words",
    "confirm",
    "is_secretariat",
    "of_paper",
    "on_paper",
    "on_screen",
    "organisations_of",
    "qr",
    "refuse",
    "register_subject",
]

_FETCHED = {
    "Evidence": "steps",
    "PartyStep": "models",
    "What": "steps",
    "Words": "steps",
    "confirm": "steps",
    "is_secretariat": "permissions",
    "of_paper": "telling",
    "on_paper": "steps",
    "on_screen": "steps",
    "organisations_of": "permissions",
    "qr": "views.version",
    "refuse": "steps",
    "register_subject": "steps",
}


def __getattr__(name: str) -> Any:
    if name not in _FETCHED:
        raise AttributeError(name)
    return getattr(import_module(f"tonle.agreements.{_FETCHED[name]}"), name)
