"""The decision engine against enumeration, in every mode."""

from __future__ import annotations

import json
from fractions import Fraction
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tonle.funding.rules import knapsack
from tonle.funding.rules.decide import Limit, Project, Request, decide, read
from tonle.funding.rules.reading import parse
from tonle.kernel.errors import Invalid


def fits(request: Request, chosen: tuple[str, ...], pot: int = 0) -> bool:
    spent = dict.fromkeys(request.budget, 0)
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


@settings(max_examples=20, derandomize=True, deadline=None)
@given(request=requests())
def test_the_optimum_is_the_same_where_cp_sat_takes_over(request: Request) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(knapsack, "SHORT_WORK", 0)
        check(request)


@pytest.mark.deep
@settings(max_examples=3000, deadline=None)
@given(request=requests())
def test_every_mode_is_right_in_thousands(request: Request) -> None:
    check(request)


def document(**changes: Any) -> dict[str, Any]:
    return {
        "budget": {"KHM": 100, "CHN": 100},
        "theme_cap": {"energy": 1},
        "projects": {
            "A": {"score": 9, "theme": "energy", "cost": {"KHM": 60, "CHN": 50}},
            "B": {"score": 8, "theme": "energy", "cost": {"KHM": 10}},
            "C": {"score": 7, "theme": "health", "cost": {"KHM": 41, "CHN": 51}},
            "D": {"score": 6, "theme": "health", "cost": {"KHM": 40, "CHN": 50}},
        },
        **changes,
    }


def test_every_limit_that_binds_is_named() -> None:
    answer = decide(read(document()))

    assert answer.binding["bypass"] == {
        "B": [Limit("theme_cap", "energy")],
        "C": [Limit("budget", "KHM", missing=1), Limit("budget", "CHN", missing=1)],
    }
    assert answer.binding["strict"]["D"] == [Limit("theme_cap", "energy", stopped_at="B")]


def test_a_party_that_declines_and_a_threshold_bar_and_do_not_stop_the_list() -> None:
    asked = document(threshold=6.5)
    asked["projects"]["A"]["party"] = {"KHM": "recommend", "CHN": "decline"}

    answer = decide(read(parse(json.dumps(asked).encode())))

    assert answer.funded["strict"] == ["B", "C"]
    assert answer.binding["strict"]["A"] == [Limit("party", "CHN", recommendation="decline")]
    assert answer.binding["optimum"]["D"] == [Limit("threshold")]


def test_equal_scores_are_ranked_by_id_whatever_the_order_of_the_file() -> None:
    projects = {id: {"score": 1, "theme": "t", "cost": {"KHM": 60}} for id in ("b", "c", "a")}

    assert decide(read(document(projects=projects))).funded["bypass"] == ["a"]


def test_the_pot_fills_only_what_the_first_party_lacks() -> None:
    asked = document(topup=1, theme_cap={})
    asked["projects"]["B"]["cost"] = {"KHM": 0}
    asked["projects"]["C"]["cost"] = {"KHM": 41, "CHN": 50}

    answer = decide(read(asked))

    assert answer.funded["strict"] == ["A", "B"]
    assert answer.funded["mixed"] == ["A", "B", "C"]
    assert answer.pot_used == 1


def test_amounts_and_scores_are_compared_to_the_last_digit() -> None:
    """A single unit in 10^12, and a score that floating numbers cannot tell from another."""
    asked = b"""{"budget": {"KHM": 1000000000000},
      "projects": {"A": {"score": 0.1000000000000000000001, "theme": "t",
                         "cost": {"KHM": 1000000000001}},
                   "B": {"score": 0.3, "theme": "t", "cost": {"KHM": 1000000000000}},
                   "C": {"score": 0.30000000000000000001, "theme": "t",
                         "cost": {"KHM": 1000000000000}}}}"""

    answer = decide(read(parse(asked)))

    assert answer.ranking == ["C", "B", "A"]
    assert answer.funded["optimum"] == ["C"]
    assert answer.optimum_value == Fraction("0.30000000000000000001")


def test_an_optimum_that_is_not_proven_is_not_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(knapsack, "best", lambda _: None)

    answer = decide(read(document()))

    assert answer.funded["optimum"] is None
    assert answer.optimum_value is None
    assert answer.funded["strict"] == ["A"]


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"budget": {}}, "budget"),
        ({"budget": {"KHM": 1.5}}, "budget.KHM"),
        ({"topup": -1}, "topup"),
        ({"threshold": "7"}, "threshold"),
        ({"theme_cap": {"energy": "1"}}, "theme_cap.energy"),
        ({"mode": "strict"}, "mode"),
        ({"projects": {"A": {"score": 1, "theme": "t"}}}, "projects.A.cost"),
        ({"projects": {"A": {"score": 1, "theme": 3, "cost": {}}}}, "projects.A.theme"),
        ({"projects": {"A": {"score": "1", "theme": "t", "cost": {}}}}, "projects.A.score"),
        ({"projects": {"A": {"score": 1, "theme": "t", "cost": {"LAO": 1}}}}, "projects.A.cost"),
        (
            {"projects": {"A": {"score": 1, "theme": "t", "cost": {}, "party": {"KHM": "yes"}}}},
            "projects.A.party.KHM",
        ),
    ],
)
def test_what_is_wrong_is_named_by_its_field(changes: dict[str, Any], where: str) -> None:
    with pytest.raises(Invalid) as refused:
        read(document(**changes))

    assert where in [place for place, _ in refused.value.problems]
