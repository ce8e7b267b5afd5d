"""/api/v1/explore: what is in a file, before anybody fetches it."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Query, Router, Status

from tonle.api.public import AnyReader
from tonle.explore.selectors import looked_into
from tonle.infra import clock
from tonle.kernel.actors import Actor

router = Router(tags=["explore"], auth=AnyReader())

FileName = Annotated[str, Query(max_length=1000, description="As the record's document lists it.")]
Version = Annotated[
    int | None, Query(ge=1, description="Of the record's files; without it the newest.")
]


@router.get(
    "/{record_id}/preview",
    response={200: dict[str, Any], 202: dict[str, Any]},
    summary="What is in a file",
)
def preview(
    request: HttpRequest, record_id: str, file: FileName, version: Version = None
) -> dict[str, Any] | Status[dict[str, Any]]:
    """A `tonle-preview/1`: first rows, columns, text, members, extent; what the file's kind has.

    202 while it is being made, which takes seconds: ask again. For whoever may have the file.
    """
    actor: Actor = request.auth  # type: ignore[attr-defined] # Set by AnyReader.
    looked = looked_into(
        record_id=record_id, name=file, actor=actor, now=clock.now(), version=version
    )
    if looked.preview is None:
        return Status(202, {"sha256": looked.file["sha256"], "state": "being_made"})
    return {"sha256": looked.file["sha256"], **looked.preview}
