"""What contexts tell the interface at start-up: their routers, and how a token is checked.

Light on purpose: it is imported by every command, while ninja and the endpoints'
schemas (a third of a second, 15 MB) wait until a URL is first resolved.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from importlib import import_module
from typing import TYPE_CHECKING, Any

from tonle.kernel.actors import Actor

if TYPE_CHECKING:
    from ninja import Router

# The actor a token speaks for, or None where it is unknown, expired or withdrawn. now is UTC.
Authenticator = Callable[[str, datetime], Actor | None]

_routers: dict[str, str] = {}
_described: list[str] = []
_authenticator: Authenticator | None = None


def register_router(prefix: str, router: str) -> None:
    """Answer below /api/v1/<prefix> with a router, named as `tonle.catalogue.api:router`.

    Raises ValueError where another router has the prefix.
    """
    if _routers.setdefault(prefix.strip("/"), router) != router:
        raise ValueError(f"Two routers want /{prefix}.")


def load_routers() -> dict[str, Router]:
    """Prefix to router, in the order of prefixes."""
    found: dict[str, Router] = {}
    for prefix, name in sorted(_routers.items()):
        module, _, attribute = name.partition(":")
        found[prefix] = getattr(import_module(module), attribute)
    return found


def register_described(paths: str) -> None:
    """Tell OpenAPI of addresses that are answered outside of /api/v1.

    paths: where they are described as OpenAPI's "paths", such as `tonle.catalogue.described:PATHS`.
    """
    if paths not in _described:
        _described.append(paths)


def load_described() -> dict[str, dict[str, Any]]:
    """What OpenAPI is to say of them, by address."""
    found: dict[str, dict[str, Any]] = {}
    for name in _described:
        module, _, attribute = name.partition(":")
        found |= getattr(import_module(module), attribute)
    return found


def register_authenticator(authenticator: Authenticator) -> None:
    """Say how a token is checked. Called once, by `people`."""
    global _authenticator
    _authenticator = authenticator


def authenticate(token: str, now: datetime) -> Actor | None:
    """The actor the token speaks for, None where it is not accepted."""
    return _authenticator(token, now) if _authenticator else None
