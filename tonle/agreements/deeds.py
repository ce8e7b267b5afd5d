"""A version of an agreement as what parties act upon: what each may do, and what comes of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from tonle.agreements import publication, services, telling
from tonle.agreements.models import Deed, Party, PartyStep, Version
from tonle.agreements.rules import binding, texts
from tonle.agreements.rules.machine import VERSION
from tonle.agreements.steps import Words
from tonle.infra.lifecycle import perform
from tonle.kernel.actors import SYSTEM, Actor
from tonle.kernel.dates import add_months
from tonle.kernel.errors import N_, Refusal
from tonle.kernel.periods import Period
from tonle.kernel.text import LanguageMap

# What a party may do in each state; what its terms have no room for is refused beside.
DEEDS: Mapping[str, tuple[str, ...]] = {
    "draft": ("agree",),
    "agreed": ("sign",),
    "partly_signed": ("sign", "ratify"),
    "signed": ("ratify",),
    "in_force": ("sign", "ratify", "withdraw", "stop_renewal", "terminate"),
}
_CONSENT = {"signature": "sign", "ratification": "ratify"}
WORDS: Mapping[str, Words] = {
    "agree": Words(N_("Agree to the text"), N_("agreed to the text")),
    "sign": Words(N_("Sign"), N_("signed")),
    "ratify": Words(N_("Ratify"), N_("ratified")),
    "withdraw": Words(N_("Leave the agreement"), N_("gave notice of leaving"), asks_day=True),
    "stop_renewal": Words(N_("Stop the renewal"), N_("gave notice against renewal")),
    "terminate": Words(N_("End it for all"), N_("wants it to end for all"), asks_day=True),
}


@dataclass(frozen=True)
class SignedText:
    """A version with its parties, locked: the subject of steps."""

    version: Version
    organisations: Mapping[str, str]

    @property
    def sha256(self) -> str:
        return self.version.sha256 or texts.digest(self.version.document)

    @property
    def title(self) -> LanguageMap:
        return dict(self.version.document["title"])

    @property
    def url(self) -> str:
        return services.address(self.version)

    def name(self, party: str) -> LanguageMap:
        return texts.party_names(self.version.document).get(party, {})

    def words(self, deed: str) -> Words | None:
        return WORDS.get(deed)

    def told(self, step: PartyStep, now: datetime) -> None:
        telling.of_step(self.version, self.organisations, step, now)

    def organisation(self, party: str) -> str | None:
        return self.organisations.get(party)

    def keeps_papers(self, actor: Actor) -> bool:
        return actor.has("secretariat")

    def today(self, now: datetime) -> date:
        return now.astimezone(texts.zone(self.version.document)).date()

    def refusal(self, party: str, deed: str, data: Mapping[str, Any], on: date) -> Refusal | None:
        """Why the party cannot do this, if it cannot: the first reason, in the order of reading."""
        if deed not in DEEDS.get(self.version.state, ()):
            return Refusal("not_now", N_("With this version, as it stands, that cannot be done."))
        done = self._done(party)
        if deed == "agree":
            return self._agreeing(done)
        if deed == "sign":
            return _twice() if "sign" in done else None
        if deed == "ratify":
            return self._ratifying(done, on)
        standing = binding.standings(*services.known(self.version.agreement), on).get(party)
        if standing is None or standing.version != self.version.number:
            return Refusal("not_bound", N_("The party is not bound by this version on that day."))
        if deed in done:
            return _twice()
        return self._ending(deed, data, on)

    def carry_out(self, step: PartyStep, actor: Actor, now: datetime) -> None:
        """The deed with its days; the steps of the machine that follow at once, by the node."""
        del actor
        if step.deed == "agree":
            self._agree(now)
            return
        if step.deed == "sign":
            perform(VERSION, self.version, "sign", SYSTEM, now)
            # Before the deed is written: with it the text may be in force already.
            if self.version.state == "partly_signed" and self._all_signed():
                perform(VERSION, self.version, "complete", SYSTEM, now)
        self._enter(step, now)
        services.reschedule(self.version.agreement, now)
        publication.ask(self.version.agreement, now)

    def _agreeing(self, done: Mapping[str, PartyStep]) -> Refusal | None:
        if (before := done.get("agree")) is not None and before.sha256 == self.sha256:
            return _twice()
        if found := texts.problems(self.version.document):
            told = "; ".join(str(problem) for _, problem in found[:5])
            return Refusal(
                "text_not_whole", N_("The text is not whole yet: %(problems)s."), {"problems": told}
            )
        return None

    def _ratifying(self, done: Mapping[str, PartyStep], on: date) -> Refusal | None:
        if self.version.document["terms"]["consent"] != "ratification":
            return Refusal(
                "no_ratification", N_("This text binds by signature. Nobody ratifies it.")
            )
        if "ratify" in done:
            return _twice()
        if "sign" not in done or done["sign"].done_on > on:
            return Refusal("sign_first", N_("A party ratifies what it has signed."))
        return None

    def _ending(self, deed: str, data: Mapping[str, Any], on: date) -> Refusal | None:
        terms = self.version.document["terms"]
        if deed == "stop_renewal":
            if not terms.get("renews_months"):
                return Refusal("no_renewal", N_("This text does not renew itself."))
            return None
        effective = _day(data.get("effective"))
        if effective is None or not on <= effective <= texts.LAST_DAY:
            return Refusal(
                "effective", N_("Say from which day on it holds; not one before the act.")
            )
        if deed == "withdraw":
            months = terms.get("withdrawal_months")
            if months is None:
                return Refusal("no_withdrawal", N_("This text lets no party leave alone."))
            if effective < (earliest := add_months(on, months)):
                return Refusal(
                    "too_soon",
                    N_("Notice takes %(months)s months: it holds from %(day)s at the earliest."),
                    {"months": months, "day": earliest.isoformat()},
                )
        return None

    def _agree(self, now: datetime) -> None:
        """Once all have agreed to these words, they stand and have their digest."""
        agreed = services.parties_that(self.version, "agree", self.sha256)
        if set(agreed) >= set(self.organisations):
            self.version.sha256 = self.sha256
            self.version.save(update_fields=["sha256"])
            perform(VERSION, self.version, "agree", SYSTEM, now)

    def _enter(self, step: PartyStep, now: datetime) -> None:
        """Write what days are computed of; a termination once all who are bound have said so."""
        terms = self.version.document["terms"]
        made = {
            "agreement": self.version.agreement,
            "version": self.version,
            "on": step.done_on,
            "entered_at": now,
            "step": step,
        }
        if step.deed == _CONSENT[terms["consent"]]:
            Deed.objects.create(kind="consent", party=step.party, **made)
        elif step.deed == "withdraw":
            effective = _day(step.data["effective"])
            Deed.objects.create(kind="withdrawal", party=step.party, effective=effective, **made)
        elif step.deed == "stop_renewal":
            Deed.objects.create(kind="non_renewal", party=step.party, **made)
        elif step.deed == "terminate" and self._all_end_it(step, now):
            effective = _day(step.data["effective"])
            Deed.objects.create(kind="termination", effective=effective, **made)

    def _all_end_it(self, step: PartyStep, now: datetime) -> bool:
        """Whether all want it to end then whom it binds at any time from the act until then.

        A party bound by another version of the agreement is asked as well.
        """
        first = min(step.done_on, self.today(now))
        last = max(_day(step.data["effective"]) or first, first + timedelta(days=1))
        bound = {
            one.party
            for one in binding.bindings(*services.known(self.version.agreement))
            if one.period.overlaps(Period(first, last))
        }
        ends = PartyStep.objects.filter(
            subject_kind=services.SUBJECT,
            subject__in=self.version.agreement.versions.values("id"),
            deed="terminate",
            state="confirmed",
        )
        wanted = {one.party for one in ends if one.data.get("effective") == step.data["effective"]}
        return bound <= wanted

    def _all_signed(self) -> bool:
        return set(services.parties_that(self.version, "sign")) >= set(self.organisations)

    def _done(self, party: str) -> dict[str, PartyStep]:
        """The last of each deed that still counts: who left may sign anew, and leave anew."""
        found: dict[str, PartyStep] = {}
        for step in self._confirmed().filter(party=party).order_by("key"):
            found[step.deed] = step
            if step.deed == "withdraw":
                found.pop("sign", None)
                found.pop("ratify", None)
            elif step.deed == "sign":
                found.pop("withdraw", None)
        return found

    def _confirmed(self) -> Any:
        return PartyStep.objects.filter(
            subject_kind=services.SUBJECT, subject=self.version.id, state="confirmed"
        )


def load(version_id: str, actor: Actor) -> SignedText:
    """A version for a step of a party; its row is locked. Raises NotFound."""
    version = services.load(version_id, actor, lock=True)
    rows = Party.objects.filter(agreement=version.agreement).order_by("key")
    return SignedText(version, {party.slug: party.organisation for party in rows})


def _twice() -> Refusal:
    return Refusal("done", N_("The party has done that already."))


def _day(text: object) -> date | None:
    try:
        return date.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None
