"""What a party does, on screen or on paper, with the evidence for it.

A step belongs to a *subject* of any context (a version of an agreement, a call, an award), which
registers how it is loaded, what its digest is, who its parties are and what a step brings about.
On screen, an officer of the party who has just proved again who they are confirms the digest. On
paper, one officer writes down what the paper says and adds its scan, and another one compares and
confirms. The deed is carried out in the same transaction as the confirmation.

No legal force is claimed. What is claimed is who confirmed which text, and when.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Protocol

from django.db import IntegrityError, transaction

from tonle.agreements.models import Paper, PartyStep
from tonle.agreements.rules.texts import FIRST_DAY, LAST_DAY
from tonle.infra import audit
from tonle.infra.idempotency import once
from tonle.kernel import identifiers
from tonle.kernel.actors import Actor, Scope
from tonle.kernel.errors import (
    N_,
    Conflict,
    Invalid,
    NotFound,
    NotPermitted,
    Refusal,
    Refused,
    TooLarge,
)
from tonle.kernel.sentences import invalid
from tonle.kernel.text import LanguageMap

# From the proof of who acts to the deed: time to read a page again, not to leave the desk.
PROOF_HOLDS = timedelta(minutes=10)
MAX_SCAN_BYTES = 8 * 1024 * 1024
_LONGEST = 300
_SCANS = {b"%PDF-": "application/pdf", b"\xff\xd8\xff": "image/jpeg", b"\x89PNG\r\n": "image/png"}


@dataclass(frozen=True)
class Words:
    """What a deed is called, as gettext messages.

    act: on a button ("Sign"). done: in a list ("signed"). asks_day: whether it holds from a day
    that the party names, `data["effective"]`; asks_reason: whether it says why, `data["reason"]`.
    """

    act: str
    done: str
    asks_day: bool = False
    asks_reason: bool = False


class Subject(Protocol):
    """One thing that parties act upon, loaded and locked for the actor."""

    @property
    def title(self) -> LanguageMap:
        """What it is called."""

    @property
    def url(self) -> str:
        """The path of its page, where it can be read."""

    def name(self, party: str) -> LanguageMap:
        """What the party is called."""

    def words(self, deed: str) -> Words | None:
        """What the deed is called; None where there is none of this name."""

    def told(self, step: PartyStep, now: datetime) -> None:
        """Let those hear of it whom a waiting, confirmed or refused step concerns.

        Called in the running transaction, after `carry_out`.
        """

    @property
    def sha256(self) -> str:
        """The digest of the text that a party confirms; "" where there is none yet."""

    def organisation(self, party: str) -> str | None:
        """Whose officers act for the party; "" where it acts on paper alone; None: no party."""

    def keeps_papers(self, actor: Actor) -> bool:
        """Whether the actor, no officer of a party, writes down papers of every party."""

    def today(self, now: datetime) -> date:
        """The day of the place whose calendar counts."""

    def refusal(self, party: str, deed: str, data: Mapping[str, Any], on: date) -> Refusal | None:
        """Why the party cannot do this with effect from that day, if it cannot."""

    def carry_out(self, step: PartyStep, actor: Actor, now: datetime) -> None:
        """What the confirmed step brings about, in the running transaction."""


Load = Callable[[str, Actor], Subject]
"""(public name, actor) -> the subject, its rows locked. Raises NotFound for hidden and absent."""

_SUBJECTS: dict[str, Load] = {}


def register_subject(kind: str, load: Load) -> None:
    """Let parties act upon things of a kind. A second loader for it is an error of the program."""
    if _SUBJECTS.setdefault(kind, load) is not load:
        raise RuntimeError(f"Two contexts register the subject {kind!r}.")


@dataclass(frozen=True)
class What:
    """What a party does: to which subject, by which deed, with which days, confirming what."""

    kind: str
    subject: str
    party: str
    deed: str
    sha256: str
    data: Mapping[str, Any]


@dataclass(frozen=True)
class Evidence:
    """What a signed paper says, and its scan."""

    done_on: date
    signatory: str
    office: str
    reference: str
    scan: bytes


def on_screen(
    what: What, *, proved_at: datetime | None, actor: Actor, now: datetime, key: str | None = None
) -> PartyStep:
    """An officer of the party does it here and now.

    proved_at: when the account last proved who it is; None where it did not, or speaks by a
    token. Raises NotFound, NotPermitted, Refused; Conflict where the text is another by now.
    """

    def work() -> str:
        subject = _loaded(what, actor)
        if not _is_officer(actor, subject.organisation(what.party)):
            raise NotPermitted(reason=N_("Only an officer of this party acts for it."))
        _demand_proof(actor, proved_at, now)
        step = _write(what, subject, "screen", subject.today(now), actor, now, {})
        subject.carry_out(step, actor, now)
        subject.told(step, now)
        return step.id

    return _once({"on_screen": _said(what)}, work, actor, now, key)


def on_paper(
    what: What, evidence: Evidence, *, actor: Actor, now: datetime, key: str | None = None
) -> PartyStep:
    """Write down what a paper says; it counts once another officer has confirmed it.

    Raises NotFound, NotPermitted, Invalid, TooLarge, Refused, Conflict.
    """
    clean = _checked(evidence)
    scan_sha256 = hashlib.sha256(clean.scan).hexdigest()

    def work() -> str:
        subject = _loaded(what, actor)
        if clean.done_on > subject.today(now):
            raise invalid("done_on", N_("That day has not come yet."))
        people = {"signatory": clean.signatory, "office": clean.office}
        step = _write(what, subject, "paper", clean.done_on, actor, now, people)
        Paper.objects.create(
            step=step,
            signatory=clean.signatory,
            office=clean.office,
            reference=clean.reference,
            media_type=_media_type(clean.scan),
            scan=clean.scan,
            scan_sha256=scan_sha256,
        )
        subject.told(step, now)
        return step.id

    said = {
        **_said(what),
        "on": clean.done_on.isoformat(),
        "by": [clean.signatory, clean.office, clean.reference],
        "scan": scan_sha256,
    }
    return _once({"on_paper": said}, work, actor, now, key)


def confirm(
    step_id: str,
    *,
    proved_at: datetime | None,
    actor: Actor,
    now: datetime,
    key: str | None = None,
) -> PartyStep:
    """A second officer has compared the paper with what was written down: it counts.

    proved_at: as in `on_screen`, since what counts binds a party as much. Confirmed already,
    nothing happens. By eyes, never by a token: two tokens in one program would be one pair.
    Raises NotFound, NotPermitted, Refused, Conflict.
    """
    if actor.token_scopes is not None:
        raise NotPermitted(reason=N_("Somebody compares it on the page. No token does."))

    def work() -> str:
        step, subject = _waiting(step_id, actor)
        if step.state == "confirmed":
            return step.id
        _demand_undecided(step)
        _demand_proof(actor, proved_at, now)
        what = _what(step)
        _demand_text(what, subject)
        _demand_possible(what, subject, step.done_on)
        _decide(step, "confirmed", "", actor, now)
        subject.carry_out(step, actor, now)
        subject.told(step, now)
        return step.id

    return _once({"confirm": step_id}, work, actor, now, key)


def refuse(
    step_id: str, *, reason: str, actor: Actor, now: datetime, key: str | None = None
) -> PartyStep:
    """The paper does not say what was written down, or cannot be read: it does not count."""
    words = reason.strip()
    if not 1 <= len(words) <= 2_000:
        raise invalid("reason", N_("Say why, in up to 2,000 characters."))

    def work() -> str:
        step, subject = _waiting(step_id, actor)
        if step.state == "refused":
            return step.id
        _demand_undecided(step)
        _decide(step, "refused", words, actor, now)
        subject.told(step, now)
        return step.id

    return _once({"refuse": step_id, "reason": words}, work, actor, now, key)


def may_record_papers(actor: Actor) -> bool:
    """Whoever keeps the papers of this node, and officers, each under another's eyes."""
    return actor.has("secretariat") or any(role.name == "officer" for role in actor.roles)


