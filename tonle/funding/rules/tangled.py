"""Assignment where many institutions have reviewers on two sides: by constraint programming.

Such rules cross instead of nesting, so they are no flow, and branching on flows takes too
long where they are many. CP-SAT, in OR-Tools, is exact as well: it knows only whole numbers
and proves what it answers. It takes seconds where the flow takes hundredths.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

# The solver's own measure of its work, the same on every machine; about seconds.
WORK_LIMIT = 120.0


@dataclass(frozen=True)
class Crossing:
    """The rules in places: of proposals, of reviewers, and of candidates in a list.

    asked: reviews by proposal. load_min, load_max: by reviewer. at_proposal, by_reviewer: the
    candidates of each; at_side: of each (proposal, side) that needs one; at_house: of each
    institution at a proposal, which may come once. cost: of each candidate, 0 or more.
    """

    asked: Sequence[int]
    load_min: Sequence[int]
    load_max: Sequence[int]
    at_proposal: Mapping[int, Sequence[int]]
    by_reviewer: Mapping[int, Sequence[int]]
    at_side: Mapping[tuple[int, str], Sequence[int]]
    at_house: Sequence[Sequence[int]]
    cost: Sequence[int]


@dataclass(frozen=True)
class Found:
    """Candidates picked, and what is undone (only where that has a price)."""

    picked: list[int]
    undone: dict[int, int]
    undone_of_side: dict[tuple[int, str], int]
    idle: dict[int, int]


class Unproven(Exception):
    """The limit of work was reached first."""


def solve(rules: Crossing, price: int = 0) -> Found | None:
    """The cheapest way to keep the rules, or None where there is none.

    price: of a review undone, of one of load_min not given; a side's costs one more. 0: they
    may not be. Raises Unproven. OR-Tools must be there.
    """
    from ortools.sat.python import cp_model

    model = cp_model.CpModel()
    picks = [model.new_bool_var("") for _ in rules.cost]
    paid: list[Any] = []
    prices: list[int] = []

    def slack(most: int, one: int) -> Any:
        if not price:
            return 0
        variable = model.new_int_var(0, most, "")
        paid.append(variable)
        prices.append(one)
        return variable

    def total(candidates: Sequence[int]) -> Any:
        return cp_model.LinearExpr.sum([picks[candidate] for candidate in candidates])

    of_side = {at: slack(1, price + 1) for at in rules.at_side}
    sides_of: dict[int, list[Any]] = defaultdict(list)
    for (place, side), candidates in rules.at_side.items():
        model.add(total(candidates) + of_side[place, side] >= 1)
        sides_of[place].append(of_side[place, side])
    undone = [slack(asked, price) for asked in rules.asked]
    for place, asked in enumerate(rules.asked):
        given = total(rules.at_proposal.get(place, ()))
        model.add(given + undone[place] + sum(sides_of[place]) == asked)
    idle = [slack(least, price) for least in rules.load_min]
    for number, (least, most) in enumerate(zip(rules.load_min, rules.load_max, strict=True)):
        load = total(rules.by_reviewer.get(number, ()))
        model.add(load <= most)
        if least:
            model.add(load + idle[number] >= least)
    for candidates in rules.at_house:
        model.add_at_most_one(picks[candidate] for candidate in candidates)
    cost = prices if price else list(rules.cost)
    model.minimize(cp_model.LinearExpr.weighted_sum(paid if price else picks, cost))
    solver = cp_model.CpSolver()
    # One thread and a fixed seed: the same file gives the same answer.
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = 1
    solver.parameters.linearization_level = 2
    solver.parameters.max_deterministic_time = WORK_LIMIT
    status = solver.solve(model)
    if status == cp_model.INFEASIBLE:
        return None
    if status != cp_model.OPTIMAL:
        raise Unproven
    read = solver.value

    def amounts(variables: Sequence[Any]) -> dict[int, int]:
        return {at: many for at, one in enumerate(variables) if price and (many := read(one))}

    return Found(
        picked=[candidate for candidate, pick in enumerate(picks) if read(pick)],
        undone=amounts(undone),
        undone_of_side={at: read(one) for at, one in of_side.items() if price and read(one)},
        idle=amounts(idle),
    )
