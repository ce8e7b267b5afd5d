"""Proposals in every state, in Greek letters, and visits to their pages: for `filled`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from tests.crawl import Visit
from tests.filled_panels import panels_of
from tests.greek import TEXT, WORDS
from tonle.agreements import steps
from tonle.funding.calls import services as joint
from tonle.funding.models import Proposal
from tonle.funding.proposals import endorsing
from tonle.funding.proposals import services as proposals
from tonle.funding.proposals.loading import own_proposal
from tonle.funding.proposals.loading import whole as proposal_of
from tonle.funding.proposals.services.writing import NewCost, NewPartner
from tonle.funding.rules.call_text import digest as call_digest
from tonle.infra import clock, jobs
from tonle.kernel.actors import Actor
from tonle.kernel.dates import format_instant
from tonle.web.public import FORM, seal


def proposals_of(
    cast: dict[str, Actor],
    bureau: str,
    officer: Actor,
    keeper: Actor,
    words: dict[str, Any],
    parties: list[dict[str, Any]],
) -> Iterator[Visit]:
    """Proposals to a call that is open: begun, whole, submitted and changed since, withdrawn; one
    call that is published and not open yet, and one that has closed."""
    now = clock.now().replace(microsecond=0)
    lead, partner = cast["bopha"], cast["vanna"]
    asked = [
        {"id": "aim", "label": TEXT, "hint": TEXT, "answer": "text", "required": True},
        {"id": "months", "label": TEXT, "answer": "number", "required": False},
        {"id": "when", "label": TEXT, "answer": "day", "required": False},
        {"id": "sort", "label": TEXT, "answer": "choice", "required": False,
         "choices": [{"id": one, "name": TEXT} for one in ("alpha", "beta")]},
    ]  # fmt: skip
    opened, soon, over = (
        _published(officer, keeper, parties, words, asked, now, (now + opens, now + closes))
        for opens, closes in (
            (-timedelta(days=1), timedelta(days=9)),
            (timedelta(days=1), timedelta(days=9)),
            (-timedelta(days=1), timedelta(seconds=1)),
        )
    )
    jobs.tick(now)
    jobs.run_all_due(now)
    for call in (opened, soon, over):
        yield Visit("bopha", f"/funding/calls/{call}/apply")
        yield Visit("sokha", f"/funding/calls/{call}/proposals")
        yield Visit("", f"/records/{call}")
    yield Visit("bopha", f"/funding/calls/{opened}/apply", f"seal={seal(FORM, '', lead)}")
    yield Visit("bopha", "/funding/proposals")
    empty, whole, late = (
        proposals.begin(call_id=call, language="el", actor=lead, now=now)
        for call in (opened, opened, over)
    )
    for row in (whole, late):
        _whole_proposal(row.id, lead, partner, bureau, now)
    _link, secret = proposals.make_link(
        proposal_id=empty.id, role="member", label="Μποφά", actor=lead, now=now
    )
    yield Visit("vanna", f"/funding/join/{secret}")
    place = f"/funding/proposals/{whole.id}"
    yield Visit("vanna", place)
    for row in (whole, late):
        digest_ = proposal_of(own_proposal(row.id, lead)).sha256
        for who in (lead, partner):
            proposals.sign(proposal_id=row.id, sha256=digest_, actor=who, now=now)
        proposals.submit(proposal_id=row.id, sha256=digest_, actor=lead, now=now)
    yield Visit("bopha", place)
    answer: dict[str, Any] = {"proposal_id": whole.id, "question": "aim", "actor": lead, "now": now}
    proposals.write_answer(**answer, language="en", value=WORDS, edit=0, of_edit=1)
    proposals.write_answer(**answer, language="el", value=f"{WORDS} {WORDS}", edit=1)
    for rest in ("", "/v1", "/people", "/partners/new", "/partners/p1", "/partners/p2",
                 "/write/_proposal", "/write/alpha", "/write/alpha?in=en"):  # fmt: skip
        yield Visit("bopha", place + rest)
    sent = f"seal={seal(FORM, whole.id, lead)}"
    stale = f"{sent}&seq=aim:1:1&in=el&aim=άλλο&months=όχι"
    yield Visit("bopha", f"{place}/write/alpha", stale)
    yield Visit("bopha", f"{place}/partners/p1", f"{sent}&do=partner&name=&edit=1")
    yield Visit("bopha", f"{place}/people", f"{sent}&do=link&role=member")
    yield Visit("bopha", f"{place}/people", f"{sent}&do=link&role=")
    yield Visit("bopha", place, f"{sent}&do=submit&sha256=")
    yield Visit("vanna", f"/funding/proposals/{empty.id}")
    yield Visit("bopha", f"/funding/proposals/{empty.id}")
    for one in whole.partners.order_by("key"):
        yield from (Visit(who, f"/funding/endorsements/{one.id}") for who in ("bopha", "sokha"))
    gone = proposals.begin(call_id=opened, language="el", actor=lead, now=now)
    proposals.withdraw(proposal_id=gone.id, actor=lead, now=now)
    yield Visit("bopha", f"/funding/proposals/{gone.id}")
    yield Visit("bopha", f"/funding/proposals/{late.id}")
    yield Visit("bopha", f"/funding/proposals/{late.id}/write/alpha")
    yield Visit("sokha", f"/funding/received/{late.id}")
    yield Visit("bopha", "/funding/proposals")
    yield from panels_of(over, cast, officer, keeper, now + timedelta(seconds=2))


def _published(
    officer: Actor,
    keeper: Actor,
    parties: list[dict[str, Any]],
    words: dict[str, Any],
    asked: list[dict[str, Any]],
    now: datetime,
    between: tuple[datetime, datetime],
) -> str:
    """A call that both have signed, open between two instants. Its public name."""
    opens, closes = between
    text = joint.create_call(title=TEXT, parties=parties, actor=keeper, now=now)
    document = words | {
        "call": text.document["call"],
        "eligibility": [],
        "form": [{"id": "alpha", "name": TEXT, "questions": asked}],
        "opens_at": format_instant(opens),
        "closes_at": format_instant(closes),
    }
    text = joint.write_text(text_id=text.id, document=document, edit=0, actor=officer, now=now)
    what = steps.What("call", text.id, "alpha", "sign", call_digest(text.document), {})
    steps.on_screen(what, proved_at=now, actor=officer, now=now)
    evidence = steps.Evidence(now.date(), "Σοκά", "Γραφείο", "7", b"\xff\xd8\xff")
    paper = steps.on_paper(replace(what, party="beta"), evidence, actor=keeper, now=now)
    steps.confirm(paper.id, proved_at=now, actor=officer, now=now)
    joint.publish_call(call_id=text.call.id, actor=keeper, now=now)
    return text.call.id


def _whole_proposal(name: str, lead: Actor, partner: Actor, bureau: str, now: datetime) -> None:
    """Everything answered, two partners endorsed, each with its investigator."""
    given: dict[str, Any] = {"proposal_id": name, "actor": lead, "now": now}
    for question, language, value in (
        ("_title", "el", WORDS), ("_summary", "el", WORDS), ("_theme", "", "alpha"),
        ("aim", "el", WORDS), ("months", "", "7"), ("when", "", "2027-01-01"), ("sort", "", "beta"),
    ):  # fmt: skip
        proposals.write_answer(**given, question=question, language=language, value=value, edit=0)
    for slug, country, party, of in (("p1", "KHM", "alpha", bureau), ("p2", "CHN", "beta", "")):
        made = proposals.save_partner(**given, partner=NewPartner("Ίδρυμα", country, party, of))
        cost = NewCost(2027, "alpha", 150)
        proposals.save_costs(**given, slug=slug, costs=[cost], edit=made.edit)
    _link, secret = proposals.make_link(**given, role="investigator", partner="p2")
    proposals.join(secret=secret, actor=partner, now=now)
    for one in Proposal.objects.get(id=name).partners.all():
        what = steps.What("endorsement", one.id, "institution", "endorse", "", {})
        with transaction.atomic():
            what = replace(what, sha256=endorsing.load(one.id, lead).sha256)
        evidence = steps.Evidence(now.date(), "Σοκά", "Γραφείο", "7", b"\xff\xd8\xff")
        steps.on_paper(what, evidence, actor=lead, now=now)
