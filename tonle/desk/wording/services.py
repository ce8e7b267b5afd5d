"""Proposing a wording, deciding about it, and letting what was accepted be said."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Count, Max
from django.urls import reverse

from tonle.desk.wording import permissions, sayings
from tonle.desk.wording.machine import WORDING
from tonle.desk.wording.models import Wording
from tonle.desk.wording.rules import LONGEST, faults
from tonle.infra import idempotency, wordings
from tonle.infra.lifecycle import Outcome, perform
from tonle.kernel import identifiers
from tonle.kernel.actors import NODE, Actor
from tonle.kernel.decisions import Decision
from tonle.kernel.errors import N_, Invalid, NotFound, NotPermitted, Refusal, Refused
from tonle.kernel.text import normalise
from tonle.people import public as people

log = logging.getLogger(__name__)

# Undecided proposals of one person, and of all strangers together: what a steward can read.
MOST_WAITING = 50
MOST_OF_STRANGERS = 200


def propose(
    *,
    language: str,
    saying: str,
    text: str,
    comment: str = "",
    actor: Actor,
    now: datetime,
    key: str | None = None,
) -> Wording:
    """Say what a message should say. saying: its id, see `sayings`. The same key again: once.

    Somebody who is not signed in may, and hears nothing of the decision.
    Raises NotFound, Invalid, Refused (it says so already, too many wait).
    """
    said = sayings.sayings(language).get(saying) if language in sayings.languages() else None
    if said is None:
        raise NotFound
    words, why = _words(text), normalise(comment[: 4 * LONGEST]).strip()[:1000]
    if not words:
        raise Invalid([("text", N_("Write what it should say."))])
    if wrong := faults(said.message, words):
        raise Invalid([("text", one) for one in wrong])
    if words == current(language, said):
        raise Refused([Refusal("said_so", N_("The node says exactly this already."))])

    def work() -> str:
        _refuse_too_many(actor)
        made = Wording.objects.create(
            id=identifiers.mint(),
            language=language,
            context=said.context,
            message=said.message,
            message_sha256=said.id,
            before=current(language, said),
            proposed=words,
            comment=why,
            proposed_by=actor.id if actor.kind == "person" else "",
            proposed_at=now,
        )
        people.notify_holders(
            role="steward", scope=NODE, topic="desk.wording_proposed", link=_link(made), now=now,
            key=made.id, but=actor.id, about=_about(made),
        )  # fmt: skip
        return made.id

    body = {"language": language, "saying": saying, "text": words, "comment": why}
    # Who is not signed in has no name that a key could be kept under.
    known = key if actor.id else None
    return Wording.objects.get(id=idempotency.once(actor, known, body, now, work))


@transaction.atomic
def accept(*, wording_id: str, answer: str = "", actor: Actor, now: datetime) -> Wording:
    """Let the node say it from now on. What was in use for the message before is replaced.

    Raises NotFound, NotPermitted, Refused, Invalid.
    """
    return _decide(wording_id, "accept", answer, actor, now)


@transaction.atomic
def decline(*, wording_id: str, answer: str, actor: Actor, now: datetime) -> Wording:
    """Turn it down, or use it no longer. answer: why. Raises NotFound, NotPermitted, Invalid."""
    if not answer.strip():
        raise Invalid([("answer", N_("Say why, so that whoever proposed it understands."))])
    row = load(wording_id, actor)
    return _decide(
        wording_id, "set_aside" if row.state == "accepted" else "decline", answer, actor, now
    )


@transaction.atomic
def reopen(*, wording_id: str, actor: Actor, now: datetime) -> Wording:
    """Decide anew about what was turned down. Raises NotFound, NotPermitted, Refused."""
    return _decide(wording_id, "reopen", "", actor, now)


@transaction.atomic
def take_back(*, wording_id: str, actor: Actor, now: datetime) -> Wording:
    """The proposer thinks otherwise. Raises NotFound, NotPermitted, Refused."""
    row = load(wording_id, actor)
    perform(WORDING, row, "take_back", actor, now)
    return load(wording_id, actor)


def load(wording_id: str, actor: Actor) -> Wording:
    """A wording that the actor may know of. Raises NotFound alike for hidden and absent."""
    row = Wording.objects.filter(permissions.visible_to(actor), id=wording_id).first()
    if row is None:
        raise NotFound
    return row


def current(language: str, said: sayings.Saying) -> str:
    """What the node says for a message now. One query."""
    row = Wording.objects.filter(
        language=language, message_sha256=said.id, state="accepted"
    ).first()
    return row.proposed if row and not faults(row.message, row.proposed) else said.text


def _decide(wording_id: str, event: str, answer: str, actor: Actor, now: datetime) -> Wording:
    row = load(wording_id, actor)
    _demand(permissions.may_decide(actor))
    if event == "accept":
        if wrong := faults(row.message, row.proposed):
            # Proposed when less was asked of a wording.
            raise Invalid([("", one) for one in wrong])
        # First, since of one message only one wording can be in use.
        same = Wording.objects.filter(
            language=row.language, message_sha256=row.message_sha256, state="accepted"
        )
        for older in same.select_for_update():
            perform(WORDING, older, "replace", actor, now)
    perform(WORDING, row, event, actor, now)
    Wording.objects.filter(key=row.key).update(
        decided_by=actor.id, decided_at=now, answer=_words(answer)[:1000]
    )
    transaction.on_commit(refresh)
    return load(wording_id, actor)


# --- what the machine asks and tells --------------------------------------------------------


def facts(row: Wording, _now: datetime) -> dict[str, Any]:
    return {"still_said": row.message_sha256 in sayings.sayings(row.language)}


def after(row: Wording, outcome: Outcome, actor: Actor, now: datetime) -> None:
    """Whoever waited for a decision is told; what waited at the desk waits no longer."""
    people.end_notices(about=_about(row), now=now, topics=("desk.wording_proposed",))
    topic = {"accept": "desk.wording_accepted", "decline": "desk.wording_declined",
             "set_aside": "desk.wording_declined"}.get(outcome.event)  # fmt: skip
    if topic and row.proposed_by and row.proposed_by != actor.id:
        people.notify(
            account_id=row.proposed_by, topic=topic, link=_link(row), now=now,
            key=f"{row.id}/{outcome.seq}", about=_about(row),
        )  # fmt: skip


def erase(account_id: str, _actor: Actor, _now: datetime) -> None:
    """The words stay, which are the node's by now; whose they were is forgotten."""
    Wording.objects.filter(proposed_by=account_id).update(proposed_by="", comment="")
    Wording.objects.filter(decided_by=account_id).update(decided_by="")


