"""Who reviews which proposal: the best assignment that keeps every rule, or what is short.

One flow answers it, because a reviewer has one country and one institution: reviewer →
(institution at a proposal, at most one) → (side at a proposal, at least one) → proposal.
Lower bounds move into the supplies, forced pairs are fixed and subtracted, conflicts have no
arc. Only an institution with reviewers of two sides does not nest. Its halves are solved
apart, and where both are used at one proposal, the two ways to give one up are branched on:
each is a flow again, so the best one found is the optimum. Where such institutions are many,
CP-SAT takes over (tangled.py).

If no assignment keeps the rules, a second flow may leave reviews undone at a price of one
each. What it pays is the least that is missing.
"""

from __future__ import annotations

import heapq
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tonle.funding.rules import flow, tangled
from tonle.funding.rules.reading import Reader
from tonle.kernel.errors import N_, TonleError
from tonle.kernel.sentences import Sentence, shown

Pair = tuple[str, str]  # proposal, reviewer

MAX_SCORE = 10**12
MAX_COUNT = 100_000
# Flows that institutions of two sides may cost; each is a whole solve.
MAX_FLOWS = 2_000
# Candidates of all these flows together: some minutes.
MAX_ARCS = 20_000_000
# Where CP-SAT is at hand, it is quicker than so many flows.
FEW_FLOWS = 60

REQUIRED = ("demand", "load_max", "score")
OPTIONAL = (
    "load_min", "conflicts", "forced", "country", "sides", "institution", "distinct_institution",
)  # fmt: skip


class TooTangled(TonleError):
    """The proof would take too long; an assignment that may not be the best is not given."""

    code = "too_tangled"
    http_status = 422
    message = N_(
        "Too many institutions have reviewers on two sides, so that the best assignment could not "
        "be proven. A node with OR-Tools proves more (tonle funding install); else give such "
        "reviewers institutions of their own."
    )


@dataclass(frozen=True)
class Request:
    """What is to be assigned.

    demand: reviews of each proposal, exactly. load_min, load_max: reviews of each reviewer.
    score: of each pair that may be assigned; higher is better. conflicts: pairs that may not,
    forced: pairs that must. sides: at least one reviewer from each at every proposal, by
    country. With distinct_institution, at most one reviewer of an institution at a proposal;
    who has none is free.
    """

    demand: Mapping[str, int]
    load_max: Mapping[str, int]
    score: Mapping[Pair, int]
    load_min: Mapping[str, int] = field(default_factory=dict)
    conflicts: frozenset[Pair] = frozenset()
    forced: frozenset[Pair] = frozenset()
    country: Mapping[str, str] = field(default_factory=dict)
    sides: tuple[str, ...] = ()
    institution: Mapping[str, str] = field(default_factory=dict)
    distinct_institution: bool = False

    def side(self, reviewer: str) -> str:
        """The side a reviewer counts for, or "" for none."""
        country = self.country.get(reviewer, "")
        return country if country in self.sides else ""

    def house(self, reviewer: str) -> str:
        """The institution that counts, or "" where none does."""
        return self.institution.get(reviewer, "") if self.distinct_institution else ""


@dataclass(frozen=True)
class Missing:
    """One thing that is short: its rule, how much of it, and where.

    rule: `demand` and `side` (places: proposal to reviews), `load_min` (reviewer to reviews);
    the others are rules that contradict each other in the input, with the proposal and the
    reviewer it is about.
    """

    rule: str
    words: Sentence
    data: Mapping[str, Any]


@dataclass(frozen=True)
class Assignment:
    """The best assignment, or what is missing for any."""

    feasible: bool
    reviewers: Mapping[str, list[str]] = field(default_factory=dict)
    objective: int = 0
    worst_proposal: str = ""
    worst_score: int = 0
    shortage: tuple[Missing, ...] = ()


