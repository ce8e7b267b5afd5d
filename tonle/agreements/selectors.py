"""Questions about agreements: what there is, what waits, how one version stands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import Prefetch, QuerySet

from tonle.agreements import deeds, permissions, services
from tonle.agreements.models import Agreement, Party, PartyStep, Version
from tonle.agreements.rules import binding, texts
from tonle.agreements.rules.machine import VERSION
from tonle.agreements.rules.waiting import awaited
from tonle.agreements.steps import Words, may_record_papers
from tonle.kernel.actors import Actor
from tonle.kernel.errors import NotFound
from tonle.kernel.text import LanguageMap
from tonle.people.public import names_of

PAGE = 30
_CONSIDERED = 200  # agreements whose waiting deeds are looked through for one reader


@dataclass(frozen=True)
class Act:
    """Something an officer may do now for a party with a version, by its number.

    deed: its name; waits: it is waited for.
    """

    number: int
    party: str
    names: LanguageMap
    deed: str
    words: Words
    waits: bool


@dataclass(frozen=True)
class Row:
    """An agreement in a list, by its last version. in_force: the number of the one in force."""

    agreement: Agreement
    version: Version
    titles: LanguageMap
    label: str
    in_force: int | None
    acts: tuple[Act, ...] = ()


@dataclass(frozen=True)
class StepRow:
    """What a party did, as a list shows it. done: gettext message, "" for a deed of elsewhere."""

    step: PartyStep
    names: LanguageMap
    done: str
    effective: date | None
    signatory: str
    office: str
    reference: str
    made_by: str
    decided_by: str


@dataclass(frozen=True)
class PartyRow:
    """A party of a version, with what its officers, and who keeps papers, may do for it now."""

    slug: str
    names: LanguageMap
    organisation: str
    done: tuple[PartyStep, ...]
    acts: tuple[Act, ...] = ()
    papers: tuple[Act, ...] = ()


@dataclass(frozen=True)
class View:
    """One version with everything that its page says."""

    version: Version
    document: Mapping[str, Any]
    sha256: str
    label: str
    problems: list[texts.Problem]
    parties: list[PartyRow]
    steps: list[StepRow]
    waiting: list[StepRow]
    others: list[Version]
    may_write: bool
    may_abandon: bool
    may_begin: bool
    enters_on: date | None
    ends_on: date | None
    under: Row | None = None
    beneath: list[Row] = field(default_factory=list)


def visible(actor: Actor) -> QuerySet[Agreement]:
    """What the actor may read, newest first."""
    versions = Prefetch("versions", Version.objects.order_by("number"))
    rows = Agreement.objects.filter(permissions.visible_to(actor))
    return rows.prefetch_related(versions, "parties").order_by("-created_at", "-key")


def rows_of(agreements: Iterable[Agreement], actor: Actor) -> list[Row]:
    """Agreements with what waits for the actor's own parties. One query beside theirs."""
    found = list(agreements)
    open_ids = [version.id for one in found for version in one.versions.all()]
    done: dict[str, list[PartyStep]] = {}
    for step in PartyStep.objects.filter(
        subject_kind=services.SUBJECT, subject__in=open_ids, state="confirmed"
    ):
        done.setdefault(step.subject, []).append(step)
    return [_row(one, done, actor) for one in found if one.versions.all()]


def awaiting(actor: Actor) -> list[Row]:
    """Agreements in which a deed of the actor's own party is waited for."""
    own = permissions.organisations_of(actor)
    if not own:
        return []
    mine = visible(actor).filter(
        parties__organisation__in=own,
        versions__state__in=["draft", "agreed", "partly_signed", "signed", "in_force"],
    )
    return [row for row in rows_of(mine.distinct()[:_CONSIDERED], actor) if row.acts]


def papers_to_compare(actor: Actor) -> list[tuple[PartyStep, LanguageMap, Words | None]]:
    """Papers about agreements that wait for another than who wrote them down, oldest first."""
    if not may_record_papers(actor):
        return []
    waiting = PartyStep.objects.filter(state="waiting", subject_kind=services.SUBJECT)
    steps = list(waiting.exclude(made_by=actor.id).order_by("made_at")[:_CONSIDERED])
    readable = Agreement.objects.filter(permissions.visible_to(actor))
    versions = {
        row.id: row
        for row in Version.objects.filter(
            id__in=[step.subject for step in steps], agreement__in=readable
        )
    }
    return [
        (step, versions[step.subject].document["title"], deeds.WORDS.get(step.deed))
        for step in steps
        if step.subject in versions
    ]


def version_of(agreement_id: str, number: int, actor: Actor) -> Version:
    """Raises NotFound alike for hidden and absent."""
    row = Version.objects.filter(agreement__id=agreement_id, number=number).first()
    if row is None:
        raise NotFound
    return services.load(row.id, actor)


def last_version(agreement: Agreement) -> Version:
    row = agreement.versions.order_by("-number").first()
    if row is None:
        raise NotFound
    return row


