"""What endpoints read from a request beside its parameters."""

from __future__ import annotations

from django.http import HttpRequest

from tonle.infra.idempotency import IdempotencyKey


def idempotency_key(request: HttpRequest) -> IdempotencyKey | None:
    """The key of a changing request, None where it has none; its form is checked when used.

    Source: draft-ietf-httpapi-idempotency-key-header, a structured string: quotes may stand
    around it.
    """
    header = request.headers.get("Idempotency-Key", "").strip()
    if len(header) >= 2 and header[0] == header[-1] == '"':
        header = header[1:-1].replace('\\"', '"').replace("\\\\", "\\")
    return header or None
