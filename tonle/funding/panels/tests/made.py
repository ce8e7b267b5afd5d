"""A closed call with eligible proposals and reviewers, for tests. All are invented."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tonle.funding.calls.tests.test_calls import CLOSES, DARA, MEI, SOKHA, settle
from tonle.funding.models import Call, Proposal, Reviewer
from tonle.funding.panels import services
from tonle.funding.panels.services import Profile
from tonle.funding.proposals.admitting import ADMIT
from tonle.funding.proposals.tests.made import open_call, submitted
from tonle.funding.proposals.tests.test_admitting import say
from tonle.kernel.actors import Actor

AFTER = CLOSES + timedelta(hours=1)
JOINT = ""


def eligible(number: int = 1, **changed: Any) -> tuple[Call, list[Proposal]]:
    """A closed call and proposals that both sides have admitted."""
    call = open_call(**changed)
    rows = [submitted(call) for _ in range(number)]
    settle(CLOSES)
    for row in rows:
        for party in ("kh", "cn"):
            say(row, party, ADMIT)
        assert row.state == "eligible"
    call.refresh_from_db()
    return call, rows


def profile(name: str, country: str, institution: str, most: int = 5, **more: Any) -> Profile:
    knows = more.pop("knows", "solar power, water")
    return Profile(name, country, institution, knows, most, **more)


def joined(
    call: Call, account: str, side: str = "", institution: str = "", panel: str = JOINT, **more: Any
) -> tuple[Reviewer, Actor]:
    """A reviewer who followed a link."""
    actor = Actor(account)
    _link, secret = services.make_link(
        call_id=call.id, panel=panel, side=side, actor=DARA if panel == JOINT else
        {"kh": SOKHA, "cn": MEI}[panel], now=AFTER,
    )  # fmt: skip
    country = {"kh": "KHM", "cn": "CHN"}.get(side, "THA")
    name = more.pop("name", f"Reviewer {account}")
    said = profile(name, country, institution or f"Institute {account}", **more)
    return services.join(secret=secret, profile=said, actor=actor, now=AFTER), actor


def staffed(call: Call) -> dict[str, tuple[Reviewer, Actor]]:
    """Two reviewers of each side, and one of none."""
    sides = {"vanna": "kh", "piseth": "kh", "wang": "cn", "zhao": "cn", "somchai": ""}
    return {name: joined(call, name, side) for name, side in sides.items()}
