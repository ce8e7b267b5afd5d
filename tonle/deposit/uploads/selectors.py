"""What is on its way into a draft, for those who may write it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, cast

from django.urls import reverse

from tonle.catalogue import public as catalogue
from tonle.deposit.uploads.places import capability, under_way
from tonle.kernel.actors import Actor


@dataclass(frozen=True)
class Arriving:
    """One upload. path: its address on this node, which lets whoever knows it add bytes.

    sha256: hexadecimal: what it is, once it was read; until then what its sender announced.
    """

    id: str
    name: str
    state: Literal["receiving", "arrived", "ready"]
    length_bytes: int
    offset_bytes: int
    mark: str
    sha256: str
    path: str
    expires_at: datetime

    @property
    def percent(self) -> int:
        return 100 * self.offset_bytes // self.length_bytes if self.length_bytes else 100


def arriving(draft_id: str, actor: Actor, now: datetime) -> list[Arriving]:
    """Files that hold room in a draft and are not in it yet, first announced first. Two queries.

    While a body arrives, its bytes are counted once it has ended.
    Raises NotFound, alike for hidden and absent.
    """
    catalogue.known_draft(draft_id, actor)
    return [
        Arriving(
            id=row.id,
            name=row.name,
            state=cast(Literal["receiving", "arrived", "ready"], row.state),
            length_bytes=row.length_bytes,
            offset_bytes=row.offset_bytes,
            mark=row.mark,
            sha256=row.sha256 or row.promised_sha256,
            path=reverse("deposit:tus", args=[capability(row, draft_id)]),
            expires_at=row.expires_at,
        )
        for row in under_way(draft_id, now)
    ]