def writes_papers_of(actor: Actor, subject: Subject, party: str) -> bool:
    """Whether the actor writes down papers of this party: nobody does so for the other side.

    Whoever may read the subject then compares, also the other side.
    """
    return subject.keeps_papers(actor) or acts_for(actor, subject, party)


# --- what pages ask ----------------------------------------------------------------------


def subject_of(kind: str, name: str, actor: Actor) -> Subject:
    """A subject as the actor may read it. In a transaction, since its rows are locked.

    Raises NotFound for hidden and absent, and for a kind that nobody registered.
    """
    load = _SUBJECTS.get(kind)
    if load is None:
        raise NotFound
    return load(name, actor)


def acts_for(actor: Actor, subject: Subject, party: str) -> bool:
    """Whether the actor is an officer of the party."""
    return _is_officer(actor, subject.organisation(party))


def paper_of(step_id: str, actor: Actor) -> tuple[PartyStep, Subject]:
    """A step on paper and its subject, for who may read both. In a transaction.

    Raises NotFound alike for hidden and absent.
    """
    step = PartyStep.objects.select_related("paper").filter(id=step_id, way="paper").first()
    if step is None or not (may_record_papers(actor) or step.made_by == actor.id):
        raise NotFound
    return step, subject_of(step.subject_kind, step.subject, actor)


# --- how it is put together --------------------------------------------------------------


def _loaded(what: What, actor: Actor) -> Subject:
    subject = subject_of(what.kind, what.subject, actor)
    if subject.organisation(what.party) is None:
        raise NotFound
    return subject


