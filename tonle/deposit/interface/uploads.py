"""A file sent as the body of a PUT: permission first, then bytes to disk, then the draft."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse

from tonle.api.public import answer_problem
from tonle.catalogue import public as catalogue
from tonle.deposit.checks.services import incoming
from tonle.deposit.interface import digests
from tonle.deposit.interface.errors import Encoded, Incomplete, Stalled
from tonle.deposit.interface.shown import file_item
from tonle.deposit.uploads.errors import NoSpace
from tonle.infra import clock
from tonle.infra.server.uploads import End, Received, SpoolPlan, UploadAnswer
from tonle.kernel.actors import Actor
from tonle.kernel.errors import Conflict, TonleError, TooLarge

_MIB = 1 << 20


def receive(request: HttpRequest, draft_id: str, name: str, actor: Actor) -> HttpResponse:
    """Say where the body goes, or why it is not wanted, before a byte of it is read.

    Raises NotFound, Refused, Invalid, TooLarge, UnknownDigest, Encoded.
    """
    headers = request.headers
    if headers.get("Content-Encoding", "identity").lower() != "identity":
        raise Encoded
    promised = digests.expected([headers.get("Content-Digest"), headers.get("Repr-Digest")])
    room = catalogue.file_room(draft_id=draft_id, name=name, actor=actor, now=clock.now())
    declared = headers.get("Content-Length", "")
    if declared.isdecimal() and int(declared) > room:
        raise TooLarge(limit=room // _MIB, unit="MiB")
    finish = partial(
        _complete,
        draft_id=draft_id,
        name=name,
        media_type=_media_type(headers.get("Content-Type", "")),
        promised=promised,
        actor=actor,
        room=room,
    )
    return UploadAnswer(SpoolPlan(incoming(), 0, room), finish)


def _media_type(sent: str) -> str:
    """The type that the sender names; what clients send for want of knowing is no answer."""
    bare = sent.partition(";")[0].strip().lower()
    vague = {"", "application/octet-stream", "application/x-www-form-urlencoded"}
    return "" if bare in vague or len(bare) > 100 or "/" not in bare else bare


def _complete(
    received: Received,
    *,
    draft_id: str,
    name: str,
    media_type: str,
    promised: list[tuple[str, bytes]],
    actor: Actor,
    room: int,
) -> HttpResponse:
    """Check what arrived, and let the draft take it. What it does not take is removed."""
    path = received.plan.path
    try:
        if received.end is not End.WHOLE:
            raise _unfinished(received.end, room)
        digests.verify(path, promised)
        file = catalogue.take_file(
            draft_id=draft_id,
            name=name,
            spooled=path,
            media_type=media_type,
            actor=actor,
            now=clock.now(),
        )
    except TonleError as error:
        return answer_problem(error)
    finally:
        path.unlink(missing_ok=True)
        if not connection.in_atomic_block:
            # The body may have taken hours: this thread's connection is not kept for it.
            connection.close_if_unusable_or_obsolete()
    shown = file_item(draft_id, file)
    response = HttpResponse(shown.model_dump_json(), content_type="application/json", status=201)
    response["Location"] = shown.url
    return response


def _unfinished(end: End, room: int) -> TonleError:
    reasons: dict[End, TonleError] = {
        End.CUT: Incomplete(),
        End.STALLED: Stalled(),
        End.TOO_LARGE: TooLarge(limit=room // _MIB, unit="MiB"),
        End.FULL: NoSpace(),
    }
    return reasons.get(end, Conflict())


def example() -> dict[str, Any]:
    """How the document describes a body that is simply the file."""
    return {
        "requestBody": {
            "required": True,
            "content": {"*/*": {"schema": {"type": "string", "format": "binary"}}},
        },
        "parameters": [
            {
                "name": header,
                "in": "header",
                "required": False,
                "schema": {"type": "string"},
                "description": "RFC 9530. The file is kept only if its digest is this one.",
                "example": "sha-256=:n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg=:",
            }
            for header in ("Content-Digest", "Repr-Digest")
        ],
        "responses": {
            "201": {
                "description": "The file is in the draft; one of the same name was replaced.",
                "content": {
                    "application/json": {"schema": {"$ref": "#/components/schemas/DraftFileItem"}}
                },
            }
        },
    }
