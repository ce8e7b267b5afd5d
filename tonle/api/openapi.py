"""What the OpenAPI document says of all operations alike: problems, tokens and keys."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from tonle.api.problems import MEDIA_TYPE
from tonle.infra.idempotency import LONGEST_KEY

DESCRIPTION = """\
Everything that can be found on this node, and what may be done with it.

Errors are `application/problem+json` (RFC 9457) with a stable `code`. Lists are read page by
page: send `next` of one page as `cursor` for the one after; a cursor never expires. A changing
request may carry an `Idempotency-Key`: sent twice, it is carried out once.
"""

PROBLEM: dict[str, Any] = {
    "type": "object",
    "title": "Problem",
    "description": "What went wrong, why, and what to do (RFC 9457).",
    "required": ["type", "title", "status", "detail", "code"],
    "properties": {
        "type": {"type": "string", "format": "uri-reference"},
        "title": {"type": "string"},
        "status": {"type": "integer", "minimum": 400, "maximum": 599},
        "detail": {"type": "string", "description": "For people, in their language."},
        "code": {"type": "string", "description": "For machines; never changes."},
        "reasons": {
            "type": "array",
            "description": "Every reason of a refusal at once.",
            "items": {
                "type": "object",
                "required": ["code", "detail"],
                "properties": {"code": {"type": "string"}, "detail": {"type": "string"}},
            },
        },
        "problems": {
            "type": "array",
            "description": "What is wrong with what was sent, and where.",
            "items": {
                "type": "object",
                "required": ["pointer", "detail"],
                "properties": {"pointer": {"type": "string"}, "detail": {"type": "string"}},
            },
        },
    },
}

ANY_ERROR: dict[str, Any] = {
    "description": "The request was not carried out.",
    "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
}

KEY: dict[str, Any] = {
    "name": "Idempotency-Key",
    "in": "header",
    "description": "A name of your choosing for this request. Sent again under the same one, "
    "because no answer came, it makes nothing twice and is answered as before.",
    "schema": {"type": "string", "minLength": 1, "maxLength": LONGEST_KEY, "pattern": "^[ -~]+$"},
}


def complete(document: dict[str, Any], described: Mapping[str, Any]) -> dict[str, Any]:
    """Add the addresses that are answered elsewhere, and to each operation that it may answer a
    problem, and that a token or a key may be sent. described: OpenAPI's "paths" of those addresses.
    """
    # What ninja gives is kept for the next reader: what is added goes into a copy.
    document["paths"] |= deepcopy(dict(described))
    components = document.setdefault("components", {})
    components.setdefault("schemas", {})["Problem"] = PROBLEM
    components.setdefault("securitySchemes", {})["Token"] = {"type": "http", "scheme": "bearer"}
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            if method == "parameters":
                continue
            operation["responses"].setdefault("default", ANY_ERROR)
            if method == "post" and path.startswith("/api/"):
                known = operation.get("parameters", [])
                operation["parameters"] = known if KEY in known else [*known, KEY]
            # {} first: without a token, public matter is answered all the same.
            operation.setdefault("security", [{}, {"Token": []}])
    return document