def _write(
    what: What,
    subject: Subject,
    way: str,
    done_on: date,
    actor: Actor,
    now: datetime,
    people: Mapping[str, str],
) -> PartyStep:
    """The row of a step; of one on screen already confirmed."""
    if way == "paper" and not writes_papers_of(actor, subject, what.party):
        raise NotPermitted(
            reason=N_("Officers of this party and the secretariat write down its papers.")
        )
    _demand_text(what, subject)
    _demand_possible(what, subject, done_on)
    # A reason is free words and may name people: it is no part of the chain.
    said = {name: value for name, value in what.data.items() if name != "reason"}
    personal = {**people, **({"reason": what.data["reason"]} if "reason" in what.data else {})}
    entry = audit.record(
        f"agreements.step_{way}", what.kind, what.subject, actor, now,
        {"party": what.party, "deed": what.deed, "sha256": what.sha256, "data": said},
        personal=personal or None,
    )  # fmt: skip
    on_screen_ = way == "screen"
    try:
        with transaction.atomic():
            return PartyStep.objects.create(
                id=identifiers.mint(),
                subject_kind=what.kind,
                subject=what.subject,
                party=what.party,
                deed=what.deed,
                data=dict(what.data),
                sha256=what.sha256,
                way=way,
                state="confirmed" if on_screen_ else "waiting",
                done_on=done_on,
                made_by=actor.id,
                made_at=now,
                decided_by=actor.id if on_screen_ else "",
                decided_at=now if on_screen_ else None,
                entry=entry,
            )
    except IntegrityError:
        raise Refused(
            [
                Refusal(
                    "paper_waits",
                    N_("A paper of this party about the same waits for confirmation already."),
                )
            ]
        ) from None


def _demand_proof(actor: Actor, proved_at: datetime | None, now: datetime) -> None:
    if actor.token_scopes is not None or not is_fresh(proved_at, now):
        raise Refused([Refusal("prove_again", N_("Prove once more who you are, then confirm."))])


def _demand_text(what: What, subject: Subject) -> None:
    if not subject.sha256 or subject.sha256 != what.sha256:
        raise Conflict


def _demand_possible(what: What, subject: Subject, on: date) -> None:
    if refusal := subject.refusal(what.party, what.deed, what.data, on):
        raise Refused([refusal])


def _waiting(step_id: str, actor: Actor) -> tuple[PartyStep, Subject]:
    """A step on paper that the actor may decide, locked, and its subject."""
    step = PartyStep.objects.select_for_update(of=("self",)).filter(id=step_id, way="paper").first()
    if step is None or not may_record_papers(actor):
        raise NotFound
    subject = _loaded(_what(step), actor)
    if step.made_by == actor.id:
        raise NotPermitted(reason=N_("Another officer than the one who wrote it down confirms."))
    return step, subject


def _demand_undecided(step: PartyStep) -> None:
    if step.state != "waiting":
        raise Refused([Refusal("decided", N_("Another officer has decided about this paper."))])


def _decide(step: PartyStep, state: str, reason: str, actor: Actor, now: datetime) -> None:
    step.state, step.reason, step.decided_by, step.decided_at = state, reason, actor.id, now
    step.save(update_fields=["state", "reason", "decided_by", "decided_at"])
    audit.record(
        f"agreements.paper_{state}", step.subject_kind, step.subject, actor, now, {"step": step.id}
    )


def _is_officer(actor: Actor, organisation: str | None) -> bool:
    return bool(organisation) and actor.has("officer", Scope("organisation", organisation or ""))


def is_fresh(proved_at: datetime | None, now: datetime) -> bool:
    return proved_at is not None and timedelta() <= now - proved_at <= PROOF_HOLDS


def _checked(evidence: Evidence) -> Evidence:
    """What the paper says, as it is kept. Raises Invalid with every problem at once, TooLarge."""
    if len(evidence.scan) > MAX_SCAN_BYTES:
        raise TooLarge(limit=MAX_SCAN_BYTES, unit="bytes")
    found = []
    lines = {}
    for name in ("signatory", "office", "reference"):
        lines[name] = " ".join(getattr(evidence, name).split())
        if len(lines[name]) > _LONGEST:
            found.append((name, N_("Say it in up to 300 characters.")))
    if not lines["signatory"]:
        found.append(("signatory", N_("Name who signed, as the paper does.")))
    if not lines["office"]:
        found.append(("office", N_("Say in which office they signed.")))
    if not _media_type(evidence.scan):
        found.append(("scan", N_("Add a scan of the paper: PDF, JPEG or PNG.")))
    if not FIRST_DAY <= evidence.done_on <= LAST_DAY:
        found.append(("done_on", N_("A day lies between 1900 and 2200.")))
    if found:
        raise Invalid(found)
    return Evidence(done_on=evidence.done_on, scan=evidence.scan, **lines)


def _media_type(scan: bytes) -> str:
    return next((kind for magic, kind in _SCANS.items() if scan.startswith(magic)), "")


def _what(step: PartyStep) -> What:
    return What(step.subject_kind, step.subject, step.party, step.deed, step.sha256, step.data)


def _said(what: What) -> dict[str, Any]:
    return {
        "subject": [what.kind, what.subject],
        "party": what.party,
        "deed": what.deed,
        "sha256": what.sha256,
        "data": dict(what.data),
    }


def _once(
    asked: Any, work: Callable[[], str], actor: Actor, now: datetime, key: str | None
) -> PartyStep:
    if actor.kind != "person" or not actor.id:
        raise NotPermitted(reason=N_("Sign in first."))
    with transaction.atomic():
        made = once(actor, key, asked, now.astimezone(UTC), work)
    return PartyStep.objects.get(id=made)
