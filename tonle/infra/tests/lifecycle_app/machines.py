"""The machine of the tests: a request that is open, closes on the clock, and is decided."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from tonle.infra import lifecycle
from tonle.infra.tests.lifecycle_app.models import Request
from tonle.kernel.actors import Actor
from tonle.kernel.decisions import Decision, allow, deny
from tonle.kernel.errors import N_, Refusal
from tonle.kernel.lifecycle import Facts, Machine, Transition


def has_title(facts: Facts) -> Refusal | None:
    if facts["title"]:
        return None
    return Refusal("no_title", N_("The title is empty. Fill it in."))


def is_short(facts: Facts) -> Refusal | None:
    if len(facts["id"]) < 10:
        return None
    return Refusal("long", N_("The name %(id)s is too long."), {"id": facts["id"]})


REQUEST = Machine(
    name="lifecycle_app.request",
    version=1,
    states=("open", "submitted", "closed", "agreed"),
    initial="open",
    final=frozenset({"agreed"}),
    transitions=(
        Transition(
            "submit",
            ("open",),
            "submitted",
            who=("applicant",),
            guards=(has_title, is_short),
            effects=("RequestSubmitted",),
        ),
        Transition("close", ("open",), "closed", at="closes_at"),
        Transition("reopen", ("submitted", "closed"), "open", who=("keeper",), sees="keepers"),
        Transition("agree", ("submitted",), "agreed", who=("parties",), approvals=("khm", "tha")),
    ),
)


def facts(request: Any, _now: datetime) -> Facts:
    return {"id": request.id, "title": request.title, "closes_at": request.closes_at}


def may(event: str, actor: Actor, _request: Any) -> Decision:
    if actor.kind == "anonymous":
        return deny(N_("Sign in first."))
    if event == "reopen" and not actor.has("keeper"):
        return deny(N_("Only a keeper may reopen a request."))
    return allow()


def register() -> None:
    lifecycle.register(REQUEST, Request, facts=facts, may=may)
