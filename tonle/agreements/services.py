"""Drafting, and what follows from what parties do. Page and API come through here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time
from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from tonle.agreements import permissions, telling
from tonle.agreements.models import Agreement, Deed, Party, PartyStep, Version
from tonle.agreements.rules import binding, texts
from tonle.agreements.rules.machine import VERSION
from tonle.infra import audit
from tonle.infra.idempotency import once
from tonle.infra.lifecycle import Outcome, perform, schedule
from tonle.kernel import identifiers
from tonle.kernel.actors import Actor
from tonle.kernel.errors import N_, Conflict, Invalid, NotFound, NotPermitted, Refusal, Refused
from tonle.kernel.sentences import invalid

SUBJECT = "agreement"
PUBLIC_FROM = ("agreed", "signed", "in_force")


@dataclass(frozen=True)
class NewParty:
    """slug: as in the text. organisation: on this node, "" for one that acts on paper.
    country: ISO 3166-1 alpha-3, "" where it has none."""

    slug: str
    organisation: str = ""
    country: str = ""


def create_agreement(
    *,
    type: str,  # the field's own word, as in the text
    title: Mapping[str, str],
    parties: Sequence[tuple[NewParty, Mapping[str, str]]],
    actor: Actor,
    now: datetime,
    public_from: str = "signed",
    under: str = "",
    key: str | None = None,
) -> Version:
    """Begin an agreement with its first draft.

    parties: each with its name by language. under: the agreement under which it stands. The
    text is empty yet and need not be whole.
    Raises NotPermitted, Invalid, NotFound for an agreement that is not there to be read.
    """
    _demand(permissions.may_draft(actor))
    if public_from not in PUBLIC_FROM:
        raise invalid("public_from", N_("Choose from when on the text is public."))
    demand_parties([party for party, _name in parties], actor)
    if under:
        agreement_of(under, actor)

    def work() -> str:
        agreement = Agreement.objects.create(
            id=identifiers.mint(),
            type=type,
            public_from=public_from,
            created_by=actor.id,
            created_at=now,
        )
        document = shaped(
            {
                "schema": texts.SCHEMA,
                "agreement": agreement.id,
                "version": 1,
                "type": type,
                "title": dict(title),
                "parties": [party_part(party, name) for party, name in parties],
                "texts": {},
                "terms": {
                    "consent": "signature",
                    "needed": len(parties),
                    "calendar": settings.TONLE_TIME_ZONE,
                },
                **({"under": {"agreement": under}} if under else {}),
            }
        )
        Party.objects.bulk_create(
            Party(agreement=agreement, slug=party.slug, organisation=party.organisation)
            for party, _ in parties
        )
        made = _draft(agreement, 1, document, now)
        audit.record("agreements.begun", SUBJECT, agreement.id, actor, now, {"version": made.id})
        return made.id

    named = [[*asdict(party).values(), dict(name)] for party, name in parties]
    asked = {"agreement": [type, dict(title), named, public_from, under]}
    with transaction.atomic():
        return Version.objects.get(id=once(actor, key, asked, now, work))


def write_draft(
    *, version_id: str, document: Mapping[str, Any], edit: int, actor: Actor, now: datetime
) -> Version:
    """Keep what was written. Who the parties are is the agreement's and stays.

    edit: that of the draft which the writer had before them; another one meanwhile raises
    Conflict, and nothing is overwritten. A party that had agreed to other words has not agreed
    to these, since it agreed to a digest. The text need not be whole, but must have the shape
    of one. Raises NotFound, Refused, Invalid.
    """
    with transaction.atomic():
        version = draft_of(version_id, edit, actor)
        kept = {name: version.document[name] for name in ("schema", "agreement", "version", "type")}
        made = shaped({**document, **kept})
        if _identities(made) != _identities(version.document):
            raise invalid("/parties", N_("The parties are changed apart from the words."))
        keep_words(version, made, now)
    return version


def draft_of(version_id: str, edit: int, actor: Actor) -> Version:
    """A draft, locked, as its writer had it before them. Raises NotFound, Refused, Conflict."""
    version = load(version_id, actor, lock=True)
    if version.state != "draft":
        raise Refused([Refusal("not_a_draft", N_("This text is agreed. Begin a new version."))])
    if version.edit != edit:
        raise Conflict
    return version


def shaped(document: Mapping[str, Any]) -> dict[str, Any]:
    """A draft as it is kept. Raises Invalid where it could be the beginning of no text."""
    made = texts.settled(document)
    if found := texts.shape_problems(made):
        raise Invalid(found)
    return made


def keep_words(version: Version, document: dict[str, Any], now: datetime) -> None:
    """Write a draft's document, counted."""
    version.document = document
    version.edit += 1
    version.updated_at = now
    version.save(update_fields=["document", "edit", "updated_at"])


