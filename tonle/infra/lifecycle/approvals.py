"""Steps that several parties must approve, each for itself."""

from __future__ import annotations

from typing import Any

from tonle.infra import audit
from tonle.infra.lifecycle.outcomes import Outcome
from tonle.infra.lifecycle.registry import Registration
from tonle.infra.models import Approval
from tonle.kernel.actors import Actor
from tonle.kernel.decisions import deny
from tonle.kernel.errors import N_, NotPermitted, Refusal, Refused, TonleError
from tonle.kernel.lifecycle import Facts, Step

_NO_PARTY = deny(N_("Only the parties named for this may approve it, each for itself."))
_WHICH_PARTY = deny(N_("You speak for several of the parties. Say for which one."))


def agree(
    ruled: Registration,
    obj: Any,
    step: Step,
    actor: Actor,
    facts: Facts,
    party: str | None,
    note: str | None,
) -> Step | Outcome | TonleError:
    """Take the party's approval; the step itself once every party has given it."""
    needed = step.transition.parties(facts)
    if not needed:
        if step.transition.approvals:
            return Refused(
                [Refusal("no_parties", N_("No parties are named yet. Name them first."))]
            )
        return step
    speaks = [one for one in needed if one in ruled.parties(actor, obj)]
    speaks = [one for one in speaks if party is None or one == party]
    if len(speaks) != 1:
        return NotPermitted(reason=_WHICH_PARTY if speaks else _NO_PARTY)
    machine, name, seq = ruled.machine.name, ruled.name_of(obj), obj.state_seq + 1
    given = Approval.objects.filter(machine=machine, object_id=name, seq=seq, event=step.event)
    have = set(given.values_list("party", flat=True))
    if speaks[0] not in have:
        entry = audit.record(
            f"{machine}.approve", machine, name, actor, facts["now"],
            {"event": step.event, "seq": seq, "party": speaks[0]},
            personal={"note": note} if note else None,
        )  # fmt: skip
        Approval.objects.create(
            machine=machine, object_id=name, seq=seq, event=step.event, party=speaks[0],
            actor=actor.id, at=facts["now"], entry=entry,
        )  # fmt: skip
        have.add(speaks[0])
    waiting = tuple(one for one in needed if one not in have)
    if not waiting:
        return step
    return Outcome(
        machine, name, step.event, obj.state, obj.state, obj.state_seq,
        moved=False, waiting_for=waiting,
    )  # fmt: skip
