"""The assignment engine against enumeration, rule by rule and in every combination."""

from __future__ import annotations

import random
from dataclasses import replace
from itertools import combinations, product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tonle.funding.rules import assign as rules
from tonle.funding.rules import flow
from tonle.funding.rules.assign import Request, assign, read
from tonle.kernel.errors import Invalid

SOLVERS = [flow.OWN, *([flow.ORTOOLS] if flow.has_ortools() else [])]


def allowed(request: Request, proposal: str) -> list[tuple[str, ...]]:
    """Every set of reviewers that keeps the rules within one proposal, but not the demand."""
    those = [
        r
        for r in sorted(request.load_max)
        if (proposal, r) in request.score and (proposal, r) not in request.conflicts
    ]
    must = {r for p, r in request.forced if p == proposal}
    found = []
    for size in range(request.demand[proposal] + 1):
        for chosen in combinations(those, size):
            houses = [request.institution[r] for r in chosen if r in request.institution]
            if must <= set(chosen) and not (
                request.distinct_institution and len(houses) != len(set(houses))
            ):
                found.append(chosen)
    return found


def lacking(request: Request, chosen: tuple[str, ...]) -> int:
    return len(set(request.sides) - {request.country.get(r) for r in chosen})


def enumerate_best(request: Request) -> tuple[int | None, int | None]:
    """The best sum, or None where nothing keeps all rules; and the least that is missing.

    The least is None where the input contradicts itself, so that even a partial one is impossible.
    """
    best = least = None
    if any(request.load_min.get(r, 0) > most for r, most in request.load_max.items()):
        return None, None
    proposals = sorted(request.demand)
    for choice in product(*(allowed(request, p) for p in proposals)):
        load = {r: sum(r in chosen for chosen in choice) for r in request.load_max}
        if any(load[r] > request.load_max[r] for r in load):
            continue
        gaps = [request.demand[p] - len(c) for p, c in zip(proposals, choice, strict=True)]
        # Each side that lacks takes one of the places that are left.
        if any(lacking(request, c) > gap for c, gap in zip(choice, gaps, strict=True)):
            continue
        missing = sum(gaps) + sum(max(0, n - load[r]) for r, n in request.load_min.items())
        least = missing if least is None else min(least, missing)
        if not missing:
            total = sum(
                request.score[p, r] for p, c in zip(proposals, choice, strict=True) for r in c
            )
            best = total if best is None else max(best, total)
    return best, least


@st.composite
def requests(draw: st.DrawFn) -> Request:
    proposals = [f"P{n}" for n in range(draw(st.integers(1, 3)))]
    reviewers = [f"R{n}" for n in range(draw(st.integers(1, 5)))]
    pairs = [(p, r) for p in proposals for r in reviewers]
    some = st.sets(st.sampled_from(pairs), max_size=3)
    candidates = [pair for pair in pairs if draw(st.integers(0, 5))]
    forced = draw(some) if draw(st.integers(0, 2)) == 0 else set()
    return Request(
        demand={p: draw(st.integers(0, 3)) for p in proposals},
        load_max={r: draw(st.integers(0, 3)) for r in reviewers},
        load_min={r: n for r in reviewers if (n := draw(st.sampled_from([0, 0, 0, 1, 2])))},
        score={pair: draw(st.integers(-3, 9)) for pair in candidates},
        conflicts=frozenset(draw(some)),
        forced=frozenset(forced),
        country={
            r: c for r in reviewers if (c := draw(st.sampled_from(["", "KHM", "CHN", "THA"])))
        },
        sides=draw(st.sampled_from([(), ("KHM",), ("KHM", "CHN")])),
        # Drawn apart from the country, so that institutions span sides.
        institution={r: i for r in reviewers if (i := draw(st.sampled_from(["", "I", "J"])))},
        distinct_institution=draw(st.booleans()),
    )