def next_version(
    *, agreement_id: str, actor: Actor, now: datetime, key: str | None = None
) -> Version:
    """Begin another version with the words of the last one. One draft at a time."""

    def work() -> str:
        agreement = agreement_of(agreement_id, actor, lock=True)
        last = agreement.versions.order_by("-number").first()
        if last is None:
            raise NotFound
        if last.state == "draft":
            return last.id
        document = {**last.document, "version": last.number + 1}
        made = _draft(agreement, last.number + 1, document, now)
        audit.record("agreements.version", SUBJECT, agreement.id, actor, now, {"version": made.id})
        return made.id

    with transaction.atomic():
        return Version.objects.get(id=once(actor, key, {"next": agreement_id}, now, work))


def abandon(
    *, version_id: str, reason: str, actor: Actor, now: datetime, key: str | None = None
) -> Outcome:
    """Give up a text before all have signed it, with the reason."""
    with transaction.atomic():
        version = load(version_id, actor, lock=True)
        return perform(VERSION, version, "abandon", actor, now, key=key, note=reason.strip())


def address(version: Version) -> str:
    """The path of a version's page; what is printed for signature leads there."""
    return reverse("agreements:version", args=[version.agreement.id, version.number])


def after(version: Version, outcome: Outcome, _actor: Actor, now: datetime) -> None:
    """What is true at the same instant as a move of a version."""
    telling.of_move(version, outcome.source, outcome.target, now)


def load(version_id: str, actor: Actor, *, lock: bool = False) -> Version:
    """A version that the actor may read. Raises NotFound alike for hidden and absent."""
    rows = Version.objects.select_related("agreement")
    if lock:
        rows = rows.select_for_update(of=("self",))
    version = rows.filter(id=version_id).first()
    if version is None or not permissions.may_read(actor, version.agreement):
        raise NotFound
    return version


# --- what the machine asks, and what is true in the same instant -------------------------


def facts(version: Version, now: datetime) -> dict[str, Any]:
    """What guards and timers read: five queries."""
    del now
    agreement = version.agreement
    all_texts, deeds = known(agreement)
    parties = list(agreement.parties.order_by("key").values_list("slug", flat=True))
    is_draft = version.state == "draft"
    found: dict[str, Any] = {
        "parties": parties,
        "agreed": parties_that(version, "agree", texts.digest(version.document)),
        "signed": parties_that(version, "sign"),
        "problems": texts.problems(version.document) if is_draft else [],
        "bound": [],
        "enters_at": None,
        "expires_at": None,
        "terminated_at": None,
        "left_at": None,
    }
    own = next((text for text in all_texts if text.version == version.number), None)
    if own is None:
        return found
    return found | _instants(version, own, all_texts, deeds)


def parties_that(version: Version, deed: str, sha256: str = "") -> list[str]:
    """Which parties have done it with this version; to these very words, where asked."""
    done = PartyStep.objects.filter(
        subject_kind=SUBJECT, subject=version.id, deed=deed, state="confirmed"
    )
    if sha256:
        done = done.filter(sha256=sha256)
    return list(done.values_list("party", flat=True))


