"""Machines: whole or refused with every fault, and decisions with every reason."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tonle.kernel.errors import Refusal
from tonle.kernel.lifecycle import (
    BadMachine,
    Facts,
    Machine,
    Refusals,
    Step,
    Transition,
    as_table,
    available,
    before,
    decide,
    not_before,
)

NOW = datetime(2026, 11, 22, 2, 30, tzinfo=UTC)


def is_complete(facts: Facts) -> Refusal | None:
    return None if facts.get("complete") else Refusal("incomplete", "Two fields are empty.")


def is_checked(facts: Facts) -> Refusal | None:
    return None if facts.get("checked") else Refusal("unchecked", "Nobody has checked it.")


CALL = Machine(
    name="funding.call",
    version=1,
    states=("draft", "open", "closed", "signed"),
    initial="draft",
    final=frozenset({"signed"}),
    labels={"open": "open for proposals", "withdraw": "Take it back"},
    transitions=(
        Transition("open", ("draft",), "open", who=("officer",), guards=(is_complete, is_checked)),
        Transition("extend", ("open",), "open", who=("officer",), guards=(before("closes_at"),)),
        Transition("close", ("open",), "closed", at="closes_at"),
        Transition("sign", ("closed",), "signed", approvals=("khm", "tha")),
        Transition("withdraw", ("open", "closed"), "draft", who=("officer",)),
    ),
)


def test_a_machine_is_refused_with_every_fault_at_once() -> None:
    with pytest.raises(BadMachine) as bad:
        Machine(
            name="No Name",
            version=0,
            states=("a", "b", "island", "end", "B!"),
            initial="a",
            final=frozenset({"end", "nowhere"}),
            transitions=(
                Transition("go", ("a",), "b"),
                Transition("go", ("a",), "end"),
                Transition("leave", ("end",), "a"),
                Transition("fly", ("a",), "moon", guards=(lambda _facts: None,)),
                Transition("wait", (), "a", at="then", approvals=("x",)),
                Transition("twice", ("a",), "a", guards=(is_complete, is_complete)),
            ),
            labels={"nobody": "Nobody"},
        )

    text = " ".join(bad.value.faults)
    for part in (
        "'No Name' is not context.thing",
        "'B!' is no lower-case word",
        "version is below 1",
        "final state 'nowhere' is unknown",
        "'go' leaves 'a' 2 times",
        "final state 'end' has a way out",
        "unknown state 'moon'",
        "a guard without a name",
        "'wait' has no source",
        "timed and needs approvals",
        "a guard twice",
        "'island' is never reached",
        "'b' is a dead end",
        "label 'nobody' is of no state",
    ):
        assert part in text


def test_an_unknown_beginning_is_a_fault() -> None:
    with pytest.raises(BadMachine, match="initial state 'x' is unknown"):
        Machine("a.b", 1, ("a", "a"), "x", (), frozenset({"a"}))


@given(complete=st.booleans(), checked=st.booleans())
def test_every_guard_speaks(complete: bool, checked: bool) -> None:
    result = decide(CALL, "draft", "open", {"complete": complete, "checked": checked})

    if isinstance(result, Step):
        assert complete
        assert checked
        assert (result.source, result.event, result.target) == ("draft", "open", "open")
    else:
        codes = [reason.code for reason in result.reasons]
        assert codes == ["incomplete"] * (not complete) + ["unchecked"] * (not checked)


@given(st.sampled_from(CALL.states), st.text(max_size=8))
def test_an_event_that_does_not_leave_the_state_says_what_does(state: str, event: str) -> None:
    if event in {t.event for t in available(CALL, state)}:
        return
    result = decide(CALL, state, event, {"now": NOW})

    assert isinstance(result, Refusals)
    (reason,) = result.reasons
    assert reason.code == "wrong_state"
    assert all(CALL.label(t.event) in str(reason) for t in available(CALL, state))


def test_words_of_a_machine_can_be_translated_where_they_are_shown() -> None:
    result = decide(CALL, "closed", "open", {})

    assert isinstance(result, Refusals)
    assert str(result.reasons[0]) == (
        "“open for proposals” cannot be done while the state is “closed”. "
        "Possible now: sign, Take it back."
    )


@given(st.integers(-5, 5))
def test_a_deadline_is_open_until_its_instant_and_the_clock_acts_from_it_on(seconds: int) -> None:
    facts = {"now": NOW + timedelta(seconds=seconds), "closes_at": NOW}

    assert isinstance(decide(CALL, "open", "extend", facts), Step) == (seconds < 0)
    assert isinstance(decide(CALL, "open", "close", facts), Step) == (seconds >= 0)


def test_no_deadline_never_passes_and_never_comes() -> None:
    facts = {"now": NOW, "closes_at": None}

    assert before("closes_at")(facts) is None
    refusal = not_before("closes_at")(facts)
    assert refusal is not None
    assert refusal.code == "no_instant"


def test_parties_are_named_or_are_a_fact() -> None:
    named = Transition("sign", ("a",), "b", approvals=("khm", "tha"))
    found = Transition("sign", ("a",), "b", approvals="funders")

    assert named.parties({}) == ("khm", "tha")
    assert found.parties({"funders": ["x", "y", "z"]}) == ("x", "y", "z")
    assert found.parties({}) == ()


def test_a_machine_prints_as_a_table() -> None:
    assert as_table(CALL) == (
        "| State | Event | Who | Needs | Then |\n"
        "|---|---|---|---|---|\n"
        "| draft (first) | open | officer | is complete; is checked | open |\n"
        "| open | extend | officer | before closes at | open |\n"
        "| open | close | the node | at closes_at | closed |\n"
        "| open | withdraw | officer | – | draft |\n"
        "| closed | sign | – | approval of khm, tha | signed |\n"
        "| closed | withdraw | officer | – | draft |\n"
        "| signed | – | – | – | stays |\n"
    )