def read(document: Any) -> Request:
    """A request out of parsed JSON. Raises Invalid with every problem found."""
    reader = Reader()
    given = reader.fields(document, "", REQUIRED, OPTIONAL)

    def counts(name: str) -> dict[str, int]:
        return reader.wholes(given.get(name, {}), name, 0, MAX_COUNT)

    demand, load_max, load_min = counts("demand"), counts("load_max"), counts("load_min")

    def known(proposal: str, reviewer: str, where: str) -> None:
        if proposal not in demand:
            reader.wrong(
                where, N_("names the proposal %(id)s, which is not in demand."), id=shown(proposal)
            )
        if reviewer not in load_max:
            reader.wrong(
                where, N_("names the reviewer %(id)s, who is not in load_max."), id=shown(reviewer)
            )

    def pairs(name: str) -> frozenset[Pair]:
        def pair(one: Any, where: str) -> Pair:
            row = [reader.text(each, where) for each in reader.row(one, where, 2)]
            if len(row) < 2:
                return "", ""
            known(row[0], row[1], where)
            return row[0], row[1]

        return frozenset(reader.items(given.get(name, []), name, pair))

    def texts(name: str) -> dict[str, str]:
        found = reader.mapping(given.get(name, {}), name, reader.text)
        for reviewer in found:
            if reviewer not in load_max:
                reader.wrong(
                    name,
                    N_("names the reviewer %(id)s, who is not in load_max."),
                    id=shown(reviewer),
                )
        return found

    score: dict[Pair, int] = {}
    given_scores = reader.wholes(given.get("score", {}), "score", -MAX_SCORE, MAX_SCORE)
    for key, value in given_scores.items():
        pair = _split(key, demand, load_max)
        if pair is None:
            reader.wrong(
                "score",
                N_("has %(key)s: write a proposal of demand, |, and a reviewer of load_max."),
                key=shown(key),
            )
        else:
            score[pair] = value
    for reviewer in load_min:
        if reviewer not in load_max:
            reader.wrong(
                "load_min",
                N_("names the reviewer %(id)s, who is not in load_max."),
                id=shown(reviewer),
            )
    request = Request(
        demand=demand,
        load_max=load_max,
        score=score,
        load_min=load_min,
        conflicts=pairs("conflicts"),
        forced=pairs("forced"),
        country=texts("country"),
        sides=tuple(dict.fromkeys(reader.items(given.get("sides", []), "sides", reader.text))),
        institution=texts("institution"),
        distinct_institution=reader.truth(
            given.get("distinct_institution", False), "distinct_institution"
        ),
    )
    reader.done()
    return request


def _split(key: str, demand: Mapping[str, int], load_max: Mapping[str, int]) -> Pair | None:
    """The pair that a key names. Names may hold a bar themselves, as long as one reading fits."""
    parts = key.split("|")
    if len(parts) == 2:
        return (parts[0], parts[1]) if parts[0] in demand and parts[1] in load_max else None
    fitting = [
        (proposal, reviewer)
        for cut in range(1, len(parts))
        if (proposal := "|".join(parts[:cut])) in demand
        and (reviewer := "|".join(parts[cut:])) in load_max
    ]
    return fitting[0] if len(fitting) == 1 else None


def assign(request: Request, solver: str = "") -> Assignment:
    """The assignment with the largest sum of scores that keeps every rule, or what is missing.

    solver: flow.ORTOOLS, flow.OWN, or "" for the better one that is there.
    Raises flow.SolverMissing, flow.CostsTooLarge, TooTangled.
    """
    if contradictions := _contradictions(request):
        return Assignment(feasible=False, shortage=tuple(contradictions))
    problem = _Problem(request)
    best = _best(problem, solver, short=False)
    if best is None:
        least = _best(problem, solver, short=True)
        # Leaving every review undone is always possible.
        assert least is not None  # noqa: S101 # The second network is feasible by construction.
        return Assignment(feasible=False, shortage=tuple(_missing(problem, least)))
    return _answer(request, [*request.forced, *best.pairs])


def _answer(request: Request, pairs: Iterable[Pair]) -> Assignment:
    reviewers: dict[str, list[str]] = {proposal: [] for proposal in request.demand}
    sums: Counter[str] = Counter()
    for proposal, reviewer in sorted(pairs):
        reviewers[proposal].append(reviewer)
        sums[proposal] += request.score[proposal, reviewer]
    # A proposal that asks for nobody is not badly served.
    served = [(sums[proposal], proposal) for proposal, asked in request.demand.items() if asked]
    worst = min(served, default=(0, ""))
    return Assignment(
        feasible=True,
        reviewers=reviewers,
        objective=sum(sums.values()),
        worst_proposal=worst[1],
        worst_score=worst[0],
    )


