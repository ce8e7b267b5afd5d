"""An open call and a whole proposal to it, for tests. Their people are invented."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from tests.constants import NOW
from tonle.funding.calls.tests.test_calls import CLOSES, MEI, OPENS, SOKHA, published, settle
from tonle.funding.models import Call, Proposal
from tonle.funding.proposals import services
from tonle.funding.proposals.loading import own_proposal, whole
from tonle.funding.proposals.services.writing import NewCost, NewPartner
from tonle.funding.rules.proposals import SUMMARY, THEME, TITLE
from tonle.kernel.actors import Actor

__all__ = ["CLOSES", "MEI", "OPENS", "SOKHA"]

HOUR = timedelta(hours=1)
WRITING = OPENS + 10 * HOUR
CHAN, LIN = Actor("chan-lead"), Actor("lin-of-cn")
RUPP = NewPartner("Invented University of Phnom Penh", "KHM", "kh")
YNU = NewPartner("Invented University of Kunming", "CHN", "cn")


def open_call(**changed: Any) -> Call:
    """Open, endorsement waived unless it is said otherwise."""
    text = published(**{"endorsement": "waived", **changed})
    settle(NOW)
    settle(OPENS)
    call = Call.objects.get(pk=text.call_id)
    assert (call.state, call.record) == ("open", call.id)
    return call


def begun(call: Call | None = None, now: datetime = WRITING) -> Proposal:
    call = call or open_call()
    return services.begin(call_id=call.id, language="km", actor=CHAN, now=now)


def answer(
    row: Proposal, question: str, value: str, language: str = "km", edit: int = 0,
    of_edit: int = 0, actor: Actor = CHAN, now: datetime = WRITING,
) -> Any:  # fmt: skip
    return services.write_answer(
        proposal_id=row.id, question=question, language=language, value=value, edit=edit,
        of_edit=of_edit, actor=actor, now=now,
    )  # fmt: skip


def joined(row: Proposal, role: str = "investigator", partner: str = "p2") -> None:
    """Lin is of it, on the Chinese side."""
    _link, secret = services.make_link(
        proposal_id=row.id, role=role, partner=partner, actor=CHAN, now=WRITING
    )
    services.join(secret=secret, actor=LIN, now=WRITING)


def filled(call: Call | None = None) -> Proposal:
    """Everything that the text asks for; nobody has signed."""
    row = begun(call)
    answer(row, TITLE, "ថាមពលព្រះអាទិត្យ")
    answer(row, SUMMARY, "សេចក្តីសង្ខេប")
    answer(row, THEME, "energy", "")
    answer(row, "aim", "គោលបំណង")
    for slug, partner, amount in (("p1", RUPP, 9_000_000), ("p2", YNU, 60_000_000)):
        services.save_partner(proposal_id=row.id, partner=partner, actor=CHAN, now=WRITING)
        services.save_costs(
            proposal_id=row.id, slug=slug, costs=[NewCost(2027, "staff", amount)], edit=1,
            actor=CHAN, now=WRITING,
        )  # fmt: skip
    joined(row)
    return row


def digest(row: Proposal, actor: Actor = CHAN) -> str:
    return whole(own_proposal(row.id, actor)).sha256


def sign(row: Proposal, *actors: Actor, now: datetime = WRITING) -> None:
    for actor in actors or (CHAN, LIN):
        services.sign(proposal_id=row.id, sha256=digest(row), actor=actor, now=now)


def submitted(call: Call | None = None) -> Proposal:
    row = filled(call)
    sign(row)
    services.submit(proposal_id=row.id, sha256=digest(row), actor=CHAN, now=WRITING)
    row.refresh_from_db()
    return row
