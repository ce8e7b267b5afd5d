"""What endpoints read from a request beside its parameters."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpRequest
from ninja import Schema
from ninja.parser import Parser
from pydantic import ConfigDict

from tonle.infra.idempotency import IdempotencyKey


class Body(Schema):
    """What a caller sends: a field that nobody knows is refused, since a slip of the pen in its
    name would be answered with something else than was asked for."""

    model_config = ConfigDict(extra="forbid")


class BodyParser(Parser):
    """JSON as ninja reads it, without U+0000: it is no letter, and PostgreSQL keeps none."""

    def parse_body(self, request: HttpRequest) -> Any:
        read = json.loads(request.body)
        return _without_nul(read) if b"\\u0000" in request.body else read


def _without_nul(value: Any) -> Any:
    if isinstance(value, str):
        return value.replace("\0", "")
    if isinstance(value, list):
        return [_without_nul(one) for one in value]
    if isinstance(value, dict):
        return {_without_nul(key): _without_nul(one) for key, one in value.items()}
    return value


def idempotency_key(request: HttpRequest) -> IdempotencyKey | None:
    """The key of a changing request, None where it has none; its form is checked when used.

    Source: draft-ietf-httpapi-idempotency-key-header, a structured string: quotes may stand
    around it.
    """
    header = request.headers.get("Idempotency-Key", "").strip()
    if len(header) >= 2 and header[0] == header[-1] == '"':
        header = header[1:-1].replace('\\"', '"').replace("\\\\", "\\")
    return header or None
