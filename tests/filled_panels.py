"""A panel in every state, in Greek letters, and visits to its pages: for `filled`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from tests.crawl import Visit
from tests.greek import WORDS
from tonle.agreements import steps
from tonle.funding.models import Call, Conflict, Proposal, Review, Reviewer
from tonle.funding.panels import services
from tonle.funding.panels.services import Profile
from tonle.funding.rules.machines import CALL
from tonle.infra.lifecycle import perform
from tonle.kernel.actors import SYSTEM, Actor
from tonle.web.public import FORM, seal


def panels_of(
    call_id: str, cast: dict[str, Actor], officer: Actor, keeper: Actor, now: datetime
) -> Iterator[Visit]:
    """The panel of a call that closes at `now`, with one submitted proposal: nobody there; what
    stands between; short of reviewers; proposed; asked; handed in; declined."""
    call = Call.objects.get(id=call_id)
    if call.state == "open":
        perform(CALL, call, "close", SYSTEM, now)
    place = f"/funding/calls/{call_id}/panels/_joint"
    row = Proposal.objects.get(call=call)
    yield Visit("dara", place)
    yield from _admitted(row, officer, keeper, now)
    yield Visit("bopha", f"/funding/proposals/{row.id}")
    people = {}
    for name, side in (("vanna", "alpha"), ("sokha", "alpha"), ("dara", "beta")):
        _link, secret = services.make_link(
            call_id=call_id, panel="", side=side, label="Μποφά", actor=keeper, now=now
        )
        said = Profile("Σοκά", "KHM", "Οίκος " + name[:1].upper(), WORDS, 3, ("alpha",))
        people[name] = services.join(secret=secret, profile=said, actor=cast[name], now=now)
    _link, secret = services.make_link(
        call_id=call_id, panel="", side="beta", label="Μποφά", actor=keeper, now=now
    )
    yield Visit("bopha", f"/funding/review-for/{secret}")
    yield Visit("bopha", f"/funding/review-for/{secret}", "name=")
    alike = Reviewer.objects.get(pk=people["dara"].pk)
    Conflict.objects.create(
        reviewer=alike, proposal=row, kind="institutional", source="node", status="possible",
        evidence={"names": ["Σοκά"], "records": []}, made_at=now,
    )  # fmt: skip
    for who in ("dara", "sokha"):
        yield from (Visit(who, f"{place}/{rest}") for rest in ("reviewers", "conflicts"))
    yield Visit("dara", f"{place}/conflicts?status=confirmed")
    yield Visit("dara", f"{place}/conflicts?status=waived")
    yield Visit("dara", f"{place}/reviewers", "do=link&side=alpha&label=")
    Conflict.objects.filter(status="possible").update(status="confirmed")
    given: dict[str, Any] = {"call_id": call_id, "panel": "", "actor": keeper, "now": now}
    services.propose(**given, per_proposal=5)
    yield Visit("dara", place)
    yield Visit("dara", place, "do=propose&per_proposal=0")
    services.wish(
        reviewer_id=people["sokha"].id, proposal_id=row.id, must=True, reason="Σοκά", actor=keeper,
        now=now,
    )  # fmt: skip
    run = services.propose(**given, per_proposal=2)
    for who in ("dara", "sokha"):
        yield Visit(who, place)
    yield Visit("dara", f"{place}/{row.id}")
    services.adopt(run_id=run.id, actor=keeper, now=now)
    yield from _reviewed(row, cast, place, now)
    # The next run is one that is short: who declined is not asked again.
    services.propose(**given, per_proposal=2)


def _admitted(row: Proposal, officer: Actor, keeper: Actor, now: datetime) -> Iterator[Visit]:
    """One party on screen, one on paper."""
    yield Visit("sokha", f"/funding/received/{row.id}")
    sha256 = row.versions.get(number=row.version).sha256
    what = steps.What("eligibility", row.id, "alpha", "rule_out", sha256, {"reason": "Σοκά"})
    yield Visit("sokha", f"/agreements/steps/eligibility/{row.id}/alpha/rule_out")
    yield Visit("dara", f"/agreements/papers/new/eligibility/{row.id}/beta/rule_out")
    steps.on_screen(what, proved_at=now, actor=officer, now=now)
    day = now.date() - timedelta(days=1)
    evidence = steps.Evidence(day, "Σοκά", "Γραφείο", "7", b"\xff\xd8\xff")
    paper = steps.on_paper(
        replace(what, party="beta", deed="admit", data={}), evidence, actor=keeper, now=now
    )
    yield Visit("sokha", f"/funding/received/{row.id}")
    yield Visit("dara", f"/agreements/papers/{paper.id}")
    steps.confirm(paper.id, proved_at=now, actor=officer, now=now)
    steps.on_screen(replace(what, deed="admit", data={}), proved_at=now, actor=officer, now=now)
    for who in ("sokha", "dara"):
        yield Visit(who, f"/funding/received/{row.id}")
        yield Visit(who, f"/funding/calls/{row.call.id}/proposals")


def _reviewed(row: Proposal, cast: dict[str, Actor], place: str, now: datetime) -> Iterator[Visit]:
    """One review handed in, one declined."""
    first, second = Review.objects.order_by("key").select_related("reviewer")
    names = {cast[name].id: name for name in ("sokha", "dara")}
    who = names[first.reviewer.account]
    page, sent = f"/funding/reviews/{first.id}", f"seal={seal(FORM, first.id, cast[who])}"
    yield Visit(who, "/funding/reviews")
    yield Visit("bopha", "/funding/reviews")
    yield Visit(who, page)
    yield Visit(who, page, f"{sent}&do=accept")
    services.accept(review_id=first.id, declares=True, actor=cast[who], now=now)
    yield Visit(who, page)
    yield Visit(who, page, f"{sent}&do=save&score-alpha=9&edit=0")
    yield Visit(who, page, f"{sent}&do=submit&score-alpha=3&edit=0")
    first.refresh_from_db()
    kept = services.save(
        review_id=first.id, scores={"alpha": "4"}, words={"alpha": WORDS, "_all": WORDS},
        aside=WORDS, edit=first.edit, actor=cast[who],
    )  # fmt: skip
    services.submit(review_id=first.id, edit=kept.edit, actor=cast[who], now=now)
    yield Visit(who, page)
    other = names[second.reviewer.account]
    services.decline(review_id=second.id, reason="Σοκά", actor=cast[other], now=now)
    yield Visit(other, f"/funding/reviews/{second.id}")
    yield Visit("dara", f"{place}/{row.id}")
    yield Visit("dara", f"{place}/{row.id}", "do=ask&reason=")