# Rules of an input that no assignment keeps together, whatever the scores.
_CONTRADICTIONS = {
    "forced_conflict": N_("%(proposal)s and %(reviewer)s are both forced and in conflict."),
    "forced_no_candidate": N_(
        "%(proposal)s and %(reviewer)s are forced, but have no score: give them one."
    ),
    "forced_load": N_(
        "%(reviewer)s is forced on %(forced)s proposals, and load_max is %(load_max)s."
    ),
    "load": N_("%(reviewer)s has load_min %(load_min)s above load_max %(load_max)s."),
    "forced_demand": N_("%(proposal)s asks for %(demand)s reviewers, and %(forced)s are forced."),
    "sides_above_demand": N_(
        "%(proposal)s asks for %(demand)s reviewers, too few for one from each side beside the "
        "forced ones."
    ),
    "forced_institution": N_(
        "At %(proposal)s, %(forced)s reviewers of %(institution)s are forced."
    ),
}


def _contradictions(request: Request) -> list[Missing]:
    """What of the input contradicts itself, all of it."""
    found = []

    def add(rule: str, **data: str | int) -> None:
        quoted = {name: shown(value) for name, value in data.items()}
        found.append(Missing(rule, Sentence(_CONTRADICTIONS[rule], **quoted), data))

    at: dict[str, list[str]] = defaultdict(list)
    load: Counter[str] = Counter()
    for proposal, reviewer in sorted(request.forced):
        at[proposal].append(reviewer)
        load[reviewer] += 1
        if (proposal, reviewer) in request.conflicts:
            add("forced_conflict", proposal=proposal, reviewer=reviewer)
        elif (proposal, reviewer) not in request.score:
            add("forced_no_candidate", proposal=proposal, reviewer=reviewer)
    for reviewer, most in sorted(request.load_max.items()):
        if load[reviewer] > most:
            add("forced_load", reviewer=reviewer, forced=load[reviewer], load_max=most)
        least = request.load_min.get(reviewer, 0)
        if least > most:
            add("load", reviewer=reviewer, load_min=least, load_max=most)
    for proposal, asked in sorted(request.demand.items()):
        forced = at[proposal]
        if len(forced) > asked:
            add("forced_demand", proposal=proposal, demand=asked, forced=len(forced))
            continue
        open_sides = set(request.sides) - {request.side(reviewer) for reviewer in forced}
        if len(open_sides) > asked - len(forced):
            add("sides_above_demand", proposal=proposal, demand=asked)
        houses = Counter(house for reviewer in forced if (house := request.house(reviewer)))
        for house, times in sorted(houses.items()):
            if times > 1:
                add("forced_institution", proposal=proposal, institution=house, forced=times)
    return found


# A cell: the reviewers of one institution and one side who may review one proposal.
Cell = tuple[int, str, str]  # proposal's place, institution, side


class _Problem:
    """The request without its forced pairs, in places of sorted lists.

    Sorting makes the answer the same whatever the order of the file.
    """

    def __init__(self, request: Request) -> None:
        self.request = request
        self.proposals = sorted(request.demand)
        self.reviewers = sorted(request.load_max)
        place_of = {name: place for place, name in enumerate(self.proposals)}
        number_of = {name: number for number, name in enumerate(self.reviewers)}
        self.side = [request.side(name) for name in self.reviewers]
        self.house = [request.house(name) for name in self.reviewers]
        self.asked = [request.demand[name] for name in self.proposals]
        self.load_max = [request.load_max[name] for name in self.reviewers]
        self.load_min = [request.load_min.get(name, 0) for name in self.reviewers]
        self.open_sides = [dict.fromkeys(request.sides) for _ in self.proposals]
        taken: set[tuple[int, str]] = set()
        for proposal, reviewer in request.forced:
            place, number = place_of[proposal], number_of[reviewer]
            self.asked[place] -= 1
            self.load_max[number] -= 1
            self.load_min[number] = max(0, self.load_min[number] - 1)
            self.open_sides[place].pop(self.side[number], None)
            if self.house[number]:
                taken.add((place, self.house[number]))
        width = len(self.reviewers)
        score: dict[int, int] = {}
        for pair, value in request.score.items():
            place, number = place_of[pair[0]], number_of[pair[1]]
            if (
                pair not in request.conflicts
                and pair not in request.forced
                and (place, self.house[number]) not in taken
            ):
                score[place * width + number] = value
        self.candidates = [(*divmod(code, width), score[code]) for code in sorted(score)]
        # Of a review undone. A side's costs one more, so that only what a side lacks is called so.
        self.price = sum(self.asked) + 1
        self.top: dict[int, int] = {}
        for place, _, value in self.candidates:
            self.top[place] = max(value, self.top.get(place, value))
        self.cells = Counter(
            (place, self.house[number], self.side[number])
            for place, number, _ in self.candidates
            if self.house[number]
        )


