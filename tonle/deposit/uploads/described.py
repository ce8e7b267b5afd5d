"""What OpenAPI says of tus, which stands outside of /api/v1 so that any client may speak it."""

from __future__ import annotations

from typing import Any, Final


def _header(name: str, description: str, *, required: bool = True) -> dict[str, Any]:
    return {
        "name": name, "in": "header", "required": required, "description": description,
        "schema": {"type": "string"},
    }  # fmt: skip


def _told(description: str) -> dict[str, Any]:
    return {"description": description, "schema": {"type": "string"}}


_SPOKEN: Final = _header("Tus-Resumable", "1.0.0")
_STANDING: Final = {
    "Upload-Offset": _told("Bytes that are kept."),
    "Upload-Expires": _told("Until when the rest is waited for."),
}
_UPLOAD: Final = {
    "name": "arriving", "in": "path", "required": True, "schema": {"type": "string"},
    "description": "From the Location of the announcement. Whoever knows it may send; no token.",
}  # fmt: skip

PATHS: Final[dict[str, dict[str, Any]]] = {
    "/uploads/": {
        "post": {
            "operationId": "announce_upload",
            "summary": "Announce a file of a deposit (tus 1.0)",
            "tags": ["uploads"],
            "security": [{"Token": []}],
            "parameters": [
                _SPOKEN,
                _header("Upload-Length", "How many bytes will come."),
                _header(
                    "Upload-Metadata",
                    "`draft` and `filename`, and `sha256` of the whole where it is known; each "
                    "with its value in base64.",
                ),
            ],
            "responses": {
                "201": {
                    "description": "Send the bytes to the address in Location.",
                    "headers": {
                        "Location": _told("Where the bytes go."),
                        "Tonle-Upload": _told("By this name the REST interface attaches it."),
                        **_STANDING,
                    },
                },
                "413": {"description": "Larger than this node takes."},
                "507": {"description": "There is no room for it now."},
            },
        }
    },
    "/uploads/{arriving}": {
        "parameters": [_UPLOAD],
        "head": {
            "operationId": "ask_upload",
            "summary": "How much of it is here",
            "tags": ["uploads"],
            "parameters": [_SPOKEN],
            "responses": {"200": {"description": "Go on from there.", "headers": _STANDING}},
        },
        "patch": {
            "operationId": "send_upload",
            "summary": "Add bytes",
            "tags": ["uploads"],
            "parameters": [
                _SPOKEN,
                _header("Upload-Offset", "How much is here already."),
                _header(
                    "Upload-Checksum",
                    "Algorithm and digest of this part, in base64.",
                    required=False,
                ),
            ],
            "requestBody": {
                "required": True,
                "content": {
                    "application/offset+octet-stream": {
                        "schema": {"type": "string", "format": "binary"}
                    }
                },
            },
            "responses": {
                "204": {"description": "They are kept.", "headers": _STANDING},
                "409": {"description": "Another offset is here; HEAD tells it."},
                "460": {"description": "The part differs from its checksum; nothing was added."},
            },
        },
        "delete": {
            "operationId": "end_upload",
            "summary": "Give the upload up",
            "tags": ["uploads"],
            "parameters": [_SPOKEN],
            "responses": {"204": {"description": "Nothing of it is kept."}},
        },
    },
}
