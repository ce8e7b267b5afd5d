"""Lifecycles as data: what may happen to a thing, when, and who must agree.

A machine is a value. It is checked whole when it is made, so that a mistake shows
at start-up with every fault at once and not on the day somebody meets it. Deciding
is pure: facts in, a step or every refusal out. `tonle.infra.lifecycle` does the rest.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tonle.kernel.errors import N_, Refusal
from tonle.kernel.sentences import Sentence

Facts = Mapping[str, Any]
Guard = Callable[[Facts], Refusal | None]

_WORD = re.compile(r"[a-z][a-z0-9_]*\Z")
_NAME = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)?\Z")  # "catalogue.draft"
# The columns that hold them are this wide.
_LONGEST_WORD = 32
_LONGEST_NAME = 64


class BadMachine(ValueError):
    """A machine that contradicts itself. faults: one sentence each, all of them."""

    def __init__(self, name: str, faults: Iterable[str]) -> None:
        self.faults = tuple(faults)
        super().__init__(f"{name}: " + " ".join(self.faults))


@dataclass(frozen=True)
class Transition:
    """One thing that may happen.

    event      the verb that people and services use: "accept"
    sources    states it may start from
    target     the state it leads to; may be one of the sources
    who        the roles that act, for the page and the manual; the registered
               permission decides
    guards     named functions, facts -> Refusal or None; all of them run
    effects    names of events that go to the outbox in the same transaction
    at         name of the fact that holds an instant (aware datetime or None): the
               node itself fires the transition then, and refuses it before
    approvals  parties that must each act before it happens: their names, or the
               name of the fact that holds them
    sees       who may read this step in the history, in the context's own words;
               "" is everybody who may read the thing
    """

    event: str
    sources: tuple[str, ...]
    target: str
    who: tuple[str, ...] = ()
    guards: tuple[Guard, ...] = ()
    effects: tuple[str, ...] = ()
    at: str | None = None
    approvals: tuple[str, ...] | str = ()
    sees: str = ""

    def parties(self, facts: Facts) -> tuple[str, ...]:
        """The parties that must each act, in their order."""
        if isinstance(self.approvals, str):
            return tuple(str(party) for party in facts.get(self.approvals) or ())
        return self.approvals


@dataclass(frozen=True)
class Machine:
    """A lifecycle: states, and the transitions between them.

    name says whose it is: "catalogue.draft".
    labels are gettext messages for states and events; a word without one is shown as it is.
    version goes up when the meaning of a state or an event changes; every stored
    step names the version it was decided under. final states have no way out.
    Raises BadMachine when it is made, with every fault.
    """

    name: str
    version: int
    states: tuple[str, ...]
    initial: str
    transitions: tuple[Transition, ...]
    final: frozenset[str] = frozenset()
    labels: Mapping[str, str] = field(default_factory=dict, hash=False, repr=False)
    _by_state: dict[str, dict[str, Transition]] = field(
        init=False, repr=False, compare=False, default_factory=dict
    )

    def __post_init__(self) -> None:
        faults = list(_faults(self))
        if faults:
            raise BadMachine(self.name, faults)
        for state in self.states:
            self._by_state[state] = {t.event: t for t in self.transitions if state in t.sources}

    def available(self, state: str) -> tuple[Transition, ...]:
        """The transitions that leave this state, in the order of their declaration."""
        return tuple(self._by_state[state].values())

    def timed(self, state: str) -> tuple[Transition, ...]:
        """Those that the node itself fires, at an instant."""
        return tuple(t for t in self._by_state[state].values() if t.at)

    def label(self, word: str) -> str:
        """A state or event as a person reads it: a Sentence, translated where it is shown."""
        return Sentence(self.labels[word]) if word in self.labels else word

    def find(self, state: str, event: str) -> Transition | None:
        return self._by_state.get(state, {}).get(event)


@dataclass(frozen=True)
class Step:
    """A transition that may happen now."""

    machine: Machine
    transition: Transition
    source: str

    @property
    def event(self) -> str:
        return self.transition.event

    @property
    def target(self) -> str:
        return self.transition.target


@dataclass(frozen=True)
class Refusals:
    """Every reason why the event cannot happen now."""

    reasons: tuple[Refusal, ...]

    def __bool__(self) -> bool:
        return False


def decide(machine: Machine, state: str, event: str, facts: Facts) -> Step | Refusals:
    """Whether the event may happen to a thing in this state.

    facts: what the guards read; "now" (aware datetime) must be among them when the
    transition is timed. Every guard runs, so that nobody mends one reason to meet
    the next. Approvals are not looked at: they are collected over days.
    """
    transition = machine.find(state, event)
    if transition is None:
        words = [machine.label(t.event) for t in machine.available(state)] or ["–"]
        # One place for each word, so that each is translated.
        places = {f"word{n}": word for n, word in enumerate(words)}
        possible = Sentence(", ".join(f"%({place})s" for place in places), **places)
        reason = Refusal(
            "wrong_state",
            N_(
                "“%(event)s” cannot be done while the state is “%(state)s”. "
                "Possible now: %(possible)s."
            ),
            {"event": machine.label(event), "state": machine.label(state), "possible": possible},
        )
        return Refusals((reason,))
    guards = transition.guards
    if transition.at:
        guards = (not_before(transition.at), *guards)
    reasons = tuple(r for r in (guard(facts) for guard in guards) if r is not None)
    return Refusals(reasons) if reasons else Step(machine, transition, state)


def available(machine: Machine, state: str) -> tuple[Transition, ...]:
    """The transitions that leave this state, whatever the facts."""
    return machine.available(state)


def before(fact: str) -> Guard:
    """A guard that lets pass strictly before the instant in facts[fact]; None is no deadline.

    The instant itself is too late: a call that closes at 17:00 takes nothing at 17:00.
    """

    def guard(facts: Facts) -> Refusal | None:
        instant: datetime | None = facts[fact]
        if instant is None or facts["now"] < instant:
            return None
        return Refusal(
            "too_late",
            N_("The deadline was %(instant)s. Nothing can be done here after it."),
            {"instant": _shown(instant), "fact": fact},
        )

    guard.__name__ = f"before_{fact}"
    return guard


def not_before(fact: str) -> Guard:
    """A guard that lets pass from the instant in facts[fact] on; None is never."""

    def guard(facts: Facts) -> Refusal | None:
        instant: datetime | None = facts[fact]
        if instant is None:
            return Refusal(
                "no_instant",
                N_("No time is set for this yet. Set it first."),
                {"fact": fact},
            )
        if facts["now"] >= instant:
            return None
        return Refusal(
            "too_early",
            N_("This happens at %(instant)s, not before. Wait until then."),
            {"instant": _shown(instant), "fact": fact},
        )

    guard.__name__ = f"not_before_{fact}"
    return guard


def as_table(machine: Machine) -> str:
    """The machine as a Markdown table, one line per state and event, for the manual."""
    lines = [
        "| State | Event | Who | Needs | Then |",
        "|---|---|---|---|---|",
    ]
    for state in machine.states:
        mark = " (first)" if state == machine.initial else ""
        if state in machine.final:
            lines.append(f"| {state}{mark} | – | – | – | stays |")
        for t in machine.available(state):
            needs = [guard.__name__.replace("_", " ") for guard in t.guards]
            if t.at:
                needs.append(f"at {t.at}")
            if t.approvals:
                parties = t.approvals if isinstance(t.approvals, str) else ", ".join(t.approvals)
                needs.append(f"approval of {parties}")
            who = ", ".join(t.who) or ("the node" if t.at else "–")
            lines.append(
                f"| {state}{mark} | {t.event} | {who} | {'; '.join(needs) or '–'} | {t.target} |"
            )
    return "\n".join(lines) + "\n"


def _shown(instant: datetime) -> str:
    return instant.strftime("%Y-%m-%d %H:%M %Z")


def _faults(machine: Machine) -> Iterable[str]:
    """Everything wrong with a machine, one sentence each."""
    states = set(machine.states)
    if len(states) != len(machine.states):
        yield "A state is listed twice."
    if not _NAME.match(machine.name) or len(machine.name) > _LONGEST_NAME:
        yield f"The name {machine.name!r} is not context.thing in at most {_LONGEST_NAME} letters."
    names = [("state", s) for s in machine.states]
    names += [("event", t.event) for t in machine.transitions]
    for what, name in dict.fromkeys(names):
        if not _WORD.match(name) or len(name) > _LONGEST_WORD:
            yield f"The {what} {name!r} is no lower-case word of at most {_LONGEST_WORD} letters."
    if machine.version < 1:
        yield "The version is below 1."
    if machine.initial not in states:
        yield f"The initial state {machine.initial!r} is unknown."
    for state in sorted(machine.final - states):
        yield f"The final state {state!r} is unknown."
    leaving: dict[str, dict[str, int]] = {}
    for t in machine.transitions:
        if not t.sources:
            yield f"{t.event!r} has no source."
        for state in (*t.sources, t.target):
            if state not in states:
                yield f"{t.event!r} names the unknown state {state!r}."
        for state in t.sources:
            counts = leaving.setdefault(state, {})
            counts[t.event] = counts.get(t.event, 0) + 1
        if t.at and t.approvals:
            yield f"{t.event!r} is timed and needs approvals: nobody could act in time."
        named = [getattr(guard, "__name__", "") for guard in t.guards]
        if any(not name or name == "<lambda>" for name in named):
            yield f"{t.event!r} has a guard without a name."
        if len(set(named)) != len(named):
            yield f"{t.event!r} has a guard twice."
    for state, counts in leaving.items():
        for event, count in counts.items():
            if count > 1:
                yield f"{event!r} leaves {state!r} {count} times."
        if state in machine.final:
            yield f"The final state {state!r} has a way out."
    words = states | {t.event for t in machine.transitions}
    for word in sorted(set(machine.labels) - words):
        yield f"The label {word!r} is of no state and no event."
    reached = _reachable(machine)
    for state in machine.states:
        if state not in reached and machine.initial in states:
            yield f"The state {state!r} is never reached."
        if state not in leaving and state not in machine.final:
            yield f"The state {state!r} is a dead end that is not declared final."


def _reachable(machine: Machine) -> set[str]:
    reached = {machine.initial}
    grew = True
    while grew:
        more = {t.target for t in machine.transitions if reached & set(t.sources)} - reached
        reached |= more
        grew = bool(more)
    return reached
