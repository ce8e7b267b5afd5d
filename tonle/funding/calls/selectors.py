"""Questions about joint calls: what there is, and how one text stands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Prefetch, QuerySet

from tonle.agreements.public import PartyStep, is_secretariat, organisations_of
from tonle.desk.public import calendar_of
from tonle.funding.calls import permissions, services
from tonle.funding.models import Call, CallParty, CallText
from tonle.funding.rules import call_changes, call_text
from tonle.funding.rules.call_changes import Change
from tonle.funding.rules.machines import CALL, CALL_TEXT
from tonle.kernel import codes
from tonle.kernel.actors import Actor
from tonle.kernel.errors import NotFound
from tonle.kernel.text import LanguageMap

PAGE = 30


@dataclass(frozen=True)
class Row:
    """A call in a list, by the last version of its text. waits: whether own signatures do."""

    call: Call
    text: CallText
    titles: LanguageMap
    label: str
    waits: bool


@dataclass(frozen=True)
class PartyRow:
    """A party of a text. acts, papers: whether the reader may sign for it, or write a paper."""

    slug: str
    names: LanguageMap
    country: str
    currency: str
    envelope_minor: int
    cap_minor: int | None
    organisation: str
    signed: PartyStep | None
    waiting: PartyStep | None
    acts: bool
    papers: bool


@dataclass(frozen=True)
class View:
    """One text with everything that its page says."""

    text: CallText
    document: Mapping[str, Any]
    sha256: str
    label: str
    call_label: str
    problems: list[call_text.Problem]
    warnings: tuple[tuple[str, str], ...]
    parties: list[PartyRow]
    opens_at: datetime | None
    closes_at: datetime | None
    changes: tuple[Change, ...]
    others: list[CallText]
    may_publish: bool
    may_correct: bool
    may_abandon: bool


def visible(actor: Actor) -> QuerySet[Call]:
    """What the actor may read, newest first."""
    rows = Call.objects.filter(permissions.visible_to(actor))
    texts = Prefetch("texts", CallText.objects.order_by("number"))
    return rows.prefetch_related(texts, "parties").order_by("-created_at", "-key")


def rows_of(calls: Iterable[Call], actor: Actor) -> list[Row]:
    """Calls in a list. One query beside theirs, for each draft that may be signed one more."""
    return [_row(call, actor) for call in calls]


def text_of(call_id: str, number: int, actor: Actor) -> CallText:
    """Raises NotFound alike for hidden and absent."""
    row = CallText.objects.filter(call__id=call_id, number=number).first()
    if row is None:
        raise NotFound
    return services.load(row.id, actor)


def last_text(call: Call) -> CallText:
    row = call.texts.order_by("-number").first()
    if row is None:
        raise NotFound
    return row


def is_public(call_id: str) -> bool:
    """Whether the call has a record that everybody may read."""
    return Call.objects.filter(id=call_id).exclude(record="").exists()


def view(text: CallText, actor: Actor, now: datetime) -> View:
    """One text as its page shows it. About ten queries, whatever its length."""
    call, document = text.call, text.document
    facts = services.text_facts(text, now)
    draft = text.state == "draft"
    before = call.texts.filter(number__lt=text.number).exclude(state="given_up")
    previous = before.order_by("-number").first()
    others = list(call.texts.exclude(pk=text.pk).order_by("-number"))
    return View(
        text=text,
        document=document,
        sha256=text.sha256 or call_text.digest(document),
        label=CALL_TEXT.label(text.state),
        call_label=CALL.label(call.state),
        problems=facts["problems"] if draft else [],
        warnings=call_changes.warnings(document, _calendars(document)),
        parties=_parties(text, actor, whole=draft and not facts["problems"]),
        opens_at=call_text.instant(document, "opens_at"),
        closes_at=call_text.instant(document, "closes_at"),
        changes=call_changes.changes(previous.document, document) if previous else (),
        others=others,
        may_publish=call.state == "agreed" and is_secretariat(actor),
        may_correct=call.state in {"agreed", "published", "open"}
        and not draft
        and not any(one.state == "draft" for one in others),
        may_abandon=draft if text.number > 1 else call.state in {"draft", "agreed"},
    )


def _row(call: Call, actor: Actor) -> Row:
    text = list(call.texts.all())[-1]
    own = organisations_of(actor)
    mine = [party.slug for party in call.parties.all() if party.organisation in own]
    waits = False
    if mine and text.state == "draft" and not call_text.problems(text.document):
        waits = not set(mine) <= set(services.signed(text))
    return Row(call, text, text.document["title"], CALL.label(call.state), waits)


def _parties(text: CallText, actor: Actor, *, whole: bool) -> list[PartyRow]:
    own, keeps = organisations_of(actor), is_secretariat(actor)
    sha256 = text.sha256 or call_text.digest(text.document)
    steps = list(
        PartyStep.objects.filter(
            subject_kind=services.SUBJECT, subject=text.id, deed="sign", sha256=sha256
        ).order_by("key")
    )
    signed = {one.party: one for one in steps if one.state == "confirmed"}
    waiting = {one.party: one for one in steps if one.state == "waiting"}
    rows = {row.slug: row for row in CallParty.objects.filter(call=text.call)}
    made = []
    for party in text.document["parties"]:
        slug = party["id"]
        organisation = rows[slug].organisation if slug in rows else ""
        open_ = whole and slug not in signed
        made.append(
            PartyRow(
                slug=slug,
                names=party["name"],
                country=party["country"],
                currency=party["currency"],
                envelope_minor=party["envelope_minor"],
                cap_minor=party.get("cap_minor"),
                organisation=organisation,
                signed=signed.get(slug),
                waiting=waiting.get(slug),
                acts=open_ and bool(organisation) and organisation in own,
                papers=open_ and (keeps or (bool(organisation) and organisation in own)),
            )
        )
    return made


def _calendars(document: Mapping[str, Any]) -> dict[str, call_changes.Works]:
    """The calendars of parties whose country has one here: a query for each."""
    by_country = {
        str(codes.codes("countries")[one.data["country"]].data.get("alpha3", "")): code
        for code, one in codes.members().items()
    }
    return {
        party["id"]: calendar_of(by_country[party["country"]])
        for party in document["parties"]
        if party["country"] in by_country
    }
