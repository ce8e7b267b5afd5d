"""Writing a proposal: begun in an open call, answered question by question, with its costs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.db.models import Sum
from django.db.models.functions import Length

from tonle.funding.models import (
    Call,
    CallText,
    Proposal,
    ProposalAnswer,
    ProposalCost,
    ProposalPartner,
    ProposalPerson,
)
from tonle.funding.proposals import permissions
from tonle.funding.proposals.errors import AnswerConflict
from tonle.funding.proposals.loading import own_proposal, standing
from tonle.funding.rules import proposals
from tonle.infra import audit
from tonle.infra.idempotency import IdempotencyKey, once
from tonle.kernel import codes, identifiers
from tonle.kernel.actors import Actor
from tonle.kernel.errors import N_, Conflict, NotFound, NotPermitted, Refusal, Refused
from tonle.kernel.identifiers import normalise
from tonle.kernel.money import MAX_MINOR, exponent
from tonle.kernel.sentences import invalid, shown
from tonle.kernel.text import language_tag, one_line, valid_language
from tonle.people import public as people

SUBJECT: Final = "proposal"
# Of one person in one call: more than anybody leads, and a bound for a program that runs wild.
MOST_BEGUN: Final = 20
MOST_PARTNERS: Final = 40
MOST_COSTS: Final = 300
MOST_LANGUAGES: Final = 12
# Characters of all answers in all languages: some five hundred pages.
MOST_WRITTEN: Final = 1_500_000
FIRST_YEAR, LAST_YEAR = 2000, 2200
_LONGEST_NAME: Final = 300


@dataclass(frozen=True)
class NewPartner:
    """An institution as somebody names it. party: slug; "" where it has money of its own.

    organisation: its id on this node, where it has one: then its officers endorse on screen.
    """

    name: str
    country: str
    party: str = ""
    organisation: str = ""
    ror: str = ""


@dataclass(frozen=True)
class NewCost:
    """A sum. currency: of own money alone; a party pays in its own."""

    year: int
    category: str
    amount_minor: int
    currency: str = ""


def begin(
    *,
    call_id: str,
    language: str,
    actor: Actor,
    now: datetime,
    key: IdempotencyKey | None = None,
) -> Proposal:
    """Begin a proposal to an open call; the actor leads it.

    language: in which it is written first. Raises NotFound, NotPermitted, Invalid, Refused.
    """
    if not (decision := permissions.may_begin(actor)):
        raise NotPermitted(reason=decision)
    tag = _language(language, "language")

    def work() -> str:
        call = Call.objects.filter(id=call_id).exclude(record="").first()
        if call is None:
            raise NotFound
        _demand_open(call, now)
        mine = ProposalPerson.objects.filter(
            account=actor.id, role="lead", proposal__call=call
        ).exclude(proposal__state="withdrawn")
        if mine.count() >= MOST_BEGUN:
            raise Refused(
                [
                    Refusal(
                        "too_many_proposals",
                        N_("You lead %(most)s proposals to this call already. Withdraw one."),
                        {"most": MOST_BEGUN},
                    )
                ]
            )
        row = Proposal.objects.create(
            id=identifiers.mint(), call=call, language=tag, created_by=actor.id, created_at=now
        )
        add_person(row, actor, "lead", None, now)
        audit.record("funding.proposal_begun", SUBJECT, row.id, actor, now, {"call": call.id})
        return row.id

    made = once(actor, key, {"proposal": call_id, "language": tag}, now, work)
    return own_proposal(made, actor)


def write_answer(
    *,
    proposal_id: str,
    question: str,
    language: str,
    value: str,
    edit: int,
    of_edit: int = 0,
    actor: Actor,
    now: datetime,
) -> ProposalAnswer:
    """Keep one answer, in one language; "" where the question has none.

    edit: the number of the answer that the writer had before them, 0 for none. of_edit: of a
    translation, the number of the first text that they had before them; the same words with a
    newer one say that they still hold. The same words again change nothing else. Raises
    NotFound, Invalid, Refused, AnswerConflict.
    """
    with transaction.atomic():
        row = writable(proposal_id, actor, now)
        asked = proposals.questions(_text(row).document).get(question)
        if asked is None:
            raise NotFound
        tag = _language(language, "language") if asked.in_words else ""
        clean = proposals.clean(asked, value)
        before = ProposalAnswer.objects.filter(
            proposal=row, question=question, language=tag
        ).first()
        _demand_room(row, before, clean)
        translates = tag not in {"", row.language}
        of = min(of_edit, _first_edit(row, question)) if translates else 0
        if before is None:
            return _first_answer(row, asked, tag, clean, of, edit, actor, now)
        if before.value == clean and before.of_edit >= of:
            return before
        if before.value != clean and before.edit != edit:
            raise AnswerConflict(theirs=before.value, edit=before.edit)
        before.edit += before.value != clean
        before.value, before.of_edit = clean, of
        before.written_by, before.written_at = actor.id, now
        before.save()
        return before


def _first_answer(
    row: Proposal,
    asked: proposals.Question,
    tag: str,
    value: str,
    of_edit: int,
    edit: int,
    actor: Actor,
    now: datetime,
) -> ProposalAnswer:
    if edit:
        raise AnswerConflict(theirs="", edit=0)
    if tag:
        known = row.answers.exclude(language="").values_list("language", flat=True).distinct()
        if tag not in set(known) and len(set(known)) >= MOST_LANGUAGES:
            raise invalid(
                "language", N_("A proposal has up to %(most)s languages."), most=MOST_LANGUAGES
            )
    return ProposalAnswer.objects.create(
        proposal=row,
        question=asked.id,
        language=tag,
        value=value,
        of_edit=of_edit,
        written_by=actor.id,
        written_at=now,
    )


def save_partner(
    *,
    proposal_id: str,
    slug: str = "",
    partner: NewPartner,
    edit: int = 0,
    actor: Actor,
    now: datetime,
    key: IdempotencyKey | None = None,
) -> ProposalPartner:
    """Add a partner (slug ""), or change one. edit: its number before the change.

    Costs go along to the party that pays now, in its currency only if that stays the same: else
    they are to be written anew. Raises NotFound, Invalid, Refused, Conflict.
    """

    def work() -> str:
        row = writable(proposal_id, actor, now)
        clean = _partner(partner, _text(row).document)
        if not slug:
            return _add_partner(row, clean)
        found = row.partners.filter(slug=slug).first()
        if found is None:
            raise NotFound
        if found.edit != edit:
            raise Conflict
        if found.party != clean.party:
            found.costs.all().delete()
        for name, value in vars(clean).items():
            setattr(found, name, value)
        found.edit += 1
        found.save()
        return found.id

    asked = {"partner": [proposal_id, slug, edit, vars(partner)]}
    with transaction.atomic():
        return ProposalPartner.objects.get(id=once(actor, key, asked, now, work))


def _add_partner(row: Proposal, clean: NewPartner) -> str:
    count = row.partners.count()
    if count >= MOST_PARTNERS:
        raise invalid("name", N_("A proposal has up to %(most)s partners."), most=MOST_PARTNERS)
    slugs = set(row.partners.values_list("slug", flat=True))
    slug = next(name for n in range(1, count + 2) if (name := f"p{n}") not in slugs)
    made = ProposalPartner.objects.create(
        id=identifiers.mint(), proposal=row, slug=slug, **vars(clean)
    )
    # Who begins alone speaks for the first institution that they name.
    row.people.filter(role="lead", partner=None).update(partner=made)
    return made.id


def remove_partner(*, proposal_id: str, slug: str, actor: Actor, now: datetime) -> None:
    """Take a partner out, with its costs; its people belong to none then. Twice is once.

    Raises NotFound, Refused.
    """
    with transaction.atomic():
        row = writable(proposal_id, actor, now)
        row.partners.filter(slug=slug).delete()


def save_costs(
    *,
    proposal_id: str,
    slug: str,
    costs: Sequence[NewCost],
    edit: int,
    actor: Actor,
    now: datetime,
) -> ProposalPartner:
    """The costs of one partner, all of them. edit: the partner's number before.

    Two sums of the same year and category are one. Raises NotFound, Invalid, Refused, Conflict.
    """
    with transaction.atomic():
        row = writable(proposal_id, actor, now)
        found = row.partners.filter(slug=slug).first()
        if found is None:
            raise NotFound
        sums = _sums(costs, found, _text(row).document)
        if _same(found, sums):
            return found
        if found.edit != edit:
            raise Conflict
        found.costs.all().delete()
        ProposalCost.objects.bulk_create(
            ProposalCost(
                proposal=row,
                partner=found,
                party=found.party,
                year=year,
                category=category,
                currency=currency,
                amount_minor=amount,
            )
            for (year, category, currency), amount in sums.items()
        )
        found.edit += 1
        found.save(update_fields=["edit"])
    return found


# --- how it is put together --------------------------------------------------------------


def writable(proposal_id: str, actor: Actor, now: datetime) -> Proposal:
    """An own proposal, locked, that may be written now. Raises NotFound, Refused."""
    row = own_proposal(proposal_id, actor, lock=True)
    if row.state == "withdrawn":
        raise Refused([Refusal("withdrawn", N_("This proposal is withdrawn."))])
    _demand_open(row.call, now)
    return row


def add_person(
    row: Proposal, actor: Actor, role: str, partner: ProposalPartner | None, now: datetime
) -> ProposalPerson:
    """Put the person behind the account among the people, under the name they have here."""
    person = people.own_person(actor)
    name = people.names_of([actor.id]).get(actor.id, "")
    return ProposalPerson.objects.create(
        proposal=row,
        account=actor.id,
        partner=partner,
        role=role,
        name=one_line(name)[:_LONGEST_NAME] or "–",
        orcid=person.orcid if person is not None else "",
        joined_at=now,
    )


def _demand_open(call: Call, now: datetime) -> None:
    stands = standing(call, now)
    if stands == "open":
        return
    if stands == "published":
        raise Refused([Refusal("not_open_yet", N_("This call is not open yet."))])
    raise Refused([Refusal("call_closed", N_("This call is closed. Nothing can be changed."))])


def _text(row: Proposal) -> CallText:
    return CallText.objects.get(call=row.call_id, state="agreed")


def _demand_room(row: Proposal, before: ProposalAnswer | None, value: str) -> None:
    """A proposal is bounded as a whole, too. One query, for an answer that grows."""
    more = len(value) - (len(before.value) if before is not None else 0)
    if more <= 0:
        return
    written = row.answers.aggregate(all=Sum(Length("value")))["all"] or 0
    if written + more > MOST_WRITTEN:
        raise invalid(
            "value",
            N_("All answers together have up to %(most)s characters."),
            most=MOST_WRITTEN,
        )


def _first_edit(row: Proposal, question: str) -> int:
    first = row.answers.filter(question=question, language=row.language).first()
    return first.edit if first is not None else 0


def _language(tag: str, where: str) -> str:
    if len(tag) > 35 or not valid_language(tag):
        raise invalid(where, N_("“%(tag)s” is no language."), tag=shown(tag))
    return language_tag(tag)


def _partner(said: NewPartner, text: Mapping[str, Any]) -> NewPartner:
    name = one_line(said.name)
    if not 1 <= len(name) <= _LONGEST_NAME:
        raise invalid("name", N_("Write the name of the institution."))
    countries = {str(one.data["alpha3"]) for one in codes.codes("countries").values()}
    if said.country not in countries:
        raise invalid("country", N_("Choose the country."))
    if said.party and said.party not in {one["id"] for one in text["parties"]}:
        raise invalid("party", N_("Choose who pays for it."))
    ror = normalise("ror", said.ror) if said.ror.strip() else ""
    if said.organisation and people.organisation(said.organisation) is None:
        raise invalid("organisation", N_("There is no such organisation here."))
    return NewPartner(name, said.country, said.party, said.organisation, ror)


def _sums(
    costs: Sequence[NewCost], partner: ProposalPartner, text: Mapping[str, Any]
) -> dict[tuple[int, str, str], int]:
    if len(costs) > MOST_COSTS:
        raise invalid("costs", N_("A partner has up to %(most)s sums."), most=MOST_COSTS)
    paying = {one["id"]: one["currency"] for one in text["parties"]}
    categories = {one["id"] for one in text["budget_categories"]}
    found: dict[tuple[int, str, str], int] = {}
    for number, one in enumerate(costs):
        where = f"costs/{number}"
        if not FIRST_YEAR <= one.year <= LAST_YEAR:
            raise invalid(f"{where}/year", N_("Write a year between 2000 and 2200."))
        if one.category not in categories:
            raise invalid(f"{where}/category", N_("Choose a category of this call."))
        if not 0 <= one.amount_minor <= MAX_MINOR:
            raise invalid(f"{where}/amount", N_("Write what it costs, 0 or more."))
        currency = paying.get(partner.party, one.currency)
        exponent(currency)
        if one.amount_minor:
            key = (one.year, one.category, currency)
            found[key] = found.get(key, 0) + one.amount_minor
    if any(amount > MAX_MINOR for amount in found.values()):
        raise invalid("costs", N_("This amount is too large. Check the number of zeros."))
    return found


def _same(partner: ProposalPartner, sums: Mapping[tuple[int, str, str], int]) -> bool:
    rows = partner.costs.values_list("year", "category", "currency", "amount_minor", "party")
    return {row[:3]: row[3] for row in rows} == sums and {row[4] for row in rows} <= {partner.party}
