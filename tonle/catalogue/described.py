"""What OpenAPI says of the addresses of files, which the catalogue answers outside of /api/v1."""

from __future__ import annotations

from typing import Any, Final


def _place(name: str, description: str, kind: str = "string") -> dict[str, Any]:
    return {
        "name": name, "in": "path", "required": True, "description": description,
        "schema": {"type": kind},
    }  # fmt: skip


def _header(name: str, description: str) -> dict[str, Any]:
    return {"name": name, "in": "header", "description": description, "schema": {"type": "string"}}


def _told(description: str) -> dict[str, Any]:
    return {"description": description, "schema": {"type": "string"}}


_RECORD: Final = _place("record_id", "Id of the record.")
_VERSION: Final = _place("version", "Number of a version.", "integer")
_NAME: Final = _place("name", "Name of the file in the record; it may hold slashes.")
_ASKED: Final = [
    _header("Range", "A part, as `bytes=0-1023` (RFC 9110)."),
    _header("If-None-Match", "The ETag of what the client holds."),
    _header("If-Range", "The part only if the file is still this one; else all of it."),
]
_BYTES: Final = {"*/*": {"schema": {"type": "string", "format": "binary"}}}
_DIGESTS: Final = {
    "ETag": _told("Names these bytes; the same bytes have the same."),
    "Repr-Digest": _told("SHA-256 and SHA-512 of the whole file (RFC 9530)."),
}
_FILE: Final[dict[str, Any]] = {
    "200": {"description": "The bytes.", "headers": _DIGESTS, "content": _BYTES},
    "206": {"description": "The part that was asked for.", "headers": _DIGESTS, "content": _BYTES},
    "304": {"description": "The client has it."},
    "403": {"description": "The files are not for this reader; how to ask for them is said."},
    "404": {"description": "There is none, or none that this reader may know of."},
    "416": {"description": "There is no such part."},
}
_ZIP: Final[dict[str, Any]] = {
    "200": {
        "description": "The files, their digests and what is said of them: a BagIt bag that is "
        "an RO-Crate, streamed.",
        "content": {"application/zip": {"schema": {"type": "string", "format": "binary"}}},
    },
    "206": {"description": "The part that was asked for: a download goes on where it ended."},
    "403": _FILE["403"],
    "404": _FILE["404"],
}
_CERTIFICATE: Final[dict[str, Any]] = {
    "200": {
        "description": "Who gave what, when; with a code to verify it by.",
        "content": {"application/pdf": {"schema": {"type": "string", "format": "binary"}}},
    },
    "404": _FILE["404"],
}


def _get(summary: str, name: str, places: list[Any], answers: dict[str, Any]) -> dict[str, Any]:
    return {
        "get": {
            "operationId": name, "summary": summary, "tags": ["files"],
            "parameters": places, "responses": dict(answers),
        }
    }  # fmt: skip


PATHS: Final[dict[str, dict[str, Any]]] = {
    "/records/{record_id}/files/{name}": _get(
        "A file of the newest version", "file", [_RECORD, _NAME, *_ASKED], _FILE
    ),
    "/records/{record_id}/v{version}/files/{name}": _get(
        "A file of a version", "version_file", [_RECORD, _VERSION, _NAME, *_ASKED], _FILE
    ),
    "/records/{record_id}/zip": _get(
        "The whole record, as a zip", "whole", [_RECORD, *_ASKED], _ZIP
    ),
    "/records/{record_id}/v{version}/zip": _get(
        "A whole version, as a zip", "version_whole", [_RECORD, _VERSION, *_ASKED], _ZIP
    ),
    "/records/{record_id}/certificate": _get(
        "The certificate of deposit", "certificate", [_RECORD], _CERTIFICATE
    ),
    "/records/{record_id}/v{version}/certificate": _get(
        "The certificate of a version", "version_certificate", [_RECORD, _VERSION], _CERTIFICATE
    ),
}