def view(version: Version, actor: Actor, now: datetime) -> View:
    """One version as its page shows it. About fifteen queries, whatever its length."""
    agreement, document = version.agreement, version.document
    subject = deeds.SignedText(
        version, {row.slug: row.organisation for row in agreement.parties.order_by("key")}
    )
    steps = list(
        PartyStep.objects.filter(subject_kind=services.SUBJECT, subject=version.id)
        .select_related("paper")
        .order_by("key")
    )
    facts = services.facts(version, now)
    zone = texts.zone(document)
    rows = _step_rows(steps, document)
    others = list(agreement.versions.exclude(pk=version.pk).order_by("-number"))
    under = document.get("under", {}).get("agreement", "")
    return View(
        version=version,
        document=document,
        sha256=subject.sha256,
        label=VERSION.label(version.state),
        problems=facts["problems"],
        parties=_parties(subject, steps, actor, now),
        steps=[row for row in rows if row.step.state != "waiting"],
        waiting=[row for row in rows if row.step.state == "waiting"],
        others=others,
        may_write=version.state == "draft",
        may_abandon=version.state in {"draft", "agreed", "partly_signed"},
        may_begin=version.state != "draft" and not any(one.state == "draft" for one in others)
        and not any(one.number > version.number for one in others),
        enters_on=_day(facts["enters_at"], zone),
        ends_on=_day(facts["expires_at"] or facts["terminated_at"], zone),
        under=next(iter(rows_of(visible(actor).filter(id=under), actor)), None) if under else None,
        beneath=rows_of(
            visible(actor)
            .filter(pk__in=Version.objects.filter(document__under__agreement=agreement.id)
                    .values("agreement")),
            actor,
        ),
    )  # fmt: skip


def standings_on(agreement: Agreement, day: date) -> list[tuple[LanguageMap, binding.Standing]]:
    """How each party stands on a day, in the order of the text; who never consented, too."""
    found = binding.standings(*services.known(agreement), day)
    names = texts.party_names(last_version(agreement).document)
    return [(name, found.get(slug, binding.Standing())) for slug, name in names.items()]


def today(version: Version, now: datetime) -> date:
    """The day of the place whose calendar counts."""
    return now.astimezone(texts.zone(version.document)).date()


def _row(agreement: Agreement, done: Mapping[str, Sequence[PartyStep]], actor: Actor) -> Row:
    versions = list(agreement.versions.all())
    last = versions[-1]
    in_force = [one.number for one in versions if one.state == "in_force"]
    acts: list[Act] = []
    for version in versions:
        acts += _awaited(version, agreement.parties.all(), done.get(version.id, ()), actor)
    return Row(
        agreement=agreement,
        version=last,
        titles=last.document["title"],
        label=VERSION.label(last.state),
        in_force=in_force[-1] if in_force else None,
        acts=tuple(acts),
    )


def _awaited(
    version: Version, parties: Iterable[Party], done: Sequence[PartyStep], actor: Actor
) -> list[Act]:
    """What is waited for from the actor's own parties."""
    own = permissions.organisations_of(actor)
    if not own or version.state in VERSION.final:
        return []
    if version.state == "draft" and texts.problems(version.document):
        return []
    names, digest = texts.party_names(version.document), texts.digest(version.document)
    consent = version.document["terms"]["consent"]
    made = []
    for party in parties:
        if party.organisation not in own:
            continue
        did = {s.deed for s in done if s.party == party.slug and _counts(s, digest)}
        if deed := awaited(version.state, consent, did):
            made.append(
                Act(version.number, party.slug, names[party.slug], deed, deeds.WORDS[deed], True)
            )
    return made


def _counts(step: PartyStep, digest: str) -> bool:
    return step.deed != "agree" or step.sha256 == digest


def _parties(
    subject: deeds.SignedText, steps: Sequence[PartyStep], actor: Actor, now: datetime
) -> list[PartyRow]:
    version, names = subject.version, texts.party_names(subject.version.document)
    own, keeps = permissions.organisations_of(actor), permissions.is_secretariat(actor)
    today_, consent = subject.today(now), version.document["terms"]["consent"]
    made = []
    for slug, organisation in subject.organisations.items():
        theirs = [step for step in steps if step.party == slug]
        done = [s for s in theirs if s.state == "confirmed" and _counts(s, subject.sha256)]
        wait = awaited(version.state, consent, {step.deed for step in done})
        possible = []
        for deed in deeds.DEEDS.get(version.state, ()):
            words = deeds.WORDS[deed]
            # Which day is asked on the next page; whether any would do is asked here.
            data = {"effective": texts.LAST_DAY.isoformat()} if words.asks_day else {}
            if subject.refusal(slug, deed, data, today_) is None:
                possible.append(
                    Act(version.number, slug, names.get(slug, {}), deed, words, deed == wait)
                )
        acts = tuple(possible)
        made.append(
            PartyRow(
                slug=slug,
                names=names.get(slug, {}),
                organisation=organisation,
                done=tuple(done),
                acts=acts if organisation and organisation in own else (),
                papers=acts if keeps or organisation in own else (),
            )
        )
    return made


def _step_rows(steps: Sequence[PartyStep], document: Mapping[str, Any]) -> list[StepRow]:
    names = texts.party_names(document)
    people = names_of({s.made_by for s in steps} | {s.decided_by for s in steps if s.decided_by})
    made = []
    for step in steps:
        paper = getattr(step, "paper", None)
        words = deeds.WORDS.get(step.deed)
        effective = step.data.get("effective")
        made.append(
            StepRow(
                step=step,
                names=names.get(step.party, {}),
                done=words.done if words else "",
                effective=date.fromisoformat(effective) if effective else None,
                signatory=paper.signatory if paper else "",
                office=paper.office if paper else "",
                reference=paper.reference if paper else "",
                made_by=people.get(step.made_by, ""),
                decided_by=people.get(step.decided_by, ""),
            )
        )
    return made


def _day(at: datetime | None, zone: Any) -> date | None:
    return None if at is None else at.astimezone(zone).date()


def before(version: Version) -> Version | None:
    """The version before one that was loaded for its reader."""
    earlier = version.agreement.versions.filter(number__lt=version.number)
    return earlier.select_related("agreement").order_by("-number").first()


def is_public(agreement_id: str, number: int) -> bool:
    """Whether a version is on the public record of its agreement."""
    row = Version.objects.filter(agreement__id=agreement_id, number=number).exclude(
        agreement__record=""
    )
    return row.exclude(state__in=["draft", "abandoned"]).exists()
