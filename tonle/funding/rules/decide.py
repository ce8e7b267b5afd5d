"""Which projects the money of several parties reaches, in four ways, and what stops the others.

Amounts are minor units, a party's own currency each, and are never converted or rounded.
The ranking is by score, highest first; equal scores by id, in the order of code points.

strict: down the ranking, until the first project that cannot be paid. bypass: such a
project is passed over. mixed: strict, and a balancing pot fills what the first party's
envelope lacks. optimum: the set with the largest sum of scores; it is advice, since a sum
favours many cheap projects.
Source: ERA-NET Cofund, ranking-bound and mixed mode; docs/how-to/assign-decide-adjust.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from math import lcm
from typing import Any

from tonle.funding.rules import knapsack
from tonle.funding.rules.reading import Reader, inside
from tonle.kernel.errors import N_
from tonle.kernel.sentences import shown

MAX_AMOUNT = 10**18  # minor units
MAX_PARTIES = 100
MAX_PROJECTS = 100_000
MAX_CAP = 1_000_000
RECOMMENDATIONS = RECOMMEND, DECLINE, RESERVE = "recommend", "decline", "reserve"
MODES = STRICT, BYPASS, MIXED, OPTIMUM = "strict", "bypass", "mixed", "optimum"


@dataclass(frozen=True)
class Project:
    """One proposal as the parties decide on it.

    cost: minor units by party; a party that is not named pays nothing. party: what each
    party says; who says nothing recommends.
    """

    score: Fraction
    theme: str
    cost: Mapping[str, int]
    party: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Request:
    """budget: minor units by party, the first listed first. topup: minor units of that party."""

    budget: Mapping[str, int]
    projects: Mapping[str, Project]
    theme_cap: Mapping[str, int] = field(default_factory=dict)
    threshold: Fraction | None = None
    topup: int = 0


@dataclass(frozen=True)
class Limit:
    """What stops a project: `threshold`, `party` (its recommendation), `budget` or `theme_cap`.

    name: the party or theme. missing: minor units that its envelope, and the pot where it may
    fill, fall short. recommendation: of a party that does not recommend. stopped_at: in the
    modes that stop, the project higher up that this limit stopped the list at.
    """

    rule: str
    name: str = ""
    missing: int = 0
    recommendation: str = ""
    stopped_at: str = ""


@dataclass(frozen=True)
class Decision:
    """Ids in rank order, and for each project left out what binds, in each mode.

    optimum is None where the proof would take too long.
    """

    ranking: list[str]
    funded: Mapping[str, list[str] | None]
    binding: Mapping[str, Mapping[str, list[Limit]]]
    optimum_value: Fraction | None
    pot_used: int


def read(document: Any) -> Request:
    """A request out of parsed JSON. Raises Invalid with every problem found."""
    reader = Reader()
    given = reader.fields(document, "", ("budget", "projects"), ("theme_cap", "threshold", "topup"))

    def amount(value: Any, where: str) -> int:
        return reader.whole(value, where, 0, MAX_AMOUNT)

    budget = reader.mapping(given.get("budget", {}), "budget", amount)
    if "budget" in given and not budget:
        reader.wrong("budget", N_("must name at least one party."))
    if len(budget) > MAX_PARTIES:
        reader.wrong("budget", N_("has more than %(limit)s entries."), limit=MAX_PARTIES)

    def of_parties(names: Iterable[str], where: str) -> None:
        for name in names:
            if name not in budget:
                reader.wrong(
                    where, N_("names the party %(id)s, which is not in budget."), id=shown(name)
                )

    def project(value: Any, where: str) -> Project:
        fields = reader.fields(value, where, ("score", "theme", "cost"), ("party",))
        at = {name: inside(where, name) for name in ("score", "theme", "cost", "party")}
        cost = reader.mapping(fields.get("cost", {}), at["cost"], amount)
        party = reader.mapping(
            fields.get("party", {}),
            at["party"],
            lambda one, place: reader.one_of(one, place, RECOMMENDATIONS),
        )
        of_parties(cost, at["cost"])
        of_parties(party, at["party"])
        return Project(
            score=reader.number(fields.get("score", 0), at["score"]),
            theme=reader.text(fields["theme"], at["theme"]) if "theme" in fields else "",
            cost=cost,
            party=party,
        )

    projects = reader.mapping(given.get("projects", {}), "projects", project)
    if len(projects) > MAX_PROJECTS:
        reader.wrong("projects", N_("has more than %(limit)s entries."), limit=MAX_PROJECTS)
    threshold = reader.number(given["threshold"], "threshold") if "threshold" in given else None
    request = Request(
        budget=budget,
        projects=projects,
        theme_cap=reader.mapping(
            given.get("theme_cap", {}),
            "theme_cap",
            lambda one, where: reader.whole(one, where, 0, MAX_CAP),
        ),
        threshold=threshold,
        topup=amount(given.get("topup", 0), "topup"),
    )
    reader.done()
    return request


def decide(request: Request) -> Decision:
    """The four lists, what binds in each, and the optimum's sum of scores."""
    ranking = sorted(request.projects, key=lambda id: (-request.projects[id].score, id))
    barred = {id: found for id in ranking if (found := _barred(request, id))}
    funded: dict[str, list[str] | None] = {}
    binding: dict[str, Mapping[str, list[Limit]]] = {}
    pot_used = 0
    for mode in (STRICT, BYPASS, MIXED):
        funded[mode], stopped, pot = _walk(request, ranking, barred, mode)
        binding[mode] = {
            id: barred.get(id) or stopped[id] for id in ranking if id in barred or id in stopped
        }
        pot_used = pot if mode == MIXED else pot_used
    chosen = _optimum(request, [id for id in ranking if id not in barred])
    value = None
    if chosen is None:
        funded[OPTIMUM], binding[OPTIMUM] = None, {}
    else:
        funded[OPTIMUM] = [id for id in ranking if id in chosen]
        purse = _Purse(request)
        for id in chosen:
            purse.pay(id)
        binding[OPTIMUM] = {
            id: barred.get(id) or purse.limits(id) for id in ranking if id not in chosen
        }
        value = sum((request.projects[id].score for id in chosen), Fraction(0))
    return Decision(ranking, funded, binding, value, pot_used)


