"""Reviewers for thousands of proposals, beside OR-Tools alone on the same arcs.

    python -m benchmarks.assignment [--proposals 5000] [--reviewers 2500] [--runs 3]

The call is invented, the same in every run: three reviews of each proposal, at most eight
of each reviewer, a score for some 100 reviewers of each proposal, conflicts, two sides of
which each proposal needs one, institutions that may come once. Each figure is measured in a
process of its own, and OR-Tools' own figure on arcs that were written down before, so that
neither pays for the other's memory. Seconds are of the processor: everything here runs on one
core, so on a quiet machine the clock says the same. The last figure is of a call between two
ministries, solved without OR-Tools.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.figures import Figure, conditions, table

LIMIT_SECONDS = 2.0  # of the solver, 5,000 proposals and 2,500 reviewers


def call(proposals: int, reviewers: int, seed: int = 1) -> dict[str, Any]:
    """A call as `tonle funding assign` reads it."""
    rng = random.Random(seed)
    those = [f"R{number}" for number in range(reviewers)]
    # An institution is of one side: a third of the reviewers come from the smaller one.
    country = {name: "KHM" if number % 3 == 0 else "CHN" for number, name in enumerate(those)}
    of_side = {side: [r for r in those if country[r] == side] for side in ("KHM", "CHN")}
    score, conflicts = {}, []
    for number in range(proposals):
        near = []
        for side, many in (("KHM", 33), ("CHN", 67)):
            near += rng.sample(of_side[side], min(many, len(of_side[side])))
        for reviewer in near:
            score[f"P{number}|{reviewer}"] = rng.randint(1, 1_000_000)
            if rng.random() < 0.03:
                conflicts.append([f"P{number}", reviewer])
    return {
        "demand": {f"P{number}": 3 for number in range(proposals)},
        "load_max": dict.fromkeys(those, 8),
        "score": score,
        "conflicts": conflicts,
        "country": country,
        "sides": ["KHM", "CHN"],
        "institution": {r: f"{country[r]} {rng.randrange(reviewers // 8 + 1)}" for r in those},
        "distinct_institution": True,
    }


def engine(folder: Path) -> dict[str, float]:
    """Reading, assigning and, within it, the solver, in seconds; peak memory in bytes.

    Keeps the arcs of the network for whoever solves them alone.
    """
    import numpy as np
    from ortools.graph.python import min_cost_flow  # noqa: F401 # Loaded before the clock runs.

    from tonle.funding.rules import assign, flow
    from tonle.funding.rules.reading import parse

    solving = 0.0
    inner = flow._by_ortools

    def timed(network: flow.Network) -> list[int] | None:
        nonlocal solving
        began = time.process_time()
        found = inner(network)
        solving += time.process_time() - began
        arcs: dict[str, Any] = {
            name: np.array(getattr(network, name), dtype=np.int64)
            for name in ("supplies", "tails", "heads", "capacities", "costs")
        }
        np.savez(folder / "arcs.npz", **arcs)
        return found

    flow._by_ortools = timed
    began = time.process_time()
    request = assign.read(parse((folder / "call.json").read_bytes()))
    read = time.process_time()
    found = assign.assign(request, flow.ORTOOLS)
    done = time.process_time()
    assert found.feasible
    return {
        "reading": read - began,
        "assigning": done - read,
        "solving": solving,
        "objective": found.objective,
        "memory": _peak(),
    }


def alone(folder: Path) -> dict[str, float]:
    """OR-Tools and nothing of ours, on the same arcs."""
    import numpy as np
    from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

    arcs = np.load(folder / "arcs.npz")
    tails, heads = arcs["tails"].astype(np.int32), arcs["heads"].astype(np.int32)
    began = time.process_time()
    solver = SimpleMinCostFlow()
    numbers = solver.add_arcs_with_capacity_and_unit_cost(
        tails, heads, arcs["capacities"], arcs["costs"]
    )
    nodes = np.arange(len(arcs["supplies"]), dtype=np.int32)
    solver.set_nodes_supplies(nodes, arcs["supplies"])
    assert solver.solve() == SimpleMinCostFlow.Status.OPTIMAL
    solver.flows(numbers).tolist()
    return {
        "solving": time.process_time() - began,
        "arcs": len(tails),
        "memory": _peak(),
    }


def own(folder: Path) -> dict[str, float]:
    """The same by our own algorithm, for a call that it takes on."""
    from tonle.funding.rules import assign, flow
    from tonle.funding.rules.reading import parse

    request = assign.read(parse((folder / "call.json").read_bytes()))
    began = time.process_time()
    found = assign.assign(request, flow.OWN)
    return {"assigning": time.process_time() - began, "objective": found.objective}


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def _apart(what: str, folder: Path) -> dict[str, float]:
    """One measurement in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.assignment", "--apart", what, str(folder)],
        check=True,
        capture_output=True,
        text=True,
    )
    found: dict[str, float] = json.loads(done.stdout)
    return found


def measure(proposals: int, reviewers: int, runs: int) -> list[Figure]:
    with tempfile.TemporaryDirectory(prefix="tonle-benchmark-") as name:
        folder = Path(name)
        (folder / "call.json").write_text(json.dumps(call(proposals, reviewers)))
        # By turns, so that a busy minute of the machine falls on both.
        ours, theirs = [], []
        for _ in range(runs):
            ours.append(_apart("engine", folder))
            theirs.append(_apart("alone", folder))

        def median(found: list[dict[str, float]], what: str) -> float:
            return float(statistics.median(one[what] for one in found))

        solver = median(ours, "solving")
        return [
            Figure(f"{proposals:,} × {reviewers:,}: arcs", theirs[0]["arcs"], ""),
            Figure("  solver, arrays in and out", solver, "s", "limit", LIMIT_SECONDS),
            Figure("  the same", solver, "s", "OR-Tools alone", median(theirs, "solving")),
            Figure("  assigning, network and answer, too", median(ours, "assigning"), "s",
                   "its solver", solver),
            Figure("  reading the file", median(ours, "reading"), "s"),
            Figure("  peak memory", median(ours, "memory") / 1e6, "MB", "OR-Tools alone",
                   median(theirs, "memory") / 1e6),
        ]  # fmt: skip


def ministries() -> list[Figure]:
    """70 proposals, 45 reviewers, all pairs candidates: with OR-Tools and without."""
    with tempfile.TemporaryDirectory(prefix="tonle-benchmark-") as name:
        folder = Path(name)
        (folder / "call.json").write_text(json.dumps(call(70, 45)))
        with_it, without = _apart("engine", folder), _apart("own", folder)
        assert with_it["objective"] == without["objective"]
        return [
            Figure("70 × 45: assigning without OR-Tools", without["assigning"], "s",
                   "with it", with_it["assigning"])
        ]  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(prog="benchmarks.assignment", description=__doc__)
    parser.add_argument("--proposals", type=int, default=5000)
    parser.add_argument("--reviewers", type=int, default=2500)
    parser.add_argument("--runs", type=int, default=3, help="the median is told")
    parser.add_argument("--apart", nargs=2, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.apart:
        what, folder = args.apart
        print(json.dumps({"engine": engine, "alone": alone, "own": own}[what](Path(folder))))
        return
    print(conditions())
    print()
    print(table([*measure(args.proposals, args.reviewers, args.runs), *ministries()]))


if __name__ == "__main__":
    main()
