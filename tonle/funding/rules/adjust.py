"""What reviewers' scores say of proposals, once harsh and lenient reviewers are told apart.

score = quality of the proposal + offset of the reviewer + noise, by least squares. Only
proposals that are joined by shared reviewers can be compared: each such component has an
order of its own, and none is given between them. Within one, scores fix the differences
between qualities and between offsets; a constant may move from one to the other, so offsets
add up to 0 and so do the quality differences, beside the component's level.

Never a z-score per reviewer: who saw only strong work would pull it down to average.
Intervals and shrinkage are for whoever shows the adjusted scores; these are the plain ones.
Source: Platt and Burges, Regularised Least Squares to Remove Reviewer Bias (2012), without
the regularisation; Ge, Welling, Ghahramani (2013) for the additive model.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from tonle.funding.rules.reading import Reader
from tonle.kernel.errors import N_, TonleError
from tonle.kernel.sentences import shown

# Solved in fractions up to this many reviewers or proposals, the fewer of the two: seconds.
EXACT_LIMIT = 60
# Relative size of what is left over when the sums of a larger component are good enough.
TOLERANCE = 1e-13
# Qualities of a larger component that differ by less are taken as equal.
EQUAL = 1e-9

Number = Fraction | float


class NotExact(TonleError):
    code = "not_exact"
    http_status = 413
    message = N_(
        "A group of %(proposals)s proposals and %(reviewers)s reviewers is too large for exact "
        "fractions: at most %(limit)s of either. Ask without --exact."
    )


@dataclass(frozen=True)
class Score:
    proposal: str
    reviewer: str
    score: Fraction


@dataclass(frozen=True)
class Component:
    """Proposals and reviewers that can be put on one scale.

    order: proposals, highest quality first, equal ones by id. quality: by proposal, the
    difference from the component's mean quality. level: that mean, on the scale of the
    scores. offset: by reviewer, above 0 for a lenient one; they add up to 0.
    mean: of the scores as given, by proposal. Fractions are exact, floats are not.
    """

    order: list[str]
    quality: Mapping[str, Number]
    offset: Mapping[str, Number]
    level: Number
    mean: Mapping[str, Fraction]


def read(document: Any) -> list[Score]:
    """Scores out of parsed JSON. Raises Invalid with every problem found."""
    reader = Reader()
    given = reader.fields(document, "", ("scores",))
    first: dict[tuple[str, str], str] = {}

    def score(value: Any, where: str) -> Score | None:
        row = reader.row(value, where, 3)
        if not row:
            return None
        found = Score(
            reader.text(row[0], f"{where}[0]"),
            reader.text(row[1], f"{where}[1]"),
            reader.number(row[2], f"{where}[2]"),
        )
        before = first.setdefault((found.proposal, found.reviewer), where)
        if before != where:
            reader.wrong(
                where,
                N_("is a second score of %(reviewer)s for %(proposal)s; the first is %(first)s."),
                reviewer=shown(found.reviewer),
                proposal=shown(found.proposal),
                first=before,
            )
        return found

    scores = reader.items(given.get("scores", []), "scores", score)
    reader.done()
    return [one for one in scores if one is not None]


def adjust(scores: Sequence[Score], *, exact: bool = False) -> list[Component]:
    """Components, the one with the first proposal (by id) first.

    exact: every number a Fraction, else NotExact is raised. Without it, components within
    EXACT_LIMIT are fractions nevertheless, so that equal qualities are equal.
    """
    return [_adjusted(those, exact=exact) for those in _components(scores)]


def _components(scores: Sequence[Score]) -> list[list[Score]]:
    """Scores parted so that no two parts share a proposal or a reviewer."""
    of_proposal, of_reviewer = defaultdict(list), defaultdict(list)
    for one in sorted(scores, key=lambda score: (score.proposal, score.reviewer)):
        of_proposal[one.proposal].append(one)
        of_reviewer[one.reviewer].append(one)
    found = []
    met: set[str] = set()
    for start in of_proposal:
        if start in met:
            continue
        met.add(start)
        waiting, those = [start], []
        asked: set[str] = set()
        while waiting:
            for one in of_proposal[waiting.pop()]:
                those.append(one)
                if one.reviewer in asked:
                    continue
                asked.add(one.reviewer)
                for other in of_reviewer[one.reviewer]:
                    if other.proposal not in met:
                        met.add(other.proposal)
                        waiting.append(other.proposal)
        found.append(sorted(those, key=lambda score: (score.proposal, score.reviewer)))
    return found


def _adjusted(scores: list[Score], *, exact: bool) -> Component:
    proposals = sorted({one.proposal for one in scores})
    reviewers = sorted({one.reviewer for one in scores})
    small = min(len(proposals), len(reviewers)) <= EXACT_LIMIT
    if exact and not small:
        raise NotExact(proposals=len(proposals), reviewers=len(reviewers), limit=EXACT_LIMIT)
    place = {name: number for number, name in enumerate(proposals)}
    number = {name: at for at, name in enumerate(reviewers)}
    rows = [(place[one.proposal], number[one.reviewer], one.score) for one in scores]
    quality: Sequence[Number]
    offset: Sequence[Number]
    if len(reviewers) <= len(proposals):
        offset, quality = _least_squares(
            [(r, p, y) for p, r, y in rows], len(reviewers), len(proposals), small
        )
    else:
        quality, offset = _least_squares(rows, len(proposals), len(reviewers), small)
    # The constant that scores do not fix: offsets add up to 0, the rest is the level.
    slack = _mean(offset)
    level = _mean(quality)
    differences = {name: quality[at] - level for name, at in place.items()}
    sums: dict[str, Fraction] = defaultdict(Fraction)
    times: dict[str, int] = defaultdict(int)
    for one in scores:
        sums[one.proposal] += one.score
        times[one.proposal] += 1
    return Component(
        order=_order(differences, exact=small),
        quality=differences,
        offset={name: offset[at] - slack for name, at in number.items()},
        level=level + slack,
        mean={name: sums[name] / times[name] for name in proposals},
    )


def _mean(values: Sequence[Number]) -> Number:
    total: Number = sum(values, Fraction(0) if isinstance(values[0], Fraction) else 0.0)
    return total / len(values)


def _order(differences: Mapping[str, Number], *, exact: bool) -> list[str]:
    """Highest first, equal ones by id; sums in floating numbers are equal within EQUAL."""
    ranked = sorted(differences, key=lambda name: (-differences[name], name))
    if exact or not ranked:
        return ranked
    spread = max(1.0, abs(float(differences[ranked[0]])), abs(float(differences[ranked[-1]])))
    groups: list[list[str]] = []
    for name in ranked:
        last = groups[-1][-1] if groups else None
        if last is not None and differences[last] - differences[name] <= EQUAL * spread:
            groups[-1].append(name)
        else:
            groups.append([name])
    return [name for group in groups for name in sorted(group)]


def _least_squares(
    rows: list[tuple[int, int, Fraction]], few: int, many: int, exact: bool
) -> tuple[Sequence[Number], Sequence[Number]]:
    """Effects of the few and of the many, from rows (few's place, many's place, score).

    Given the few, each of the many is the mean of what is left of its scores. What remains
    is a system for the few alone: the Laplacian of a connected graph, so that it has one
    solution once the first of them is held at 0.
    """
    if exact:
        left = _eliminated(rows, few, many)
        return left, _means(rows, left, many)
    lean = [(i, j, float(y)) for i, j, y in rows]
    found = _by_gradients(lean, few, many)
    sums, times = [0.0] * many, [0] * many
    for i, j, y in lean:
        sums[j] += y - found[i]
        times[j] += 1
    return found, [total / count for total, count in zip(sums, times, strict=True)]


def _means(
    rows: list[tuple[int, int, Fraction]], left: Sequence[Fraction], many: int
) -> list[Fraction]:
    sums, times = [Fraction(0)] * many, [0] * many
    for i, j, y in rows:
        sums[j] += y - left[i]
        times[j] += 1
    return [total / count for total, count in zip(sums, times, strict=True)]


def _eliminated(rows: list[tuple[int, int, Fraction]], few: int, many: int) -> list[Fraction]:
    """The effects of the few, exactly, the first held at 0."""
    of_many: list[list[tuple[int, Fraction]]] = [[] for _ in range(many)]
    for i, j, y in rows:
        of_many[j].append((i, y))
    size = few - 1
    matrix = [[Fraction(0)] * (size + 1) for _ in range(size)]
    for those in of_many:
        share = Fraction(1, len(those))
        mean = sum((y for _, y in those), Fraction(0)) * share
        for i, y in those:
            if not i:
                continue
            line = matrix[i - 1]
            line[i - 1] += 1
            line[size] += y - mean
            for k, _ in those:
                if k:
                    line[k - 1] -= share
    # Positive definite without the first: no pivot is ever 0.
    for step in range(size):
        pivot = matrix[step]
        for line in matrix[step + 1 :]:
            if line[step]:
                factor = line[step] / pivot[step]
                for k in range(step, size + 1):
                    if pivot[k]:
                        line[k] -= factor * pivot[k]
    found = [Fraction(0)] * few
    for step in range(size - 1, -1, -1):
        line = matrix[step]
        rest = sum((line[k] * found[k + 1] for k in range(step + 1, size)), Fraction(0))
        found[step + 1] = (line[size] - rest) / line[step]
    return found


def _by_gradients(rows: list[tuple[int, int, float]], few: int, many: int) -> list[float]:
    """The same by conjugate gradients, for components too large for fractions."""
    times, of_few = [0] * many, [0] * few
    for i, j, _ in rows:
        times[j] += 1
        of_few[i] += 1

    def laplacian(vector: list[float]) -> list[float]:
        sums = [0.0] * many
        for i, j, _ in rows:
            sums[j] += vector[i]
        found = [count * value for count, value in zip(of_few, vector, strict=True)]
        for i, j, _ in rows:
            found[i] -= sums[j] / times[j]
        return found

    sums = [0.0] * many
    for _, j, y in rows:
        sums[j] += y
    residual = [0.0] * few
    for i, j, y in rows:
        residual[i] += y - sums[j] / times[j]
    found, direction = [0.0] * few, list(residual)
    size = first = sum(one * one for one in residual)
    for _ in range(20 * few):
        if size <= first * TOLERANCE**2 or not size:
            break
        image = laplacian(direction)
        curve = sum(a * b for a, b in zip(direction, image, strict=True))
        if curve <= 0:
            break
        step = size / curve
        found = [a + step * b for a, b in zip(found, direction, strict=True)]
        residual = [a - step * b for a, b in zip(residual, image, strict=True)]
        before, size = size, sum(one * one for one in residual)
        direction = [a + size / before * b for a, b in zip(residual, direction, strict=True)]
    return found