# --- what is in use ---------------------------------------------------------------------------

_known: tuple[int, ...] | None = None


def stamp() -> tuple[int, ...]:
    """Changes whenever what is in use does. One query. Brings this process up to date."""
    found = Wording.objects.filter(state="accepted").aggregate(
        number=Count("key"), at=Max("decided_at"), seq=Max("key")
    )
    at = int(found["at"].timestamp() * 1000) if found["at"] else 0
    now = (found["number"], at, found["seq"] or 0)
    if now != _known:
        refresh(now)
    return now


def refresh(known: tuple[int, ...] | None = None) -> None:
    """Let the pages of this process say what is in use. One query where a word is corrected."""
    global _known
    _known = known
    wordings.apply(in_use())


def in_use() -> Mapping[str, Mapping[wordings.Key, str]]:
    """The corrections in use: by language, then (context, message). One query.

    One that does not hold, accepted when less was asked of it, is left out: it would break
    the pages that say it. The log and its own page tell.
    """
    found: dict[str, dict[wordings.Key, str]] = {}
    for row in Wording.objects.filter(state="accepted").order_by("key"):
        if faults(row.message, row.proposed):
            log.error(
                "A correction of %s is left out, it does not hold: %s", row.language, _link(row)
            )
            continue
        found.setdefault(row.language, {})[row.context, row.message] = row.proposed
    return found


# --- how it is put together --------------------------------------------------------------------


def _refuse_too_many(actor: Actor) -> None:
    own = actor.id if actor.kind == "person" else ""
    waiting = Wording.objects.filter(state="proposed", proposed_by=own).count()
    if waiting >= (MOST_WAITING if own else MOST_OF_STRANGERS):
        raise Refused(
            [
                Refusal(
                    "too_many", N_("Many proposals wait already. Try again when they are decided.")
                )
            ]
        )


def _words(text: str) -> str:
    if len(text) > 4 * LONGEST:
        raise Invalid([("text", N_("Say it in less than 4,000 characters."))])
    return normalise(text).replace("\r\n", "\n").strip()


def _link(row: Wording) -> str:
    return reverse("desk:wording", args=[row.id])


def _about(row: Wording) -> str:
    return f"wording/{row.id}"


def _demand(decision: Decision) -> None:
    if not decision:
        raise NotPermitted(reason=decision)
