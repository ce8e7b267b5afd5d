"""Telling DataCite what it does not know yet, one DOI after the other.

    take        the row is leased: nobody else has it in hand
    look        the record afresh; nothing new to DataCite: no question
    write down  that DataCite is asked, before it is asked for the first time
    ask         the upsert of that name: the same again mints no second one
    write down  what it answered
    note        the DOI in the record's document, once it resolves

A crash between any two leaves the row due when its lease ends, and all of it is done again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from tonle.catalogue.public import add_pid
from tonle.federation.dois import account
from tonle.federation.dois.account import Terms
from tonle.federation.dois.datacite import DataCite
from tonle.federation.dois.errors import (
    Halted,
    KeptBack,
    NotAnswered,
    WordsRefused,
    reason_of,
    sentence_of,
)
from tonle.federation.dois.models import Doi
from tonle.federation.dois.rules.answers import put_off_seconds
from tonle.federation.dois.rules.wishes import Policy, Wanted, may_have
from tonle.federation.dois.subjects import Subject, subject_of
from tonle.infra import crash
from tonle.kernel.actors import SYSTEM
from tonle.kernel.errors import N_, Conflict, TonleError
from tonle.kernel.sentences import Sentence

# Longer than the slowest answer and a revision of the record take together.
LEASE = timedelta(minutes=10)
# How soon a record is looked at again that is just being changed by somebody.
SOON = timedelta(minutes=1)
PATIENCE = N_("DataCite asked for patience, or did not answer. It is asked again from %(instant)s.")
IN_HAND = N_("It is being sent by the node at this moment.")

crash.declare("dois.answered", "DataCite has the DOI and we do not know: the same is asked again")
crash.declare("dois.kept", "the DOI resolves and the record does not state it: it is noted")


@dataclass(frozen=True)
class Sent:
    """asked: questions to DataCite. has_more: whether there may be more to do now."""

    asked: int
    has_more: bool


def send_due(
    terms: Terms, *, clock: Callable[[], datetime], stop: Callable[[], bool], questions: int
) -> Sent:
    """Send what is due, until so many questions are asked or `stop` says so, before each."""
    with DataCite(terms) as datacite:
        while datacite.asked < questions and not stop():
            now = clock()
            if not account.can_ask(account.standing(terms, now), now):
                return Sent(datacite.asked, has_more=False)
            row = _take(now)
            if row is None:
                return Sent(datacite.asked, has_more=False)
            send(row, datacite, terms, now)
        return Sent(datacite.asked, has_more=True)


def send_one(record_id: str, terms: Terms, now: datetime) -> TonleError | str:
    """Send that of one record at once, if it is due, DataCite may be asked, and nobody else has
    it in hand. Returns what stands against it, to be said; "" where nothing does.

    Options that are not the node's own are tried, whether or not the node's are good.
    """
    here = account.row_of(terms, now)
    if here.fingerprint == terms.fingerprint and not account.can_ask(here, now):
        return (
            sentence_of(here.halt)
            if here.halt
            else Sentence(PATIENCE, instant=str(here.wait_until))
        )
    row = Doi.objects.filter(record=record_id, due_at__lte=now).first()
    if row is None or not _lease(row, now):
        return IN_HAND
    with DataCite(terms) as datacite:
        return send(row, datacite, terms, now) or ""


def _take(now: datetime) -> Doi | None:
    """The next row, leased; None where none is due."""
    while True:
        row = Doi.objects.filter(due_at__lte=now).order_by("is_bulk", "due_at", "key").first()
        if row is None or _lease(row, now):
            return row


def _lease(row: Doi, now: datetime) -> bool:
    mine = Doi.objects.filter(key=row.key, due_at=row.due_at, asks=row.asks)
    return bool(mine.update(due_at=now + LEASE))


def send(row: Doi, datacite: DataCite, terms: Terms, now: datetime) -> TonleError | None:
    """Bring DataCite and the record up to each other; what stands against it is kept.

    Returns what kept DataCite from being told, or the record from stating it.
    """
    try:
        _bring(row, datacite, account.policy(terms, account.row_of(terms, now)), now)
    except Halted as error:
        account.halt(error, terms, now)
        _keep(row, due_at=now)
        return error
    except NotAnswered as error:
        account.wait(error, terms, now)
        _put_off(row, error, now)
        return error
    except Conflict as error:
        _keep(row, due_at=now + SOON)
        return error
    except TonleError as error:
        # The record cannot carry its DOI, say because another one claims it: a steward sees why.
        _put_off(row, error, now)
        return error
    return None


def _bring(row: Doi, datacite: DataCite, policy: Policy, now: datetime) -> None:
    subject = subject_of(row.record, row.name, now)
    if subject is None:
        return _done(row, now)
    goal = subject.wanted()
    if not row.standing and goal.standing == "findable":
        goal = _still(goal, subject, policy)
    if not row.standing and goal.standing == "registered" and row.asked_at is None:
        # Nobody outside knows of it, and nobody needs to.
        return _drop(row, now)
    body, digest = subject.told(goal)
    known = (row.standing, row.sent_sha256) == (goal.standing, digest)
    if not known and row.refused_sha256 == digest:
        return _done(row, now)
    if not known:
        try:
            state = _ask(row, datacite, goal, body, now)
        except WordsRefused as error:
            return _refused(row, error, digest, now)
        crash.point("dois.answered")
        if state == "draft":
            return _drop(row, now)  # It never resolved, and is not to.
        _keep(row, standing=state, sent_sha256=digest, accepted_at=now)
        crash.point("dois.kept")
    _note(row, subject, goal, now)
    _keep(row, refused_sha256="", reasons=[])
    return _done(row, now)


def _still(goal: Wanted, subject: Subject, policy: Policy) -> Wanted:
    """What is wanted of a name that DataCite has not taken yet: things may have changed since."""
    if may_have(subject.own_facts, policy):
        return goal
    return replace(goal, standing="registered")


def _ask(row: Doi, datacite: DataCite, goal: Wanted, body: bytes, now: datetime) -> str:
    """How the DOI stands afterwards. Raises as `DataCite.put` does."""
    is_first = row.asked_at is None
    if is_first:
        _keep(row, asked_at=now)
    try:
        state = datacite.put(row.name, body)
    except WordsRefused:
        account.answered()
        if is_first:
            _keep(row, asked_at=None)  # It was not made, and no earlier question went astray.
        raise
    account.answered()
    if goal.standing == "findable" and state != "findable":
        raise KeptBack((), state=state)
    return state


def _note(row: Doi, subject: Subject, goal: Wanted, now: datetime) -> None:
    """Have the record state the DOI that leads to it."""
    if goal.standing != "findable" or goal.describes != "own":
        return
    if row.name not in subject.own_facts.dois:
        add_pid(record_id=row.record, scheme="doi", value=row.name, actor=SYSTEM, now=now)


def _refused(row: Doi, error: WordsRefused, digest: str, now: datetime) -> None:
    """Not asked again with the same words."""
    _keep(row, refused_sha256=digest, reasons=error.reasons())
    _done(row, now)


def _put_off(row: Doi, error: TonleError, now: datetime) -> None:
    tries = row.tries + 1
    due_at = now + timedelta(seconds=put_off_seconds(tries))
    _keep(row, tries=tries, reasons=[reason_of(error)], due_at=due_at)


def _keep(row: Doi, **changes: Any) -> None:
    for name, value in changes.items():
        setattr(row, name, value)
    Doi.objects.filter(key=row.key).update(**changes)


def _done(row: Doi, now: datetime) -> None:
    """Nothing more to do, unless something changed while it was in hand."""
    mine = Doi.objects.filter(key=row.key)
    if not mine.filter(asks=row.asks).update(due_at=None, is_bulk=False, tries=0):
        mine.update(due_at=now)


def _drop(row: Doi, now: datetime) -> None:
    mine = Doi.objects.filter(key=row.key)
    if not mine.filter(asks=row.asks).delete()[0]:
        mine.update(due_at=now)