def check(request: Request, solver: str) -> None:
    best, least = enumerate_best(request)

    answer = assign(request, solver)

    assert answer.feasible is (best is not None)
    if answer.feasible:
        assert answer.objective == best
        kept(request, answer.reviewers)
    else:
        assert answer.shortage
        counted = {"side", "demand", "load_min"}
        if all(one.rule in counted for one in answer.shortage):
            assert sum(one.data["missing"] for one in answer.shortage) == least
        else:
            assert least is None or not any(one.rule in counted for one in answer.shortage)


def kept(request: Request, reviewers: Any) -> None:
    """Every rule holds in the assignment itself, not only in its sum."""
    assert set(reviewers) == set(request.demand)
    for proposal, chosen in reviewers.items():
        assert tuple(chosen) in allowed(request, proposal)
        assert len(chosen) == request.demand[proposal]
        assert not lacking(request, tuple(chosen))
    for reviewer, most in request.load_max.items():
        load = sum(reviewer in chosen for chosen in reviewers.values())
        assert request.load_min.get(reviewer, 0) <= load <= most


@pytest.mark.parametrize("solver", SOLVERS)
@settings(max_examples=50, derandomize=True, deadline=None)
@given(request=requests())
def test_it_is_the_best_that_enumeration_finds(solver: str, request: Request) -> None:
    check(request, solver)


@settings(max_examples=25, derandomize=True, deadline=None)
@given(request=requests())
def test_rules_that_cross_are_proven_otherwise_and_alike(request: Request) -> None:
    with pytest.MonkeyPatch.context() as patch:
        # No branch by flows: the first crossing goes to CP-SAT.
        patch.setattr(rules, "FEW_FLOWS", 1)
        check(replace(request, distinct_institution=True), flow.ORTOOLS)


def tangled(proposals: int, reviewers: int) -> Request:
    """Institutions drawn apart from countries, so that nearly each is on two sides."""
    rng = random.Random(7)
    those = [f"R{number}" for number in range(reviewers)]
    return Request(
        demand={f"P{number}": 3 for number in range(proposals)},
        load_max=dict.fromkeys(those, 6),
        score={(f"P{n}", r): rng.randint(0, 50) for n in range(proposals) for r in those},
        country={r: rng.choice(["KHM", "CHN"]) for r in those},
        sides=("KHM", "CHN"),
        institution={r: f"I{rng.randrange(reviewers // 2)}" for r in those},
        distinct_institution=True,
    )


