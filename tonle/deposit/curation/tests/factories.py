"""Deposits and the people around them."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from tests.constants import NOW
from tonle.catalogue.public import NewFile, add_file
from tonle.catalogue.tests.factories import description
from tonle.deposit.checks.tests.factories import files_read
from tonle.deposit.curation import services
from tonle.deposit.curation.models import Submission
from tonle.kernel.actors import NODE, Actor, Scope
from tonle.people.public import account_by_email
from tonle.people.tests.factories import account, actor, holder

RIGHTS = [{"identifier": "CC-BY-4.0"}]


def person(name: str, now: datetime = NOW) -> Actor:
    """Somebody with an account and a verified address, and nothing else."""
    return actor(account(name, now=now), now)


def with_role(name: str, role: str, scope: Scope = NODE, now: datetime = NOW) -> Actor:
    return actor(holder(name, role, scope, now=now), now)


def somebody(name: str, role: str = "", now: datetime = NOW) -> Actor:
    """The person of this name, made on the first call: for what is repeated after a crash."""
    known = account_by_email(f"{name}@example.org")
    if known is not None:
        return actor(known, now)
    return with_role(name, role, now=now) if role else person(name, now)


def submission(
    depositor: Actor,
    folder: Path,
    *,
    files: dict[str, bytes] | None = None,
    now: datetime = NOW,
    community: str = "",
    **fields: Any,
) -> Submission:
    """A deposit that could be handed in."""
    document = description(rights=RIGHTS, **fields)
    made = services.start(
        kind="dataset", actor=depositor, now=now, document=document, community=community
    )
    for name, data in ({"data.csv": b"a,b\n1,2\n"} if files is None else files).items():
        path = folder / "upload"
        path.write_bytes(data)
        add_file(draft_id=made.id, file=NewFile(name, path), actor=depositor, now=now)
    files_read(made.id, now)
    return made


def handed_in(depositor: Actor, folder: Path, *, now: datetime = NOW, **fields: Any) -> Submission:
    """A deposit that waits for a curator."""
    made = submission(depositor, folder, now=now, **fields)
    return services.hand_in(draft_id=made.id, actor=depositor, now=now)


def in_review(
    depositor: Actor, curator: Actor, folder: Path, *, now: datetime = NOW, **fields: Any
) -> Submission:
    """A deposit that a curator has taken on."""
    made = handed_in(depositor, folder, now=now, **fields)
    return services.claim(draft_id=made.id, actor=curator, now=now)
