"""The decision engine against enumeration, in every mode."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tonle.funding.rules import decide as rules
from tonle.funding.rules.decide import Project, Request, decide


def fits(request: Request, chosen: tuple[str, ...], pot: int = 0) -> bool:
    spent = {party: 0 for party in request.budget}
    themes: dict[str, int] = {}
    for id in chosen:
        project = request.projects[id]
        themes[project.theme] = themes.get(project.theme, 0) + 1
        for party, cost in project.cost.items():
            spent[party] += cost
    first = next(iter(request.budget))
    return all(
        spent[party] <= budget + (pot if party == first else 0)
        for party, budget in request.budget.items()
    ) and all(themes.get(theme, 0) <= cap for theme, cap in request.theme_cap.items())


def eligible(request: Request) -> list[str]:
    return [
        id
        for id, project in sorted(request.projects.items(), key=lambda one: (-one[1].score, one[0]))
        if (request.threshold is None or project.score >= request.threshold)
        and all(said == "recommend" for said in project.party.values())
    ]


def walked(request: Request, *, skip: bool, pot: int = 0) -> list[str]:
    paid: tuple[str, ...] = ()
    for id in eligible(request):
        if fits(request, (*paid, id), pot):
            paid = (*paid, id)
        elif not skip:
            break
    return list(paid)


def best_sum(request: Request) -> Fraction:
    those = eligible(request)
    return max(
        sum((request.projects[id].score for id in chosen), Fraction(0))
        for size in range(len(those) + 1)
        for chosen in combinations(those, size)
        if fits(request, chosen)
    )


scores = st.one_of(
    st.integers(-1, 5).map(Fraction),
    st.decimals("0", "5", places=2, allow_nan=False).map(Fraction),
)


@st.composite
def requests(draw: st.DrawFn) -> Request:
    parties = ["KHM", "CHN", "THA"][: draw(st.integers(1, 3))]
    # Amounts near 10^12 that differ by single units, where a tolerance would be wrong.
    unit = draw(st.sampled_from([1, 10**12]))
    amounts = st.integers(0, 6).flatmap(
        lambda many: st.integers(-1, 1).map(lambda bit: max(0, many * unit + bit))
    )
    projects = {}
    for number in range(draw(st.integers(0, 8))):
        said = {
            p: draw(st.sampled_from(["recommend"] * 6 + ["decline", "reserve"])) for p in parties
        }
        projects[f"P{number}"] = Project(
            score=draw(scores),
            theme=draw(st.sampled_from(["energy", "health", "water"])),
            cost={p: draw(amounts) for p in parties if draw(st.booleans())},
            party=said if draw(st.booleans()) else {},
        )
    return Request(
        budget={p: draw(st.integers(0, 15)) * unit for p in parties},
        projects=projects,
        theme_cap=draw(st.dictionaries(st.sampled_from(["energy", "health"]), st.integers(0, 3))),
        threshold=draw(st.one_of(st.none(), scores)),
        topup=draw(st.integers(0, 4)) * unit,
    )


def check(request: Request) -> None:
    answer = decide(request)

    assert answer.funded["strict"] == walked(request, skip=False)
    assert answer.funded["bypass"] == walked(request, skip=True)
    assert answer.funded["mixed"] == walked(request, skip=False, pot=request.topup)
    optimum = answer.funded["optimum"]
    assert optimum is not None
    assert set(optimum) <= set(eligible(request))
    assert fits(request, tuple(optimum))
    assert answer.optimum_value == best_sum(request)
    assert answer.optimum_value == sum(request.projects[id].score for id in optimum)
    for mode, funded in answer.funded.items():
        assert funded == [id for id in answer.ranking if id in (funded or [])]
        left_out = {id for id in request.projects if id not in (funded or [])}
        named = answer.binding[mode]
        if mode == "optimum":
            left_out -= {id for id in left_out if request.projects[id].score < 0}
            assert left_out <= set(named)
        else:
            assert set(named) == left_out
        assert all(named[id] for id in left_out)


@settings(max_examples=50, derandomize=True, deadline=None)
@given(request=requests())
def test_every_mode_is_what_enumeration_finds(request: Request) -> None:
    check(request)


@pytest.mark.deep
@settings(max_examples=3000, deadline=None)
@given(request=requests())
def test_every_mode_is_right_in_thousands(request: Request) -> None:
    check(request)
