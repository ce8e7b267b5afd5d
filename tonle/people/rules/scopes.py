"""What an API token may be used for. A token never does more than its account may."""

from __future__ import annotations

from tonle.kernel.errors import N_

_SCOPES: dict[str, str] = {}


def register_token_scope(name: str, label: str) -> None:
    """Make a scope known. label: gettext message that says what it allows."""
    _SCOPES.setdefault(name, label)


def token_scopes() -> dict[str, str]:
    """Name to label (a gettext message), in the order of registration."""
    return dict(_SCOPES)


register_token_scope("read", N_("Read what I may read"))
register_token_scope("deposit", N_("Make and change my drafts and records"))
register_token_scope("curate", N_("Do my work as a curator"))