@dataclass(frozen=True)
class _Solution:
    """Pairs of a flow, its cost, and what it paid for (only in a run that may be short)."""

    cost: int
    pairs: list[Pair]
    cells: dict[tuple[int, str], set[str]]
    undone: dict[str, int]
    undone_of_side: dict[str, dict[str, int]]
    idle: dict[str, int]


def _best(problem: _Problem, solver: str, *, short: bool) -> _Solution | None:
    """The cheapest flow in which no institution of two sides is twice at one proposal.

    Best first: the bound of a branch is the flow without the rule, so the first solution
    that keeps the rule is the best of all.
    """
    by_ortools = flow.chosen(solver) == flow.ORTOOLS
    limit = min(
        FEW_FLOWS if by_ortools else MAX_FLOWS, 1 + MAX_ARCS // (len(problem.candidates) + 1)
    )
    root = _flow(problem, solver, frozenset(), short=short)
    heap = [(root.cost, 0, frozenset[Cell](), root)] if root else []
    flows = 1
    while heap:
        _, _, closed, solution = heapq.heappop(heap)
        twice = [(where, sides) for where, sides in solution.cells.items() if len(sides) > 1]
        if not twice:
            return solution
        (place, house), sides = min(twice, key=lambda one: one[0])
        # Of any two sides at most one may stay, so one of the two is closed.
        for side in sorted(sides)[:2]:
            narrower = closed | {(place, house, side)}
            flows += 1
            if flows > limit:
                if by_ortools:
                    return _crossing(problem, short=short)
                raise TooTangled()
            branch = _flow(problem, solver, narrower, short=short)
            if branch is not None:
                heapq.heappush(heap, (branch.cost, flows, narrower, branch))
    return None


def _flow(
    problem: _Problem, solver: str, closed: frozenset[Cell], *, short: bool
) -> _Solution | None:
    """One flow without the closed cells.

    With short, what is missing costs 1 each and scores count nothing: reviewers may stay
    idle below their minimum, reviews may stay undone.
    """
    network = flow.Network()
    reviewers = [network.node(least) for least in problem.load_min]
    # Supplies what lies between minimum and maximum; takes back what is idle in a short run.
    pool = network.node(sum(problem.asked) - sum(problem.load_min))
    if not short and network.supplies[pool] < 0:
        return None
    for number, node in enumerate(reviewers):
        spare = problem.load_max[number] - problem.load_min[number]
        if spare:
            network.arc(pool, node, spare)
    proposals, sides = [], {}
    for place, asked in enumerate(problem.asked):
        needed = problem.open_sides[place]
        proposals.append(network.node(len(needed) - asked))
        for side in needed:
            # At least one: the side's own demand; what comes beyond it passes on.
            sides[place, side] = network.node(-1)
            if asked > len(needed):
                network.arc(sides[place, side], proposals[place], asked - len(needed))
    cells: dict[Cell, int] = {}
    arcs: list[tuple[int, int]] = []  # arc, candidate
    for candidate, (place, number, score) in enumerate(problem.candidates):
        house, side = problem.house[number], problem.side[number]
        head = sides.get((place, side), proposals[place])
        if house:
            cell = place, house, side
            if cell in closed:
                continue
            if problem.cells[cell] > 1:
                if cell not in cells:
                    cells[cell] = network.node()
                    network.arc(cells[cell], head, 1)
                head = cells[cell]
        cost = 0 if short else problem.top[place] - score
        arcs.append((network.arc(reviewers[number], head, 1, cost), candidate))
    undone, undone_of_side, idle = [], [], []
    if short:
        price = problem.price
        for place, asked in enumerate(problem.asked):
            undone.append((network.arc(pool, proposals[place], asked, price), place))
        for (place, side), node in sides.items():
            undone_of_side.append((network.arc(pool, node, 1, price + 1), place, side))
        for number, node in enumerate(reviewers):
            if least := problem.load_min[number]:
                idle.append((network.arc(node, pool, least, price), number))
    found = flow.solve(network, solver)
    if found is None:
        return None
    return _solution(
        problem,
        sum(amount * cost for amount, cost in zip(found, network.costs, strict=True)),
        tangled.Found(
            picked=[candidate for arc, candidate in arcs if found[arc]],
            undone={place: found[arc] for arc, place in undone if found[arc]},
            undone_of_side={
                (place, side): found[arc] for arc, place, side in undone_of_side if found[arc]
            },
            idle={number: found[arc] for arc, number in idle if found[arc]},
        ),
    )


