"""Minimum-cost flow, exactly, in whole numbers: one network, two ways to solve it.

OR-Tools solves networks of any size and is what a node with large calls installs
(requirements/funding.txt). Without it a short algorithm of our own answers up to the size of
a call between ministries, on the smallest machine. Both are optimal; where several flows
cost the same, each has its own way to choose one.

Source: Ahuja, Magnanti, Orlin, Network Flows (1993), 9.7 (successive shortest paths with
potentials) and 2.4 (lower bounds moved into the supplies).
"""

from __future__ import annotations

import heapq
from array import array
from importlib.util import find_spec
from typing import Any

from tonle.kernel.errors import N_, TonleError

# Arcs times units of flow that our own algorithm takes on: about a minute of one processor.
OWN_LIMIT = 60_000_000
ORTOOLS, OWN = "OR-Tools", "Tonle"


class SolverMissing(TonleError):
    """The input is beyond what a node without the extra can solve."""

    code = "solver_missing"
    http_status = 413
    message = N_(
        "This is too large for a node without OR-Tools. Install it, once, with: "
        "tonle funding install"
    )


class CostsTooLarge(TonleError):
    """Integers of 64 bits would overflow; a wrong answer is not given instead."""

    code = "costs_too_large"
    http_status = 422
    message = N_("The scores are too large for an input of this size. Use smaller whole numbers.")


class Network:
    """Nodes with supplies (negative: demands), arcs with capacities and costs of 0 and more.

    Supplies add up to 0. A flow leaves nothing at any node; it costs the sum of flow times cost.
    """

    def __init__(self) -> None:
        self.supplies: list[int] = []
        self.tails, self.heads = array("q"), array("q")
        self.capacities, self.costs = array("q"), array("q")

    def node(self, supply: int = 0) -> int:
        """The number of a new node."""
        self.supplies.append(supply)
        return len(self.supplies) - 1

    def arc(self, tail: int, head: int, capacity: int, cost: int = 0) -> int:
        """The number of a new arc."""
        self.tails.append(tail)
        self.heads.append(head)
        self.capacities.append(capacity)
        self.costs.append(cost)
        return len(self.tails) - 1

    @property
    def units(self) -> int:
        """How much flows at most."""
        return sum(supply for supply in self.supplies if supply > 0)


def has_ortools() -> bool:
    """Whether OR-Tools is installed; asking does not load it."""
    return find_spec("ortools") is not None


def chosen(solver: str) -> str:
    """The solver that is used where `solver` is asked for; "" asks for the better one."""
    return solver or (ORTOOLS if has_ortools() else OWN)


def solve(network: Network, solver: str = "") -> list[int] | None:
    """The flow on each arc at the least cost, or None where no flow meets the demands.

    solver: ORTOOLS or OWN; "" takes OR-Tools where it is installed.
    Raises SolverMissing, CostsTooLarge.
    """
    if chosen(solver) == ORTOOLS:
        return _by_ortools(network)
    if len(network.tails) * network.units > OWN_LIMIT:
        raise SolverMissing()
    return _by_shortest_paths(network)


def _by_ortools(network: Network) -> list[int] | None:
    import numpy as np
    from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

    flow = SimpleMinCostFlow()

    def column(values: array[int], kind: type = np.int64) -> Any:
        return np.frombuffer(values, dtype=np.int64).astype(kind)

    # Whole arrays at once: half a million calls would take longer than solving.
    arcs = flow.add_arcs_with_capacity_and_unit_cost(
        column(network.tails, np.int32),
        column(network.heads, np.int32),
        column(network.capacities),
        column(network.costs),
    )
    flow.set_nodes_supplies(
        np.arange(len(network.supplies), dtype=np.int32),
        np.array(network.supplies, dtype=np.int64),
    )
    status = flow.solve()
    if status == SimpleMinCostFlow.Status.OPTIMAL:
        found: list[int] = flow.flows(arcs).tolist()
        return found
    if status == SimpleMinCostFlow.Status.INFEASIBLE:
        return None
    raise CostsTooLarge()


def _by_shortest_paths(network: Network) -> list[int] | None:
    """Send what is supplied along the cheapest path to a demand, again and again.

    Potentials keep every arc's reduced cost at 0 or more, so that Dijkstra finds each path.
    """
    tails, heads, costs = list(network.tails), list(network.heads), list(network.costs)
    residual = list(network.capacities)
    count = len(tails)
    # The way back over arc number a is number count + a.
    ends = heads + tails
    prices = costs + [-cost for cost in costs]
    residual += [0] * count
    leaving: list[list[int]] = [[] for _ in network.supplies]
    for arc in range(count):
        leaving[tails[arc]].append(arc)
        leaving[heads[arc]].append(count + arc)
    excess = list(network.supplies)
    potential = [0] * len(excess)
    while sources := [node for node, left in enumerate(excess) if left > 0]:
        distance = dict.fromkeys(sources, 0)
        came_by: dict[int, int] = {}
        settled: dict[int, int] = {}
        heap = [(0, node) for node in sources]
        goal = -1
        while heap:
            far, node = heapq.heappop(heap)
            if node in settled:
                continue
            settled[node] = far
            if excess[node] < 0:
                goal = node
                break
            base = far + potential[node]
            for arc in leaving[node]:
                if not residual[arc]:
                    continue
                head = ends[arc]
                new = base + prices[arc] - potential[head]
                if head not in settled and new < distance.get(head, new + 1):
                    distance[head] = new
                    came_by[head] = arc
                    heapq.heappush(heap, (new, head))
        if goal < 0:
            return None
        # Who was not reached is at least as far as the goal: all of them move alike.
        reach = settled[goal]
        for node, far in settled.items():
            potential[node] += far - reach
        path, node = [], goal
        while node in came_by:
            path.append(came_by[node])
            node = ends[(came_by[node] + count) % (2 * count)]
        amount = min(excess[node], -excess[goal], *(residual[arc] for arc in path))
        for arc in path:
            residual[arc] -= amount
            residual[(arc + count) % (2 * count)] += amount
        excess[node] -= amount
        excess[goal] += amount
    return residual[count:]
