"""The text of a call as what parties sign: who may, and what comes of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from tonle.agreements.public import PartyStep, Words
from tonle.funding.calls import services, telling
from tonle.funding.models import Call, CallText
from tonle.funding.rules import call_text
from tonle.kernel.actors import Actor
from tonle.kernel.errors import N_, Refusal
from tonle.kernel.text import LanguageMap

WORDS: Mapping[str, Words] = {"sign": Words(N_("Sign"), N_("signed"))}


@dataclass(frozen=True)
class SignedCall:
    """A text with its parties, locked: the subject of steps."""

    text: CallText
    organisations: Mapping[str, str]

    @property
    def sha256(self) -> str:
        return self.text.sha256 or call_text.digest(self.text.document)

    @property
    def title(self) -> LanguageMap:
        return dict(self.text.document["title"])

    @property
    def url(self) -> str:
        return services.address(self.text)

    def name(self, party: str) -> LanguageMap:
        return call_text.party_names(self.text.document).get(party, {})

    def words(self, deed: str) -> Words | None:
        return WORDS.get(deed)

    def told(self, step: PartyStep, now: datetime) -> None:
        telling.of_step(self.text, self.organisations, step, now)

    def organisation(self, party: str) -> str | None:
        return self.organisations.get(party)

    def keeps_papers(self, actor: Actor) -> bool:
        return actor.has("secretariat")

    def today(self, now: datetime) -> date:
        return now.astimezone(ZoneInfo(self.text.document["zone"])).date()

    def refusal(self, party: str, deed: str, data: Mapping[str, Any], on: date) -> Refusal | None:
        """Why the party cannot sign, if it cannot."""
        del data, on
        if deed != "sign" or self.text.state != "draft":
            return Refusal("not_now", N_("With this text, as it stands, that cannot be done."))
        if party in services.signed(self.text):
            return Refusal("done", N_("The party has signed already."))
        if found := call_text.problems(self.text.document):
            told = "; ".join(str(problem) for _, problem in found[:5])
            return Refusal(
                "text_not_whole", N_("The text is not whole yet: %(problems)s."), {"problems": told}
            )
        return None

    def carry_out(self, step: PartyStep, actor: Actor, now: datetime) -> None:
        """Once all have signed, the text is the call's."""
        del step, actor
        services.sign_when_all_have(self.text, now)


def load(text_id: str, actor: Actor) -> SignedCall:
    """A text for a step of a party; its call and its row are locked. Raises NotFound."""
    text = services.load(text_id, actor)
    # The call first, as everybody who moves it does: two at once wait, and none for ever.
    Call.objects.select_for_update().get(pk=text.call_id)
    text = services.load(text_id, actor, lock=True)
    rows = text.call.parties.order_by("key").values_list("slug", "organisation")
    return SignedCall(text, dict(rows))
