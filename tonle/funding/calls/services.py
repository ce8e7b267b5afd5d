"""Drafting a joint call, and what follows from its signatures. Page and API come through here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from tonle.agreements.public import PartyStep
from tonle.funding.calls import permissions, publication, telling
from tonle.funding.models import Call, CallParty, CallText
from tonle.funding.rules import call_text
from tonle.funding.rules.machines import CALL, CALL_TEXT
from tonle.infra import audit
from tonle.infra.idempotency import once
from tonle.infra.lifecycle import Outcome, perform, schedule
from tonle.kernel import identifiers
from tonle.kernel.actors import SYSTEM, Actor
from tonle.kernel.errors import N_, Conflict, Invalid, NotFound, NotPermitted, Refusal, Refused

SUBJECT = "call"


def create_call(
    *,
    title: Mapping[str, str],
    parties: Sequence[Mapping[str, Any]],
    actor: Actor,
    now: datetime,
    key: str | None = None,
) -> CallText:
    """Begin a joint call with the first draft of its text.

    parties: as in `tonle-call-text/1`; an envelope may be 0 for now, and nothing is whole yet.
    Raises NotPermitted, Invalid.
    """
    _demand(permissions.may_begin(actor))

    def work() -> str:
        name = identifiers.mint()
        document = shaped(
            call_text.begun(name, settings.TONLE_URL, settings.TONLE_TIME_ZONE, title, parties)
        )
        call = Call.objects.create(id=name, created_by=actor.id, created_at=now)
        text = CallText.objects.create(
            id=identifiers.mint(), call=call, number=1, document=document, updated_at=now
        )
        _keep_parties(call, document)
        audit.record("funding.call_begun", SUBJECT, call.id, actor, now, {"text": text.id})
        return text.id

    asked = {"call": [dict(title), [dict(party) for party in parties]]}
    with transaction.atomic():
        return CallText.objects.get(id=once(actor, key, asked, now, work))


def write_text(
    *, text_id: str, document: Mapping[str, Any], edit: int, actor: Actor, now: datetime
) -> CallText:
    """Keep what was written. Who had signed other words has not signed these.

    edit: that of the draft which the writer had before them; another one meanwhile raises
    Conflict, and nothing is overwritten. The text need not be whole. Raises NotFound, Refused,
    Invalid.
    """
    with transaction.atomic():
        text = load(text_id, actor, lock=True)
        if text.state != "draft":
            raise Refused([Refusal("not_a_draft", N_("This text is signed. Begin a corrigendum."))])
        if text.edit != edit:
            raise Conflict
        kept = {name: text.document[name] for name in ("schema", "call", "version", "node")}
        made = shaped({**document, **kept})
        if found := _succession(text, made):
            raise Invalid(found)
        text.document = made
        text.edit += 1
        text.updated_at = now
        text.save(update_fields=["document", "edit", "updated_at"])
        if text.number == 1:
            _keep_parties(text.call, made)
        said = {"text": text.id, "edit": text.edit}
        audit.record("funding.call_text_written", SUBJECT, text.call.id, actor, now, said)
    return text


def begin_corrigendum(
    *, call_id: str, actor: Actor, now: datetime, key: str | None = None
) -> CallText:
    """Begin the next version of the text with the words of the one in force. One at a time.

    Raises NotFound, Refused.
    """

    def work() -> str:
        call = call_of(call_id, actor, lock=True)
        last = call.texts.order_by("-number").first()
        if last is None:
            raise NotFound
        if last.state == "draft":
            return last.id
        in_force = call.texts.filter(state="agreed").first()
        if in_force is None or call.state not in {"agreed", "published", "open"}:
            raise Refused(
                [Refusal("call_is_over", N_("The call is closed: its text stays as it is."))]
            )
        document = {**in_force.document, "version": last.number + 1}
        document.pop("corrects", None)
        text = CallText.objects.create(
            id=identifiers.mint(),
            call=call,
            number=last.number + 1,
            document=document,
            updated_at=now,
        )
        audit.record("funding.corrigendum_begun", SUBJECT, call.id, actor, now, {"text": text.id})
        return text.id

    with transaction.atomic():
        return CallText.objects.get(id=once(actor, key, {"corrigendum": call_id}, now, work))


def publish_call(*, call_id: str, actor: Actor, now: datetime, key: str | None = None) -> Outcome:
    """Let everybody read the call; its record follows by itself.

    Raises NotFound, NotPermitted, Refused.
    """
    with transaction.atomic():
        return perform(CALL, call_of(call_id, actor), "publish", actor, now, key=key)


def abandon_call(
    *, call_id: str, reason: str, actor: Actor, now: datetime, key: str | None = None
) -> Outcome:
    """Give a call up before it is published, with the reason. Raises NotFound, Refused."""
    with transaction.atomic():
        call = call_of(call_id, actor)
        return perform(CALL, call, "abandon", actor, now, key=key, note=reason.strip())


def abandon_text(
    *, text_id: str, reason: str, actor: Actor, now: datetime, key: str | None = None
) -> Outcome:
    """Give a corrigendum up before all have signed it. Raises NotFound, Refused."""
    with transaction.atomic():
        text = load(text_id, actor)
        return perform(CALL_TEXT, text, "abandon", actor, now, key=key, note=reason.strip())


# --- what follows from signatures --------------------------------------------------------


def sign_when_all_have(text: CallText, now: datetime) -> None:
    """Once every party has signed these very words, they are the text of the call.

    Called in the transaction of the last signature, with the rows locked.
    """
    if set(signed(text)) < set(_slugs(text.call)):
        return
    call = Call.objects.select_for_update().get(pk=text.call_id)
    before = call.texts.filter(state="agreed").first()
    if before is not None:
        perform(CALL_TEXT, before, "replace", SYSTEM, now)
    CallText.objects.filter(pk=text.pk).update(
        sha256=call_text.digest(text.document), agreed_at=now
    )
    perform(CALL_TEXT, text, "sign", SYSTEM, now)
    _keep_parties(call, text.document)
    call.in_force = text.number
    call.opens_at = call_text.instant(text.document, "opens_at")
    call.closes_at = call_text.instant(text.document, "closes_at")
    call.save(update_fields=["in_force", "opens_at", "closes_at"])
    if call.state == "draft":
        perform(CALL, call, "sign", SYSTEM, now)
    else:
        schedule(CALL, call, now)
        publication.ask(call, now)
        telling.of_corrigendum(call, text, now)


def after_call(call: Call, outcome: Outcome, actor: Actor, now: datetime) -> None:
    """What is true at the same instant as a move of a call."""
    if outcome.target == "given_up":
        for text in call.texts.filter(state="draft"):
            perform(CALL_TEXT, text, "abandon", SYSTEM, now)
    if outcome.target in publication.PUBLIC:
        publication.ask(call, now)
    telling.of_move(call, outcome.target, actor, now)


def call_facts(call: Call, now: datetime) -> dict[str, Any]:
    """What guards and timers of a call read: three queries."""
    text = call.texts.order_by("-number").first()
    return {
        "now": now,
        "opens_at": call.opens_at,
        "closes_at": call.closes_at,
        "parties": _slugs(call),
        "signed": signed(text) if text is not None else [],
    }


def text_facts(text: CallText, now: datetime) -> dict[str, Any]:
    """What guards of a text read: four queries."""
    problems = call_text.problems(text.document)
    return {
        "now": now,
        "problems": problems or _succession(text, text.document),
        "parties": _slugs(text.call),
        "signed": signed(text),
        "version": text.number,
        "call_state": Call.objects.values_list("state", flat=True).get(pk=text.call_id),
        "closes_at": None if problems else call_text.instant(text.document, "closes_at"),
    }


def signed(text: CallText) -> list[str]:
    """The parties that have signed these very words. One query."""
    done = PartyStep.objects.filter(
        subject_kind=SUBJECT,
        subject=text.id,
        deed="sign",
        state="confirmed",
        sha256=text.sha256 or call_text.digest(text.document),
    )
    return sorted(set(done.values_list("party", flat=True)))


# --- how it is put together --------------------------------------------------------------


def load(text_id: str, actor: Actor, *, lock: bool = False) -> CallText:
    """A text that the actor may read. Raises NotFound alike for hidden and absent."""
    rows = CallText.objects.select_related("call")
    if lock:
        rows = rows.select_for_update(of=("self",))
    text = rows.filter(id=text_id).first()
    if text is None or not permissions.may_read(actor, text.call):
        raise NotFound
    return text


def call_of(call_id: str, actor: Actor, *, lock: bool = False) -> Call:
    """A call that the actor may read. Raises NotFound alike for hidden and absent."""
    rows = Call.objects.select_for_update() if lock else Call.objects
    call = rows.filter(id=call_id).first()
    if call is None or not permissions.may_read(actor, call):
        raise NotFound
    return call


def shaped(document: Mapping[str, Any]) -> dict[str, Any]:
    """A draft as it is kept. Raises Invalid where it could be the beginning of no text."""
    made = call_text.settled(document)
    if found := call_text.shape_problems(made):
        raise Invalid(found)
    slugs = [party["id"] for party in made["parties"]]
    if len(set(slugs)) < len(slugs):
        raise Invalid([("/parties", N_("Each party stands there once, under its own name."))])
    return made


def address(text: CallText) -> str:
    """The path of the page of a text; what is printed for signature leads there."""
    return reverse("funding:call_text", args=[text.call.id, text.number])


def _succession(text: CallText, document: Mapping[str, Any]) -> list[call_text.Problem]:
    if text.number == 1:
        return []
    before = text.call.texts.get(number=text.call.in_force)
    opened = text.call.state not in {"draft", "agreed", "published"}
    return call_text.succession_problems(before.document, document, opened=opened)


def _keep_parties(call: Call, document: Mapping[str, Any]) -> None:
    """The rows of the parties as the text names them. Raises Refused for less than was granted."""
    wanted = {party["id"]: party for party in document["parties"]}
    for row in call.parties.all():
        party = wanted.get(row.slug)
        if party is None:
            row.delete()
        elif party["envelope_minor"] < row.granted_minor:
            raise Refused(
                [
                    Refusal(
                        "granted_already",
                        N_("A party has granted more already than its envelope would be."),
                    )
                ]
            )
    for slug, party in wanted.items():
        CallParty.objects.update_or_create(
            call=call,
            slug=slug,
            defaults={
                "organisation": party.get("organisation", ""),
                "currency": party["currency"],
                "envelope_minor": party["envelope_minor"],
            },
        )


def _slugs(call: Call) -> list[str]:
    return list(call.parties.order_by("key").values_list("slug", flat=True))


def _demand(decision: Any) -> None:
    if not decision:
        raise NotPermitted(reason=decision)
