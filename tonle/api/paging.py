"""Pages of a list by keyset: each begins after the last item of the one before.

A cursor names the sort values of that item, so it never expires, costs the same on
page 1,000 as on page 1, and neither repeats nor drops an item when others come in.
It is not signed: it holds nothing its reader has not just been shown, and a forged
one only begins the list elsewhere.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Generic, TypeVar

from django.core.exceptions import ValidationError
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from ninja import Query, Schema
from pydantic import Field

from tonle.api.errors import BadCursor

DEFAULT_LIMIT, LARGEST_LIMIT = 20, 100
LONGEST_CURSOR = 1024
VERSION = 1

T = TypeVar("T")
M = TypeVar("M", bound=Model)
Value = str | int | None

# Parameters of an endpoint that answers a list.
Limit = Annotated[int, Query(DEFAULT_LIMIT, ge=1, le=LARGEST_LIMIT, description="Items on a page.")]
CursorText = Annotated[
    str | None,
    Query(None, max_length=LONGEST_CURSOR, description="From `next` of the page before."),
]


class Page(Schema, Generic[T]):
    """One page of a list; `next` is the cursor of the page after it, null on the last."""

    items: list[T]
    next: str | None = Field(None, description="Cursor of the next page; null on the last one.")


def scope_of(name: str, filters: Mapping[str, Any]) -> str:
    """What a cursor is bound to: the list and its filters. 12 hexadecimal digits."""
    text = json.dumps([name, sorted(filters.items())], default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def encode_cursor(scope: str, values: Sequence[Value]) -> str:
    """An opaque, URL-safe cursor."""
    text = json.dumps([VERSION, scope, *values], separators=(",", ":"), ensure_ascii=False)
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def decode_cursor(scope: str, cursor: str) -> tuple[Value, ...]:
    """The values that were encoded. Raises BadCursor for one of another list or version."""
    if len(cursor) > LONGEST_CURSOR:
        raise BadCursor
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        version, found_scope, *values = json.loads(raw)
    except (binascii.Error, ValueError, TypeError, RecursionError) as error:
        raise BadCursor from error
    plain = all(value is None or type(value) in (str, int) for value in values)
    if version != VERSION or found_scope != scope or not plain:
        raise BadCursor
    return tuple(values)


@dataclass(frozen=True)
class Keyset:
    """A list's order, as Django spells it: Keyset("-published_at", "id").

    The last field must be unique and none may be null, else items could be lost
    between two pages.
    """

    fields: tuple[str, ...]

    def __init__(self, *fields: str) -> None:
        object.__setattr__(self, "fields", fields)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(field.removeprefix("-") for field in self.fields)

    def after(self, values: Sequence[Value]) -> Q:
        """What comes after an item with these values. Raises BadCursor on another count."""
        if len(values) != len(self.fields):
            raise BadCursor
        found = Q()
        for place, field in enumerate(self.fields):
            beyond = "lt" if field.startswith("-") else "gt"
            equal = dict(zip(self.names[:place], values, strict=False))
            found |= Q(**equal, **{f"{self.names[place]}__{beyond}": values[place]})
        return found

    def page(
        self, rows: QuerySet[M], *, scope: str, cursor: str | None, limit: int
    ) -> tuple[list[M], str | None]:
        """The items of one page and the cursor of the next, None on the last. One query."""
        try:
            if cursor is not None:
                rows = rows.filter(self.after(decode_cursor(scope, cursor)))
        except (ValidationError, ValueError, TypeError) as error:
            # A value that does not fit its column: not a cursor of ours.
            raise BadCursor from error
        # One more than shown tells whether there is a next page, without counting.
        found = list(rows.order_by(*self.fields)[: limit + 1])
        if len(found) <= limit:
            return found, None
        last = found[limit - 1]
        return found[:limit], encode_cursor(scope, [_plain(getattr(last, n)) for n in self.names])


def page_of_sorted(
    items: Sequence[T],
    key: Callable[[T], tuple[str | int, ...]],
    *,
    scope: str,
    cursor: str | None,
    limit: int,
) -> tuple[list[T], str | None]:
    """As `Keyset.page`, for a list whose order no database knows: sorted by this unique key.

    Raises BadCursor.
    """
    rest = list(items)
    if cursor is not None:
        after: tuple[Any, ...] = decode_cursor(scope, cursor)
        try:
            rest = [one for one in rest if key(one) > after]
        except TypeError as error:
            # Values of another sort: not a cursor of ours.
            raise BadCursor from error
    if len(rest) <= limit:
        return rest, None
    return rest[:limit], encode_cursor(scope, key(rest[limit - 1]))


def _plain(value: Any) -> Value:
    return value.isoformat() if isinstance(value, datetime) else value


def link_next(request: HttpRequest, response: HttpResponse, cursor: str | None) -> None:
    """Add `Link: <…>; rel="next"` (RFC 8288), so that a client need not build addresses."""
    if cursor is None:
        return
    query = request.GET.copy()
    query["cursor"] = cursor
    address = request.build_absolute_uri(f"{request.path}?{query.urlencode()}")
    response["Link"] = f'<{address}>; rel="next"'