def _instants(
    version: Version,
    own: binding.Text,
    all_texts: Sequence[binding.Text],
    deeds: Sequence[binding.Deed],
) -> dict[str, Any]:
    """When the node moves the version, by the days of the place that its text names."""
    held = [bound for bound in binding.bindings(all_texts, deeds) if bound.version == own.version]
    entry, end = binding.entry_into_force(own, deeds), binding.end_of_force(own, deeds)
    over = min((d.effective for d in deeds if isinstance(d, binding.Termination)), default=None)
    left = None
    if held and all(bound.period.end is not None for bound in held):
        left = max(bound.period.end for bound in held if bound.period.end is not None)

    def at(day: date | None) -> datetime | None:
        if day is None:
            return None
        return datetime.combine(day, time(), texts.zone(version.document)).astimezone(UTC)

    terminated = over is not None and end == over
    return {
        "enters_at": at(entry),
        "expires_at": None if terminated else at(end),
        "terminated_at": at(end) if terminated else None,
        "left_at": at(left) if left is not None and (end is None or left < end) else None,
        "bound": [b.party for b in held if b.period.end is None] if left is None else [],
    }


def known(agreement: Agreement) -> tuple[tuple[binding.Text, ...], tuple[binding.Deed, ...]]:
    """The texts that were agreed, and all deeds, as the rule reads them. Two queries."""
    versions = agreement.versions.exclude(state__in=["draft", "abandoned"])
    all_texts = tuple(texts.terms(version.document) for version in versions)
    rows = Deed.objects.filter(agreement=agreement).select_related("version").order_by("key")
    return all_texts, tuple(_deed(row) for row in rows)


def _deed(row: Deed) -> binding.Deed:
    if row.kind == "consent":
        return binding.Consent(row.party, row.version.number, row.on)
    if row.kind == "non_renewal":
        return binding.NonRenewal(row.version.number, row.on)
    if row.effective is None:
        raise ValueError(f"a {row.kind} without the day from which it holds")
    if row.kind == "withdrawal":
        return binding.Withdrawal(row.party, row.on, row.effective)
    return binding.Termination(row.effective)


def reschedule(agreement: Agreement, now: datetime) -> None:
    """Another deed may move the days of every version."""
    for version in agreement.versions.exclude(state__in=VERSION.final | {"draft"}):
        schedule(VERSION, version, now)


def _draft(
    agreement: Agreement, number: int, document: Mapping[str, Any], now: datetime
) -> Version:
    return Version.objects.create(
        id=identifiers.mint(),
        agreement=agreement,
        number=number,
        document=dict(document),
        updated_at=now,
    )


def party_part(party: NewParty, name: Mapping[str, str]) -> dict[str, Any]:
    """A party as it stands in the text."""
    made: dict[str, Any] = {"id": party.slug, "name": dict(name)}
    for field in ("country", "organisation"):
        if value := getattr(party, field):
            made[field] = value
    return made


def demand_parties(parties: Sequence[NewParty], actor: Actor) -> None:
    """Who begins or changes an agreement takes part in it, or keeps its papers. Raises Invalid."""
    own = permissions.organisations_of(actor)
    if not permissions.is_secretariat(actor) and not any(p.organisation in own for p in parties):
        raise invalid("parties", N_("Name your own organisation among the parties."))
    slugs = [party.slug for party in parties]
    acting = [party.organisation for party in parties if party.organisation]
    if len(parties) < 2:
        raise invalid("parties", N_("An agreement has two parties or more."))
    if len(set(slugs)) < len(slugs) or len(set(acting)) < len(acting):
        raise invalid("parties", N_("Each party stands there once, under a name of its own."))


def _identities(document: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [(party["id"], party.get("organisation", "")) for party in document["parties"]]


def agreement_of(agreement_id: str, actor: Actor, *, lock: bool = False) -> Agreement:
    rows = Agreement.objects.select_for_update() if lock else Agreement.objects
    agreement = rows.filter(id=agreement_id).first()
    if agreement is None or not permissions.may_read(actor, agreement):
        raise NotFound
    return agreement


def _demand(decision: Any) -> None:
    if not decision:
        raise NotPermitted(reason=decision)