def _crossing(problem: _Problem, *, short: bool) -> _Solution | None:
    """The same by CP-SAT, whose rules may cross."""
    at_proposal, by_reviewer = defaultdict(list), defaultdict(list)
    at_house: dict[tuple[int, str], list[int]] = defaultdict(list)
    at_side: dict[tuple[int, str], list[int]] = {
        (place, side): [] for place, sides in enumerate(problem.open_sides) for side in sides
    }
    for candidate, (place, number, _) in enumerate(problem.candidates):
        at_proposal[place].append(candidate)
        by_reviewer[number].append(candidate)
        if house := problem.house[number]:
            at_house[place, house].append(candidate)
        if (place, problem.side[number]) in at_side:
            at_side[place, problem.side[number]].append(candidate)
    rules = tangled.Crossing(
        asked=problem.asked,
        load_min=problem.load_min,
        load_max=problem.load_max,
        at_proposal=at_proposal,
        by_reviewer=by_reviewer,
        at_side=at_side,
        at_house=[those for those in at_house.values() if len(those) > 1],
        cost=[problem.top[place] - score for place, _, score in problem.candidates],
    )
    try:
        found = tangled.solve(rules, problem.price if short else 0)
    except tangled.Unproven as error:
        raise TooTangled() from error
    return _solution(problem, 0, found) if found else None


def _solution(problem: _Problem, cost: int, found: tangled.Found) -> _Solution:
    """What was found, by names."""
    pairs, used = [], defaultdict(set)
    for candidate in found.picked:
        place, number, _ = problem.candidates[candidate]
        pairs.append((problem.proposals[place], problem.reviewers[number]))
        if problem.house[number]:
            used[place, problem.house[number]].add(problem.side[number])
    of_side: dict[str, dict[str, int]] = defaultdict(dict)
    for (place, side), many in sorted(found.undone_of_side.items()):
        of_side[side][problem.proposals[place]] = many
    return _Solution(
        cost=cost,
        pairs=pairs,
        cells=used,
        undone={problem.proposals[place]: many for place, many in found.undone.items()},
        undone_of_side=of_side,
        idle={problem.reviewers[number]: many for number, many in found.idle.items()},
    )


def _missing(problem: _Problem, least: _Solution) -> list[Missing]:
    """What the least short solution paid for, a side at a time."""
    found = []
    for side in problem.request.sides:
        if places := least.undone_of_side.get(side):
            count = sum(places.values())
            words = Sentence(
                N_("More reviewers from the side %(side)s are needed: %(count)s (%(places)s)."),
                side=shown(side),
                count=count,
                places=_places(places),
            )
            data = {"side": side, "missing": count, "proposals": places}
            found.append(Missing("side", words, data))
    if least.undone:
        count = sum(least.undone.values())
        words = Sentence(
            N_("More reviewers are needed: %(count)s (%(places)s)."),
            count=count,
            places=_places(least.undone),
        )
        data = {"missing": count, "proposals": least.undone}
        found.append(Missing("demand", words, data))
    for reviewer, count in least.idle.items():
        least_load = problem.request.load_min[reviewer]
        words = Sentence(
            N_("%(reviewer)s must have %(load_min)s reviews or more, and can be given %(given)s."),
            reviewer=shown(reviewer),
            load_min=least_load,
            given=least_load - count,
        )
        data = {"reviewer": reviewer, "load_min": least_load, "missing": count}
        found.append(Missing("load_min", words, data))
    return found


def _places(places: Mapping[str, int], limit: int = 10) -> str:
    """Proposals and what each lacks: `P1: 1, P2: 2`; long lists end in dots."""
    said = [f"{shown(name, 40)}: {count}" for name, count in list(places.items())[:limit]]
    return ", ".join([*said, "…"] if len(places) > limit else said)
