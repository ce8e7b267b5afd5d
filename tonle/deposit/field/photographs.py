"""Photographs that become a record: what they say, what is filled in, and sending them."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tonle.catalogue import public as catalogue
from tonle.deposit import checks, curation
from tonle.deposit.checks import services as checking
from tonle.deposit.checks.rules.personal import photographs as files
from tonle.deposit.field import looking
from tonle.deposit.field.models import LookedInto
from tonle.deposit.field.rules import pictures
from tonle.deposit.field.rules.camera import Photograph
from tonle.infra import jobs, keeping
from tonle.kernel.actors import Actor
from tonle.kernel.errors import N_, Refused, TonleError
from tonle.people import public as people

log = logging.getLogger(__name__)

SEND_JOB = "deposit.field.send"
# More than these are a collection, for which the long form is better.
MOST = 20
# So many are made ready while somebody waits; more in the background.
AT_ONCE = 3
WAITS = "deposit.photographs_wait"


@dataclass(frozen=True)
class Seen:
    """One photograph of a draft. can_clean: whether a copy without place and owner can be made."""

    name: str
    size_bytes: int
    said: Photograph
    can_clean: bool


def seen(draft: catalogue.DraftView, actor: Actor, now: datetime) -> list[Seen]:
    """The photographs of a draft, the first MOST of them. Reads those that nobody has read: a
    process start for each."""
    known = {(row.name, row.sha256): row for row in LookedInto.objects.filter(draft__id=draft.id)}
    found: list[Seen] = []
    for file in draft.files:
        if not pictures.is_picture(file.name) or len(found) >= MOST:
            continue
        row = known.get((file.name, file.sha256)) or _look(draft, file, actor, now)
        try:
            said = Photograph.from_json(row.found)
        except (ValueError, KeyError, TypeError):
            said = Photograph()
        found.append(Seen(file.name, file.size_bytes, said, files.can_clean(file.name)))
    return found


def _look(
    draft: catalogue.DraftView, file: catalogue.DraftFileView, actor: Actor, now: datetime
) -> LookedInto:
    _, place = catalogue.draft_file(draft_id=draft.id, name=file.name, actor=actor, now=now)
    with keeping.local(place) as path:
        said = looking.photograph(path)
    row, _ = LookedInto.objects.get_or_create(
        draft=catalogue.Draft.objects.get(id=draft.id),
        name=file.name,
        sha256=file.sha256,
        defaults={"found": said.to_json(), "at": now},
    )
    return row


def last_told(actor: Actor, now: datetime) -> tuple[str, str]:
    """(licence, name of the one who made it) of this person's last deposit; "" for none of them.

    Few queries.
    """
    rows = curation.Submission.objects.filter(depositor=actor.id).order_by("-key")
    licence = name = ""
    for id in rows.values_list("id", flat=True)[:6]:
        try:
            document = catalogue.draft_view(draft_id=id, actor=actor, now=now).document
        except TonleError:
            continue
        licence = licence or next(
            (str(one["identifier"]) for one in document.get("rights", ()) if "identifier" in one),
            "",
        )
        made = document.get("creators", ())
        name = name or (str(made[0]["name"]) if len(made) == 1 else "")
    return licence, name


def describe(
    *,
    draft_id: str,
    told: pictures.Told,
    actor: Actor,
    now: datetime,
) -> None:
    """Put what the short form says into the draft. Raises as `edit_draft`."""
    draft = catalogue.draft_view(draft_id=draft_id, actor=actor, now=now)
    photographs = [one.said for one in seen(draft, actor, now)]
    document = pictures.described(draft.document, told, photographs)
    catalogue.edit_draft(
        draft_id=draft_id, document=document, actor=actor, now=now, base=draft.edit_seq
    )


def send(*, draft_id: str, clean: bool, actor: Actor, now: datetime) -> str:
    """Hand the photographs in; cleaned first, where that is wanted. The state it has come to.

    A few are made ready here and now, more by a job. Raises NotFound, Refused.
    """
    draft = catalogue.draft_view(draft_id=draft_id, actor=actor, now=now)
    if len(draft.files) <= AT_ONCE:
        return _finish(draft_id, clean, actor, now)
    payload = {"draft": draft_id, "clean": clean, "actor": actor.id}
    jobs.enqueue(SEND_JOB, payload, run_at=now, unique_key=f"{SEND_JOB}/{draft_id}")
    return draft.state


@jobs.handler(SEND_JOB, queue="checks", max_attempts=2, lease_seconds=600)
def _send_job(run: jobs.Run, now: datetime) -> None:
    actor = people.actor_by_id(run.payload["actor"], now)
    draft_id = run.payload["draft"]
    try:
        _finish(draft_id, run.payload["clean"], actor, now)
    except (TonleError, Refused) as error:
        log.info("Photographs of a draft wait for their depositor: %s", type(error).__name__)
        people.notify(
            account_id=actor.id,
            topic=WAITS,
            link=f"/deposit/{draft_id}/check",
            now=now,
            data={},
            key=f"{WAITS}/{draft_id}/{now.isoformat()}",
            about=f"deposit/{draft_id}",
        )


# What the curator reads beside each finding that stays.
KEPT = N_("The depositor was shown what the photographs tell, and publishes it.")


def _finish(draft_id: str, clean: bool, actor: Actor, now: datetime) -> str:
    checking.read_now(draft_id, now)
    if clean:
        _clean(draft_id, actor, now)
        checking.read_now(draft_id, now)
    else:
        _keep(draft_id, actor, now)
    return str(curation.hand_in(draft_id=draft_id, actor=actor, now=now).state)


def _open(draft_id: str) -> list[Any]:
    """Files in which a photograph's own words wait for a decision."""
    kinds = {"photo_position", "camera_owner"}
    return [
        file
        for file in checks.summary(draft_id).files
        if any(one.open and one.kind in kinds for one in file.found)
    ]


def _clean(draft_id: str, actor: Actor, now: datetime) -> None:
    """Put a copy without place and owner into the place of each that has them, by its name.

    One of which no copy can be made stays, and its finding waits for its depositor.
    """
    for file in _open(draft_id):
        if "clean" in file.copies:
            checking.clean_now(draft_id=draft_id, check_id=file.id, actor=actor, now=now)


def _keep(draft_id: str, actor: Actor, now: datetime) -> None:
    from tonle.infra.i18n import say

    kinds = {"photo_position", "camera_owner"}
    ids = [
        one.id for file in _open(draft_id) for one in file.found if one.open and one.kind in kinds
    ]
    if ids:
        checking.keep(
            draft_id=draft_id, finding_ids=ids, reason=say(KEPT), actor=actor, now=now, key=None
        )
