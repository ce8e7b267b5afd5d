"""The door of the REST interface: what contexts use in their `apps.py` and `api.py`.

Registering is light. All other names are fetched from their modules when first
used, because they bring ninja along, which no command line should wait for.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from tonle.api.registry import (
    Authenticator,
    register_authenticator,
    register_described,
    register_router,
)

if TYPE_CHECKING:
    from tonle.api.auth import AnyReader, Token
    from tonle.api.errors import BadCursor, BadRequest, ServerError, TooManyRequests
    from tonle.api.paging import (
        CursorText,
        Keyset,
        Limit,
        Page,
        decode_cursor,
        encode_cursor,
        link_next,
        page_of_sorted,
        scope_of,
    )
    from tonle.api.problems import answer as answer_problem
    from tonle.api.requests import Body, idempotency_key
    from tonle.api.throttle import count, network_of

__all__ = [
    "AnyReader",
    "Authenticator",
    "BadCursor",
    "BadRequest",
    "Body",
    "CursorText",
    "Keyset",
    "Limit",
    "Page",
    "ServerError",
    "Token",
    "TooManyRequests",
    "answer_problem",
    "count",
    "decode_cursor",
    "encode_cursor",
    "idempotency_key",
    "link_next",
    "network_of",
    "page_of_sorted",
    "register_authenticator",
    "register_described",
    "register_router",
    "scope_of",
]

_FETCHED = {
    "AnyReader": "auth",
    "BadCursor": "errors",
    "BadRequest": "errors",
    "Body": "requests",
    "CursorText": "paging",
    "Keyset": "paging",
    "Limit": "paging",
    "Page": "paging",
    "ServerError": "errors",
    "Token": "auth",
    "TooManyRequests": "errors",
    "answer_problem": "problems",
    "count": "throttle",
    "network_of": "throttle",
    "decode_cursor": "paging",
    "encode_cursor": "paging",
    "idempotency_key": "requests",
    "link_next": "paging",
    "page_of_sorted": "paging",
    "scope_of": "paging",
}


def __getattr__(name: str) -> Any:
    if name not in _FETCHED:
        raise AttributeError(name)
    own = "answer" if name == "answer_problem" else name
    return getattr(import_module(f"tonle.api.{_FETCHED[name]}"), own)