def _barred(request: Request, id: str) -> list[Limit]:
    """What keeps a project out whatever money there is."""
    project = request.projects[id]
    found = []
    if request.threshold is not None and project.score < request.threshold:
        found.append(Limit("threshold"))
    for party in request.budget:
        said = project.party.get(party, RECOMMEND)
        if said != RECOMMEND:
            found.append(Limit("party", party, recommendation=said))
    return found


class _Purse:
    """What is left of each envelope, of the pot and under each theme's cap."""

    def __init__(self, request: Request, pot: int = 0) -> None:
        self.request = request
        self.left = dict(request.budget)
        self.pot = pot
        self.first = next(iter(request.budget))
        self.room = dict(request.theme_cap)

    def limits(self, id: str) -> list[Limit]:
        """Every envelope and cap that this project is too much for; none: it can be paid."""
        project = self.request.projects[id]
        found = []
        for party, left in self.left.items():
            reach = left + self.pot if party == self.first else left
            if (missing := project.cost.get(party, 0) - reach) > 0:
                found.append(Limit("budget", party, missing=missing))
        if self.room.get(project.theme, 1) <= 0:
            found.append(Limit("theme_cap", project.theme))
        return found

    def pay(self, id: str) -> None:
        project = self.request.projects[id]
        for party, cost in project.cost.items():
            self.left[party] -= cost
        # The pot fills a gap, and no more than the gap.
        gap = max(0, -self.left[self.first])
        self.left[self.first] += gap
        self.pot -= gap
        if project.theme in self.room:
            self.room[project.theme] -= 1


def _walk(
    request: Request, ranking: list[str], barred: Mapping[str, Any], mode: str
) -> tuple[list[str], dict[str, list[Limit]], int]:
    """Down the ranking: who is paid, what stops the others, and what of the pot was used.

    A project that is barred is off the list, so it does not stop it.
    """
    purse = _Purse(request, request.topup if mode == MIXED else 0)
    paid: list[str] = []
    stopped: dict[str, list[Limit]] = {}
    end: list[Limit] = []
    for id in ranking:
        if id in barred:
            continue
        if end:
            stopped[id] = end
            continue
        limits = purse.limits(id)
        if not limits:
            purse.pay(id)
            paid.append(id)
            continue
        stopped[id] = limits
        if mode != BYPASS:
            end = [Limit(one.rule, one.name, one.missing, stopped_at=id) for one in limits]
    used = request.topup - purse.pot if mode == MIXED else 0
    return paid, stopped, used


def _optimum(request: Request, eligible: list[str]) -> set[str] | None:
    """The set with the largest sum of scores that every envelope and cap holds; None: unproven."""
    worth = [id for id in eligible if request.projects[id].score > 0]
    # Scores become whole numbers by their common denominator: nothing is rounded.
    unit = lcm(*(request.projects[id].score.denominator for id in worth))
    themes = {theme: number for number, theme in enumerate(request.theme_cap)}
    parties = list(request.budget)
    problem = knapsack.Problem(
        values=[int(request.projects[id].score * unit) for id in worth],
        costs=[[request.projects[id].cost.get(party, 0) for party in parties] for id in worth],
        budgets=[request.budget[party] for party in parties],
        themes=[themes.get(request.projects[id].theme, -1) for id in worth],
        caps=list(request.theme_cap.values()),
    )
    found = knapsack.best(problem)
    if found is None:
        return None
    chosen = {worth[item] for item in found}
    purse = _Purse(request)
    for id in chosen:
        # Proof at the end, in plain sums: the search may be wrong, an overspent envelope not.
        assert not purse.limits(id), id  # noqa: S101 # A broken proof must never be told.
        purse.pay(id)
    # A score of 0 adds nothing, but what can still be paid is not left out for that.
    for id in eligible:
        if request.projects[id].score == 0 and not purse.limits(id):
            purse.pay(id)
            chosen.add(id)
    return chosen
