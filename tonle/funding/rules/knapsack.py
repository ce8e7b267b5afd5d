"""The dearest set that fits several envelopes and caps at once, proven, in whole numbers.

A multi-dimensional knapsack whose amounts are minor units up to 10^12: a solver with a
tolerance would call a project payable for which a riel is missing. So bounds and sums here
are integers of any length. Floating numbers choose only where to look: multipliers may be
bad, but every bound made from them is a true one.

Branch and bound: the envelopes are priced by multipliers (Lagrangian relaxation), the caps
of the themes stay, so the relaxed choice is a sort; multipliers move by subgradient steps.
Source: Fisher, The Lagrangian Relaxation Method, Management Science 27 (1981); Kellerer,
Pferschy, Pisinger, Knapsack Problems (2004), chapter 9.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tonle.funding.rules import flow

# Multipliers are whole numbers of this fraction of a unit of value per minor unit of money.
_SCALE = 1 << 96
_STEPS_FIRST, _STEPS = 200, 12
# Nodes of the search tree, times items: about a minute of one processor.
WORK_LIMIT = 120_000
# Where CP-SAT is at hand, it takes over sooner.
SHORT_WORK = 20_000
# CP-SAT's own measure of its work, the same on every machine; about seconds.
SOLVER_LIMIT = 120.0
# Sums beyond this do not fit CP-SAT's integers of 64 bits.
_LARGEST = 1 << 62


@dataclass(frozen=True)
class Problem:
    """values above 0 and costs of 0 and more, by item; budgets by envelope; caps by theme.

    costs: item, then envelope, in the order of budgets. themes: item to theme's number, or -1.
    """

    values: Sequence[int]
    costs: Sequence[Sequence[int]]
    budgets: Sequence[int]
    themes: Sequence[int]
    caps: Sequence[int]


def best(problem: Problem) -> list[int] | None:
    """Items of a set with the largest sum of values, in order; None where it cannot be proven.

    The same problem gives the same set. Another set may have the same sum. CP-SAT takes over
    where it is installed and the search grows long.
    """
    handed_on = flow.has_ortools() and _fits_solver(problem)
    search = _Search(problem, SHORT_WORK if handed_on else WORK_LIMIT)
    if search.run():
        return sorted(search.chosen)
    return _by_ortools(problem, set(search.chosen)) if handed_on else None


def _fits_solver(problem: Problem) -> bool:
    spent = (sum(costs[e] for costs in problem.costs) for e in range(len(problem.budgets)))
    return sum(problem.values) < _LARGEST and max(spent, default=0) < _LARGEST


def _by_ortools(problem: Problem, known: set[int]) -> list[int] | None:
    """The same by CP-SAT, exact in 64-bit integers. known: a good set to begin with."""
    from ortools.sat.python import cp_model

    model = cp_model.CpModel()
    picks = [model.new_bool_var("") for _ in problem.values]
    for item, pick in enumerate(picks):
        model.add_hint(pick, item in known)
    for envelope, budget in enumerate(problem.budgets):
        costs = [one[envelope] for one in problem.costs]
        model.add(cp_model.LinearExpr.weighted_sum(picks, costs) <= min(budget, sum(costs)))
    for theme, cap in enumerate(problem.caps):
        those = [pick for item, pick in enumerate(picks) if problem.themes[item] == theme]
        model.add(cp_model.LinearExpr.sum(those) <= cap)
    model.maximize(cp_model.LinearExpr.weighted_sum(picks, list(problem.values)))
    solver = cp_model.CpSolver()
    # One thread and a fixed seed: the same file gives the same answer.
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = 1
    solver.parameters.max_deterministic_time = SOLVER_LIMIT
    if solver.solve(model) != cp_model.OPTIMAL:
        return None
    return [item for item, pick in enumerate(picks) if solver.value(pick)]


@dataclass
class _Node:
    """What is decided (chosen, its value, what is left) and what is free."""

    chosen: tuple[int, ...]
    value: int
    left: list[int]
    room: list[int]
    free: list[int]
    prices: list[float]


@dataclass
class _Relaxed:
    """One bound: floor of the best value, and how far each free item is from changing sides."""

    bound: int
    picked: set[int]
    used: list[int]
    exact: int
    reduced: dict[int, int]
    # By theme: the least reduced value among the picked, if the cap is met, and the best left out.
    edges: dict[int, tuple[int, int]]


class _Search:
    def __init__(self, problem: Problem, limit: int) -> None:
        self.problem = problem
        # An envelope that could pay everything prices nothing.
        self.tight = [
            e
            for e, budget in enumerate(problem.budgets)
            if sum(costs[e] for costs in problem.costs) > budget
        ]
        self.chosen: tuple[int, ...] = ()
        self.best = 0
        self.left_to_do = limit

    def run(self) -> bool:
        """Whether the whole tree was searched."""
        problem = self.problem
        root = _Node(
            (), 0, list(problem.budgets), list(problem.caps), list(range(len(problem.values))),
            [0.0] * len(problem.budgets),
        )  # fmt: skip
        stack, steps = [root], _STEPS_FIRST
        while stack:
            node = stack.pop()
            self.left_to_do -= 1 + len(node.free) // 8
            if self.left_to_do < 0:
                return False
            stack += self._open(node, steps)
            steps = _STEPS
        return True

    def _open(self, node: _Node, steps: int) -> list[_Node]:
        """The branches of a node that may still beat the best; the likelier one last."""
        while True:
            node.free = [item for item in node.free if self._fits(item, node.left, node.room)]
            self._fill(node, sorted(node.free, key=lambda item: -self.problem.values[item]))
            if not node.free:
                return []
            relaxed = self._bound(node, steps)
            if relaxed.bound <= self.best:
                return []
            if not self._fix(node, relaxed):
                break
            steps = _STEPS
        item = min(node.free, key=lambda one: (self._margin(one, relaxed), one))
        rest = [one for one in node.free if one != item]
        out = _Node(node.chosen, node.value, node.left, node.room, rest, list(node.prices))
        with_it = _Node(
            node.chosen, node.value, list(node.left), list(node.room), rest, list(node.prices)
        )
        self._take(with_it, item)
        return [out, with_it]

    def _fits(self, item: int, left: list[int], room: list[int]) -> bool:
        theme = self.problem.themes[item]
        return (theme < 0 or room[theme] > 0) and all(
            cost <= rest for cost, rest in zip(self.problem.costs[item], left, strict=True)
        )

    def _take(self, node: _Node, item: int) -> None:
        node.chosen = (*node.chosen, item)
        node.value += self.problem.values[item]
        for envelope, cost in enumerate(self.problem.costs[item]):
            node.left[envelope] -= cost
        theme = self.problem.themes[item]
        if theme >= 0:
            node.room[theme] -= 1

    def _fill(self, node: _Node, order: Sequence[int]) -> None:
        """Take what fits, in this order, and keep the set if it is the best so far."""
        left, room = list(node.left), list(node.room)
        value, chosen = node.value, list(node.chosen)
        for item in order:
            if self._fits(item, left, room):
                chosen.append(item)
                value += self.problem.values[item]
                for envelope, cost in enumerate(self.problem.costs[item]):
                    left[envelope] -= cost
                if self.problem.themes[item] >= 0:
                    room[self.problem.themes[item]] -= 1
        if value > self.best:
            self.best, self.chosen = value, tuple(chosen)

    def _bound(self, node: _Node, steps: int) -> _Relaxed:
        """The lowest bound that some steps of the multipliers reach; fills sets on the way."""
        prices, step = list(node.prices), 1.0
        lowest: _Relaxed | None = None
        stale = 0
        for number in range(steps):
            relaxed = self._relax(node, prices)
            if lowest is None or relaxed.exact < lowest.exact:
                lowest, node.prices, stale = relaxed, list(prices), 0
                self._fill(node, sorted(relaxed.reduced, key=lambda i: -relaxed.reduced[i]))
            else:
                stale += 1
                if stale >= 4:
                    step, stale = step / 2, 0
            if lowest.bound <= self.best or number + 1 == steps:
                break
            # Polyak's step towards the best known, envelopes measured by their own size.
            size = {e: max(1, node.left[e]) for e in self.tight}
            over = {e: (relaxed.used[e] - node.left[e]) / size[e] for e in self.tight}
            norm = sum(one * one for one in over.values())
            if not norm:
                break
            gap = relaxed.exact / _SCALE - self.best
            for e in self.tight:
                prices[e] = max(0.0, prices[e] + step * gap * over[e] / norm / size[e])
        assert lowest is not None  # noqa: S101 # There is at least one step.
        return lowest

    def _relax(self, node: _Node, prices: list[float]) -> _Relaxed:
        """The bound of these prices, exactly: any prices of 0 and more give a true one."""
        problem = self.problem
        whole = [(e, int(prices[e] * _SCALE)) for e in self.tight if prices[e] > 0]
        exact = node.value * _SCALE + sum(price * node.left[e] for e, price in whole)
        reduced: dict[int, int] = {}
        by_theme: dict[int, list[int]] = {}
        for item in node.free:
            costs = problem.costs[item]
            worth = problem.values[item] * _SCALE - sum(price * costs[e] for e, price in whole)
            reduced[item] = worth
            by_theme.setdefault(problem.themes[item], []).append(item)
        picked, edges = [], {}
        for theme, items in by_theme.items():
            items.sort(key=lambda item: (-reduced[item], item))
            cap = len(items) if theme < 0 else min(len(items), node.room[theme])
            inside = [item for item in items[:cap] if reduced[item] > 0]
            picked += inside
            # What leaves makes room for the next; what comes in displaces the least.
            least = reduced[inside[-1]] if theme >= 0 and len(inside) == node.room[theme] else 0
            after = items[len(inside)] if len(inside) < len(items) else -1
            edges[theme] = least, max(0, reduced[after]) if after >= 0 else 0
        exact += sum(reduced[item] for item in picked)
        used = [0] * len(problem.budgets)
        for e in self.tight:
            used[e] = sum(problem.costs[item][e] for item in picked)
        return _Relaxed(exact // _SCALE, set(picked), used, exact, reduced, edges)

    def _margin(self, item: int, relaxed: _Relaxed) -> int:
        """What the bound loses, scaled, if this item changes sides."""
        least, after = relaxed.edges[self.problem.themes[item]]
        worth = relaxed.reduced[item]
        # Picked items are at or above the edge, the others at or below it.
        return worth - after if item in relaxed.picked else least - worth

    def _fix(self, node: _Node, relaxed: _Relaxed) -> bool:
        """Decide items whose other side cannot beat the best. Whether any was."""
        target = (self.best + 1) * _SCALE
        fixed = [item for item in node.free if relaxed.exact - self._margin(item, relaxed) < target]
        if not fixed:
            return False
        gone = set(fixed)
        node.free = [item for item in node.free if item not in gone]
        node.left, node.room = list(node.left), list(node.room)
        for item in fixed:
            if item in relaxed.picked:
                if not self._fits(item, node.left, node.room):
                    # It must be in and cannot: nothing here beats the best.
                    node.free = []
                    return True
                self._take(node, item)
        return True
