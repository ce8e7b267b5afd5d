"""Asking, deciding, ending. Page and API come through here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import translation

from tonle.catalogue import public as catalogue
from tonle.deposit.access import permissions
from tonle.deposit.access.machine import ACCESS_REQUEST, OPEN
from tonle.deposit.access.models import AccessRequest
from tonle.deposit.access.rules import TERMS, digest, terms_text
from tonle.infra import audit, jobs
from tonle.infra.i18n import say
from tonle.infra.idempotency import once
from tonle.infra.lifecycle import Outcome, perform
from tonle.kernel import identifiers
from tonle.kernel.actors import NODE, SYSTEM, Actor, Scope
from tonle.kernel.errors import N_, Invalid, NotFound, NotPermitted, Refusal, Refused
from tonle.people import public as people

LONGEST = 4_000
LONGEST_AFFILIATION = 300
LONGEST_DAYS = 3_653  # Ten years: beyond that nobody knows whom they let in.


_NOT_ON_REQUEST = Refusal("not_restricted", N_("These files are not given out on request."))


class TermsChanged(Refused):
    """The terms are others than those that were read."""

    code = "terms_changed"


def terms_of(*, record_id: str, language: str, actor: Actor, now: datetime) -> tuple[str, str]:
    """The terms of a record's files as they are now, and their SHA-256.

    Raises NotFound, or Refused where nothing is given out on request.
    """
    view = _asked_record(record_id, actor, now)
    return _terms(view.document, language)


def _terms(document: dict[str, Any], language: str) -> tuple[str, str]:
    with translation.override(language):
        text = terms_text(document, language, tuple(say(sentence) for sentence in TERMS))
    return text, digest(text)


def _asked_record(record_id: str, actor: Actor, now: datetime) -> Any:
    """A published record with restricted files."""
    view = catalogue.record_view(record_id=record_id, actor=actor, now=now)
    if view.record.state != "published" or view.record.access_level != "restricted":
        raise Refused([_NOT_ON_REQUEST])
    return view


def ask_access(
    *,
    record_id: str,
    purpose: str,
    affiliation: str,
    terms_sha256: str,
    language: str,
    actor: Actor,
    now: datetime,
    key: str | None = None,
) -> AccessRequest:
    """Ask to be let in. Who has asked already, or is let in already, gets that request.

    terms_sha256: of the text that the asker has read, in this language. Raises NotFound,
    NotPermitted, Invalid, TermsChanged, Refused.
    """
    if actor.kind != "person" or not actor.id:
        raise NotPermitted(reason=N_("Sign in first."))
    words, place = _checked(purpose, affiliation, terms_sha256)
    view, text = _may_be_asked(record_id, terms_sha256, language, actor, now)

    def work() -> str:
        known = _open_request(view.record, actor)
        if known is not None:
            return known.id
        # Locked, so that whoever opens or withdraws it meanwhile sees that somebody waits.
        record = catalogue.Record.objects.select_for_update().get(pk=view.record.pk)
        if _why_closed(record):
            raise Refused([_NOT_ON_REQUEST])
        entry = audit.record(
            "deposit.access_asked", "record", record_id, actor, now,
            {"terms_sha256": terms_sha256}, personal={"purpose": words, "affiliation": place},
        )  # fmt: skip
        made = AccessRequest.objects.create(
            id=identifiers.mint(),
            record=view.record,
            asked_by=actor.id,
            asked_at=now,
            updated_at=now,
            entry=entry,
            terms=text,
            terms_sha256=terms_sha256,
        )
        _tell_deciders(made, now)
        return made.id

    asked = {"ask_access": record_id, "purpose": words, "from": place, "terms": terms_sha256}
    try:
        found = once(actor, key, asked, now, work)
    except IntegrityError:
        # Two windows at once: the other one's request waits.
        known = _open_request(view.record, actor)
        if known is None:
            raise
        found = known.id
    return AccessRequest.objects.select_related("record").get(id=found)


def _checked(purpose: str, affiliation: str, terms_sha256: str) -> tuple[str, str]:
    """Purpose and affiliation as they are kept. Raises Invalid with every problem at once."""
    words, place = purpose.strip(), " ".join(affiliation.split())
    problems = []
    if not words:
        problems.append(("purpose", N_("Say what you want to do with the files.")))
    if len(words) > LONGEST:
        problems.append(("purpose", N_("Say it in less than 4,000 characters.")))
    if not place:
        problems.append(("affiliation", N_("Say where you work or study, or “none”.")))
    if len(place) > LONGEST_AFFILIATION:
        problems.append(("affiliation", N_("Say it in less than 300 characters.")))
    if not terms_sha256:
        problems.append(("terms", N_("The files are given out only on these terms.")))
    if problems:
        raise Invalid(problems)
    return words, place


def _may_be_asked(
    record_id: str, terms_sha256: str, language: str, actor: Actor, now: datetime
) -> tuple[catalogue.RecordView, str]:
    """The record as the asker sees it, and the terms that they have read.

    Raises NotFound, TermsChanged, Refused.
    """
    if not people.has_verified_email(actor.id):
        raise Refused(
            [
                Refusal(
                    "mail_not_verified",
                    N_("Your mail address is not confirmed yet. Open the link that we sent to it."),
                )
            ]
        )
    view = _asked_record(record_id, actor, now)
    text, current = _terms(view.document, language)
    if current != terms_sha256:
        raise TermsChanged(
            [Refusal("terms_changed", N_("The terms have changed. Read them again, then ask."))]
        )
    if view.files_ruling:
        raise Refused([Refusal("already_in", N_("You can download these files already."))])
    return view, text


def grant(
    *, request_id: str, days: int, note: str, actor: Actor, now: datetime, key: str | None = None
) -> AccessRequest:
    """Let the asker in for so many days from now. Granted already, nothing happens.

    Raises NotFound, NotPermitted, Invalid, Refused.
    """
    if not 1 <= days <= LONGEST_DAYS:
        raise Invalid([("days", N_("Give a number of days from 1 to 3,653."))])

    def work(request: AccessRequest) -> None:
        if request.state == "granted":
            _demand(permissions.may_decide(actor, request))
            return
        until = now + timedelta(days=days)
        perform(
            ACCESS_REQUEST, request, "grant", actor, now,
            note=note.strip() or None, facts_extra={"valid_until": until},
        )  # fmt: skip
        given = catalogue.grant_access(
            record_id=request.record.id,
            grantee=request.asked_by,
            actor=actor,
            now=now,
            valid_until=until,
            request=request.id,
            terms_sha256=request.terms_sha256,
        )
        request.grant_id, request.valid_until = given.id, given.valid_until
        _decided(request, actor, now)

    asked = {"grant": request_id, "days": days, "note": note.strip()}
    return _do(asked, request_id, actor, now, key, work)


def decline(
    *, request_id: str, reason: str, actor: Actor, now: datetime, key: str | None = None
) -> AccessRequest:
    """Say no, with a reason that the asker reads. Declined already, nothing happens."""
    words = _words(reason)

    def work(request: AccessRequest) -> None:
        if request.state == "declined":
            _demand(permissions.may_decide(actor, request))
            return
        perform(ACCESS_REQUEST, request, "decline", actor, now, note=words)
        _decided(request, actor, now)

    return _do({"decline": request_id, "reason": words}, request_id, actor, now, key, work)


def end(
    *, request_id: str, reason: str, actor: Actor, now: datetime, key: str | None = None
) -> AccessRequest:
    """Take a grant back at once, with a reason. Ended already, nothing happens."""
    words = _words(reason)

    def work(request: AccessRequest) -> None:
        if request.state == "ended":
            _demand(permissions.may_decide(actor, request))
            return
        # Who is told of the step is the asker; `after` withdraws the grant itself.
        perform(ACCESS_REQUEST, request, "end", actor, now, note=words)
        _save(request, now)

    return _do({"end": request_id, "reason": words}, request_id, actor, now, key, work)


def take_back(
    *, request_id: str, actor: Actor, now: datetime, key: str | None = None
) -> AccessRequest:
    """The asker needs it no more: a request is taken back, a grant given back."""

    def work(request: AccessRequest) -> None:
        if not permissions.asks(actor, request):
            raise NotPermitted(reason=N_("Only who asked may do this."))
        if request.state in {"withdrawn", "ended"}:
            return
        event = "give_back" if request.state == "granted" else "take_back"
        perform(ACCESS_REQUEST, request, event, actor, now)
        _save(request, now)

    return _do({"take_back": request_id}, request_id, actor, now, key, work)


def _waited_for(records: Sequence[str]) -> Iterable[str]:
    """Those of the records whose files somebody waits for."""
    rows = AccessRequest.objects.filter(record__id__in=records, state="asked")
    return rows.values_list("record__id", flat=True)


@jobs.handler("deposit.close_requests", concerned=catalogue.of_records(_waited_for))
def _close(run: jobs.Run, now: datetime) -> None:
    """A record changed: where its files are on request no more, nobody waits for an answer."""
    record = catalogue.Record.objects.filter(id=run.payload["data"]["record"]).first()
    why = _why_closed(record) if record is not None else ""
    if not why:
        return
    for request_id in AccessRequest.objects.filter(record=record, state="asked").values_list(
        "id", flat=True
    ):
        with transaction.atomic():
            request = load(request_id, SYSTEM, lock=True)
            if request.state == "asked":
                perform(ACCESS_REQUEST, request, "close", SYSTEM, now, note=why)


def _why_closed(record: catalogue.Record) -> str:
    """Why nobody can ask for the files of a record, as a message; "" where they can."""
    if record.merged_into:
        return N_("The record became part of another one. Look there.")
    if record.state != "published":
        return N_("The record was withdrawn.")
    return {
        "restricted": "",
        "open": N_("Everybody can have the files now."),
        "embargoed": N_("The files open by themselves on a day that their page tells."),
    }.get(record.access_level, N_("The files are kept here no more, or given to nobody."))


# What is true in the same instant, also when the node itself acts.


def facts(request: AccessRequest, now: datetime) -> dict[str, Any]:
    del now
    return {"valid_until": request.valid_until}


def after(request: AccessRequest, outcome: Outcome, actor: Actor, now: datetime) -> None:
    """Once a request ended, its grant is over as well, and the asker is told."""
    people.end_notices(about=_about(request), now=now, topics=["access.asked"])
    if outcome.target != "ended":
        return
    if request.grant_id and outcome.event != "lapse":
        catalogue.withdraw_access(grant_id=request.grant_id, actor=actor, now=now)
    if outcome.event != "give_back":
        topic = "access.closed" if outcome.event == "close" else "access.ended"
        _tell_asker(request, topic, now)
    AccessRequest.objects.filter(key=request.key).update(updated_at=now)


# --- how it is put together --------------------------------------------------------------


def load(request_id: str, actor: Actor, *, lock: bool = False) -> AccessRequest:
    """A request that the actor may know of. Raises NotFound alike for hidden and absent."""
    rows = AccessRequest.objects.select_related("record")
    if lock:
        rows = rows.select_for_update(of=("self",))
    request = rows.filter(id=request_id).first()
    if request is None or not permissions.may_read(actor, request):
        raise NotFound
    return request


def _do(
    asked: dict[str, Any],
    request_id: str,
    actor: Actor,
    now: datetime,
    key: str | None,
    work: Any,
) -> AccessRequest:
    def whole() -> str:
        request = load(request_id, actor, lock=True)
        work(request)
        return request.id

    with transaction.atomic():
        once(actor, key, asked, now, whole)
    return load(request_id, actor)


def _open_request(record: catalogue.Record, actor: Actor) -> AccessRequest | None:
    return AccessRequest.objects.filter(record=record, asked_by=actor.id, state__in=OPEN).first()


def _words(text: str) -> str:
    words = text.strip()
    if not words:
        raise Invalid([("reason", N_("Say why, so that the person can do something about it."))])
    if len(words) > LONGEST:
        raise Invalid([("reason", N_("Say it in less than 4,000 characters."))])
    return words


def _decided(request: AccessRequest, actor: Actor, now: datetime) -> None:
    request.decided_by, request.decided_at = actor.id, now
    _save(request, now)
    _tell_asker(request, "access.decided", now)


def _save(request: AccessRequest, now: datetime) -> None:
    request.updated_at = now
    request.save(
        update_fields=["updated_at", "decided_by", "decided_at", "grant_id", "valid_until"]
    )


def _demand(decision: Any) -> None:
    """Raises NotPermitted, with the decision's own reason, unless it is yes."""
    if not decision:
        raise NotPermitted(reason=decision)


def _tell_asker(request: AccessRequest, topic: str, now: datetime) -> None:
    people.notify(
        account_id=request.asked_by,
        topic=topic,
        link=reverse("deposit:my_requests"),
        now=now,
        key=f"{topic}/{request.id}/{request.state_seq}",
        about=_about(request),
    )


def _tell_deciders(request: AccessRequest, now: datetime) -> None:
    """The owner where there is one; else the curators of its communities, else the node's."""
    link, key = reverse("deposit:requests"), f"access.asked/{request.id}"
    owner = request.record.created_by
    if owner and owner not in {SYSTEM.id, request.asked_by}:
        told = people.notify(
            account_id=owner, topic="access.asked", link=link, now=now, key=key,
            about=_about(request),
        )  # fmt: skip
        if told is not None:
            return
    scopes = [Scope("community", name) for name in catalogue.communities_of(request.record)]
    for scope in scopes or [NODE]:
        people.notify_holders(
            role="curator", scope=scope, topic="access.asked", link=link, now=now, key=key,
            about=_about(request),
        )  # fmt: skip


def _about(request: AccessRequest) -> str:
    return f"access/{request.id}"
