"""Which machine rules which table, and what its context adds: permission, facts, parties."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import models

from tonle.infra import triggers
from tonle.infra.lifecycle.outcomes import Outcome
from tonle.kernel.actors import Actor
from tonle.kernel.decisions import Decision
from tonle.kernel.lifecycle import Facts, Machine

May = Callable[[str, Actor, Any], Decision]
Loader = Callable[[Any, datetime], Facts]
After = Callable[[Any, Outcome, Actor, datetime], None]


@dataclass(frozen=True)
class Registration:
    """A machine, the table whose state it rules, and the context's own functions for it."""

    machine: Machine
    model: type[models.Model]
    facts: Loader
    may: May
    parties: Callable[[Actor, Any], Collection[str]]
    after: After | None
    id_field: str

    def name_of(self, obj: models.Model) -> str:
        """The public name of one thing, as steps and audit know it."""
        return str(getattr(obj, self.id_field))

    def rows(self) -> Any:
        return self.model._base_manager


_registered: dict[str, Registration] = {}


def no_facts(_obj: Any, _now: datetime) -> Facts:
    """The loader of a machine whose guards read nothing."""
    return {}


def _parties_by_role(actor: Actor, _obj: Any) -> Collection[str]:
    """The call parties that the actor holds any role in."""
    return {role.scope.id for role in actor.roles if role.scope.kind == "call_party"}


def register(
    machine: Machine,
    model: type[models.Model],
    *,
    may: May,
    facts: Loader = no_facts,
    parties: Callable[[Actor, Any], Collection[str]] = _parties_by_role,
    after: After | None = None,
    id_field: str = "id",
) -> None:
    """Have a machine rule a model's state. Called once, when the context's app is ready.

    may: (event, actor, obj) -> Decision
    facts: (obj, now) -> what the guards read, loaded once; "now", "actor" and "state" are added
    parties: (actor, obj) -> the parties the actor may speak for, for approvals
    after: (obj, outcome, actor, now), called in the transaction once the state is written;
        for what must be true at the same instant, also when the node itself acts
    """
    known = _registered.get(machine.name)
    if known is not None and known.model is not model:
        raise ValueError(f"the machine {machine.name} rules two models")
    _registered[machine.name] = Registration(machine, model, facts, may, parties, after, id_field)
    triggers.guard(triggers.Guarded(machine.name, machine.initial, model, id_field))


def ruling(name: str) -> Registration:
    """The registration of a machine, by its name."""
    return _registered[name]


def registered() -> list[Registration]:
    """All of them, in the order in which they came."""
    return list(_registered.values())


def machines() -> list[Machine]:
    """Every registered machine, by name; the manual lists them."""
    return [_registered[name].machine for name in sorted(_registered)]


def facts_of(
    ruled: Registration, obj: Any, actor: Actor, now: datetime, extra: Mapping[str, Any] | None
) -> Facts:
    """What a machine's guards read of a thing, with what everybody's guards may read."""
    own = {"now": now, "actor": actor, "state": obj.state}
    return {**ruled.facts(obj, now), **(extra or {}), **own}