def test_many_crossing_institutions_are_proven_with_ortools_and_refused_without(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    request = tangled(12, 10)

    kept(request, assign(request, flow.ORTOOLS).reviewers)

    monkeypatch.setattr(rules, "MAX_FLOWS", 20)
    with pytest.raises(rules.TooTangled):
        assign(request, flow.OWN)


@pytest.mark.parametrize("solver", SOLVERS)
def test_nothing_to_assign_is_assigned(solver: str) -> None:
    answer = assign(read({"demand": {}, "load_max": {}, "score": {}}), solver)

    assert answer.feasible
    assert answer.objective == 0


@pytest.mark.deep
@pytest.mark.parametrize("solver", SOLVERS)
@settings(max_examples=3000, deadline=None)
@given(request=requests())
def test_it_is_the_best_in_thousands(solver: str, request: Request) -> None:
    check(request, solver)


def document(**changes: Any) -> dict[str, Any]:
    """Two proposals, three reviewers; R1 and R2 of one institution, R3 alone from its side."""
    return {
        "demand": {"P1": 2, "P2": 2},
        "load_max": {"R1": 2, "R2": 2, "R3": 2},
        "score": {f"P{p}|R{r}": 10 * p + r for p in (1, 2) for r in (1, 2, 3)},
        "country": {"R1": "KHM", "R2": "KHM", "R3": "CHN"},
        "sides": ["KHM", "CHN"],
        **changes,
    }


def test_what_is_short_is_named_by_its_side() -> None:
    answer = assign(read(document(load_max={"R1": 2, "R2": 2, "R3": 1})), flow.OWN)

    (missing,) = answer.shortage
    assert not answer.feasible
    assert missing.rule == "side"
    assert missing.data["side"] == "CHN"
    assert missing.data["missing"] == 1
    assert str(missing.words).startswith("More reviewers from the side CHN are needed: 1 (P")


def test_a_minimum_that_nobody_can_be_given_is_named() -> None:
    asked = document(load_min={"R2": 2}, conflicts=[["P1", "R2"]])

    (missing,) = assign(read(asked), flow.OWN).shortage

    assert (missing.rule, missing.data["reviewer"], missing.data["missing"]) == (
        "load_min",
        "R2",
        1,
    )


def test_an_institution_of_two_sides_comes_once_and_the_best_is_still_found() -> None:
    """R1 and R3 score highest at both, and are of one university with a house in each country."""
    asked = document(
        institution={"R1": "both", "R3": "both"},
        distinct_institution=True,
        score={"P1|R1": 9, "P1|R2": 1, "P1|R3": 9, "P2|R1": 9, "P2|R2": 1, "P2|R3": 9},
    )

    answer = assign(read(asked), flow.OWN)

    assert answer.reviewers == {"P1": ["R2", "R3"], "P2": ["R2", "R3"]}
    assert answer.objective == 20
    assert (answer.worst_proposal, answer.worst_score) == ("P1", 10)


def test_the_order_of_the_file_changes_nothing() -> None:
    one = document(score={f"P{p}|R{r}": 1 for p in (1, 2) for r in (1, 2, 3)})
    other = {
        name: dict(reversed(value.items())) if isinstance(value, dict) else value
        for name, value in reversed(one.items())
    }

    assert assign(read(one)).reviewers == assign(read(other)).reviewers


def test_a_bar_within_a_name_is_read_where_only_one_reading_fits() -> None:
    asked = read({"demand": {"A|1": 1}, "load_max": {"x": 1}, "score": {"A|1|x": 5}})

    assert asked.score == {("A|1", "x"): 5}
    with pytest.raises(Invalid):
        read({"demand": {"A": 1, "A|b": 1}, "load_max": {"x": 1, "b|x": 1}, "score": {"A|b|x": 5}})


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"colour": 1}, "colour"),
        ({"demand": {"P1": 1.5, "P2": 2}}, "demand.P1"),
        ({"demand": {"P1": True, "P2": 2}}, "demand.P1"),
        ({"load_max": {"R1": -1, "R2": 2, "R3": 2}}, "load_max.R1"),
        ({"load_min": {"R9": 1}}, "load_min"),
        ({"score": {"P1|R9": 1}}, "score"),
        ({"score": {"P1|R1": "9"}}, "score.P1|R1"),
        ({"score": []}, "score"),
        ({"conflicts": [["P1"]]}, "conflicts[0]"),
        ({"conflicts": [["P1", "R9"]]}, "conflicts[0]"),
        ({"forced": [["P1", 7]]}, "forced[0]"),
        ({"country": {"R9": "KHM"}}, "country"),
        ({"sides": "KHM"}, "sides"),
        ({"distinct_institution": 1}, "distinct_institution"),
    ],
)
def test_what_is_wrong_is_named_by_its_field(changes: dict[str, Any], where: str) -> None:
    with pytest.raises(Invalid) as refused:
        read(document(**changes))

    assert where in [place for place, _ in refused.value.problems]


@pytest.mark.parametrize("name", ["demand", "load_max", "score"])
def test_what_is_needed_and_missing_is_named(name: str) -> None:
    asked = document()
    del asked[name]

    with pytest.raises(Invalid, match=f"{name}: is missing"):
        read(asked)


def test_an_assignment_beyond_the_small_solver_is_not_guessed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(flow, "OWN_LIMIT", 10)

    with pytest.raises(flow.SolverMissing):
        assign(read(document()), flow.OWN)
