"""Two lists as one answer, in which every row stands exactly once. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from tonle.funding.rules.reconcile.compare import (
    DIFFERS,
    EXCHANGED,
    Compared,
    Disagreement,
    compare,
)
from tonle.funding.rules.reconcile.evidence import (
    TITLE_FROM,
    Labels,
    Sign,
    against,
    best_title,
    score,
)
from tonle.funding.rules.reconcile.pairing import LEAST, Pair, candidates, chosen, copies, strong
from tonle.funding.rules.reconcile.rows import (
    OURS,
    THEIRS,
    Application,
    Listed,
    Remark,
    at_odds,
)
from tonle.funding.rules.reconcile.texts import Meanings, Text, learned
from tonle.kernel.errors import N_
from tonle.kernel.sentences import Sentence, shown

CERTAIN, LIKELY, DOUBTFUL = "certain", "likely", "doubtful"
GRADES: Final = (CERTAIN, LIKELY, DOUBTFUL)
# What a pair must have beyond the best other pair of either row.
_AHEAD_CERTAIN, _AHEAD_LIKELY = 100, 60
_LIKELY_FROM: Final = 330
# Labels are learned from pairs with a strong sign and as many points.
_LEARN_FROM: Final = 330
MOST_RIVALS: Final = 3


@dataclass(frozen=True)
class Rival:
    """Another row that a pair's row could belong to. which: the list that it stands in."""

    which: str
    row: int
    score: int


@dataclass(frozen=True)
class Matched:
    """A proposed pair. ours, theirs: row numbers. score: the points of its reasons, less
    those of what speaks against it."""

    ours: int
    theirs: int
    grade: str
    score: int
    reasons: tuple[Sentence, ...]
    compared: Compared
    rivals: tuple[Rival, ...]


@dataclass(frozen=True)
class Single:
    """A row that no row of the other list fits. near: the nearest that fits another better."""

    row: int
    near: tuple[Rival, ...]


@dataclass(frozen=True)
class Doubled:
    """A row that repeats another of its list. of: the row that stands for both."""

    row: int
    of: int
    differences: tuple[Disagreement, ...]


@dataclass(frozen=True)
class Shared:
    """Rows of one list with one reference or one title that are not the same application."""

    which: str
    field: str
    text: str
    rows: tuple[int, ...]


@dataclass(frozen=True)
class Meaning:
    """What a label of theirs is called in ours, as the pairs tell."""

    field: str
    ours: str
    theirs: str


@dataclass(frozen=True)
class Answer:
    """Each row of a list is in exactly one of: its head, blank and unread rows, pairs, single
    and doubled. single, doubled: by list. remarks: what else is to be known, by list."""

    ours: Listed
    theirs: Listed
    pairs: tuple[Matched, ...]
    single: Mapping[str, tuple[Single, ...]]
    doubled: Mapping[str, tuple[Doubled, ...]]
    shared: tuple[Shared, ...]
    meanings: tuple[Meaning, ...]
    notes: tuple[Sentence, ...]


def reconcile(ours: Listed, theirs: Listed) -> Answer:
    """Propose which application of ours is which of theirs, and tell all that does not fit.

    The same two lists have the same answer, whatever the order of their rows but for ties.
    """
    lists = {OURS: ours.rows, THEIRS: theirs.rows}
    groups = {which: copies(rows) for which, rows in lists.items()}
    every = candidates(ours.rows, theirs.rows, Labels())
    leaving = {which: _leaving(groups[which], every, 0 if which == OURS else 1) for which in lists}
    left = {
        which: [row for row in rows if row.row not in leaving[which]]
        for which, rows in lists.items()
    }
    by_row = {which: {row.row: row for row in rows} for which, rows in lists.items()}
    first = {
        pair: said
        for pair, said in every.items()
        if pair[0] not in leaving[OURS] and pair[1] not in leaving[THEIRS]
    }
    fields, notes = _fields(ours, theirs)

    def worth(said: Mapping[Pair, Sequence[Sign]]) -> dict[Pair, int]:
        found = {}
        for pair, signs in said.items():
            one, other = by_row[OURS][pair[0]], by_row[THEIRS][pair[1]]
            points = score(signs) - against(one, other, references="reference" in fields)
            if points >= LEAST:
                found[pair] = points
        return found

    pairs = chosen(worth(first))
    solid = [
        (by_row[OURS][one], by_row[THEIRS][other])
        for one, other in pairs
        if strong(first[one, other]) and score(first[one, other]) >= _LEARN_FROM
    ]
    labels, meanings = _learned(solid)
    possible = candidates(left[OURS], left[THEIRS], labels)
    points = worth(possible)
    pairs = chosen(points)
    rivals = _rivals(points)
    raw = {pair: score(said) for pair, said in possible.items()}
    matched = [
        _matched(
            by_row[OURS][pair[0]],
            by_row[THEIRS][pair[1]],
            possible[pair],
            points[pair],
            compare(by_row[OURS][pair[0]], by_row[THEIRS][pair[1]], labels, fields),
            rivals[pair],
        )
        for pair in pairs
    ]
    paired = {OURS: {pair[0] for pair in pairs}, THEIRS: {pair[1] for pair in pairs}}
    return Answer(
        ours,
        theirs,
        tuple(matched),
        {
            which: tuple(
                Single(row.row, _near(raw, which, row.row))
                for row in left[which]
                if row.row not in paired[which]
            )
            for which in lists
        },
        {
            which: tuple(
                Doubled(row, of, _between(by_row[which][of], by_row[which][row]))
                for row, of in sorted(leaving[which].items())
            )
            for which in lists
        },
        tuple(shared for which in lists for shared in _shared(which, lists[which], groups[which])),
        meanings,
        notes,
    )


def _leaving(
    groups: Iterable[Sequence[int]], every: Mapping[Pair, Sequence[Sign]], place: int
) -> dict[int, int]:
    """Of rows that are one application: who steps back for whom. The one that fits the other
    list best stands for all, the first of equals."""
    best: dict[int, int] = defaultdict(int)
    for pair, said in every.items():
        best[pair[place]] = max(best[pair[place]], score(said))
    found: dict[int, int] = {}
    for group in groups:
        stays = max(group, key=lambda row: (best[row], -row))
        found |= {row: stays for row in group if row != stays}
    return found


def _learned(
    pairs: Sequence[tuple[Application, Application]],
) -> tuple[Labels, tuple[Meaning, ...]]:
    """What the other office calls themes and institutions, by pairs that are known."""
    found: dict[str, Meanings] = {}
    meanings = []
    for name in ("institution", "theme"):
        texts = [
            (ours, theirs)
            for one, other in pairs
            for side, ours in _labels(one, name)
            for of, theirs in _labels(other, name)
            if not at_odds(side, of)
        ]
        found[name] = learned((ours.letters, theirs.letters) for ours, theirs in texts)
        spelt: dict[str, str] = {}
        for text in (text for both in texts for text in both):
            spelt.setdefault(text.letters, text.shown)
        meanings += [
            Meaning(name, spelt[ours], spelt[theirs])
            for ours, theirs in sorted(found[name].pairs)
            if ours != theirs
        ]
    return Labels(**found), tuple(meanings)


def _labels(row: Application, name: str) -> tuple[tuple[str, Text], ...]:
    """Labels with their sides; a theme is of no side."""
    return row.institutions if name == "institution" else tuple(("", one) for one in row.themes)


def _fields(ours: Listed, theirs: Listed) -> tuple[frozenset[str], tuple[Sentence, ...]]:
    """What can be compared between the two lists as wholes, and what is to be said of it."""
    fields = set(ours.fields & theirs.fields)
    notes = []
    for one, other in ((ours, theirs), (theirs, ours)):
        for name in sorted(one.fields - other.fields - {"orcid", "email", "ror", "currency"}):
            header = next(column.header for column in one.columns if column.field == name)
            notes.append(
                Sentence(
                    N_("Only one of the lists has a column like “%(header)s”; it is not compared."),
                    header=shown(header, 60),
                )
            )
    shared = {key for row in ours.rows for key in row.references} & {
        key for row in theirs.rows for key in row.references
    }
    if "reference" in fields and len(shared) * 10 < min(len(ours.rows), len(theirs.rows)):
        fields.discard("reference")
        notes.append(
            Sentence(
                N_(
                    "References that stand in both lists: %(number)s. Each office seems to count "
                    "in its own way, so references are not compared."
                ),
                number=len(shared),
            )
        )
    leads = [sum(column.field == "lead" for column in one.columns) for one in (ours, theirs)]
    if leads[0] == leads[1]:
        fields.add("people")
    told = [any(a.currency for row in one.rows for a in row.amounts) for one in (ours, theirs)]
    fields.discard("currency")
    if all(told):
        fields.add("currency")
    elif any(told) and "amount" in fields:
        notes.append(
            Sentence(N_("One of the lists does not say in which currency its amounts are."))
        )
    return frozenset(fields), tuple(notes)


def _rivals(points: Mapping[Pair, int]) -> dict[Pair, tuple[Rival, ...]]:
    """For each pair the other rows that either of its rows could belong to, the best first."""
    by_ours: dict[int, list[Pair]] = defaultdict(list)
    by_theirs: dict[int, list[Pair]] = defaultdict(list)
    for pair in points:
        by_ours[pair[0]].append(pair)
        by_theirs[pair[1]].append(pair)
    found = {}
    for pair in points:
        others = [
            *(
                Rival(THEIRS, other[1], points[other])
                for other in by_ours[pair[0]]
                if other != pair
            ),
            *(
                Rival(OURS, other[0], points[other])
                for other in by_theirs[pair[1]]
                if other != pair
            ),
        ]
        others.sort(key=lambda one: (-one.score, one.which, one.row))
        found[pair] = tuple(others[:MOST_RIVALS])
    return found


def _near(points: Mapping[Pair, int], which: str, row: int) -> tuple[Rival, ...]:
    mine, yours = (0, 1) if which == OURS else (1, 0)
    near = [
        Rival(THEIRS if which == OURS else OURS, pair[yours], number)
        for pair, number in points.items()
        if pair[mine] == row
    ]
    return tuple(sorted(near, key=lambda one: (-one.score, one.row))[:MOST_RIVALS])


def _matched(
    ours: Application,
    theirs: Application,
    said: Sequence[Sign],
    points: int,
    compared: Compared,
    rivals: tuple[Rival, ...],
) -> Matched:
    ahead = points - max((rival.score for rival in rivals), default=0)
    odd = {(one.field, one.kind) for one in compared.disagreements} & {
        ("reference", DIFFERS),
        ("lead", DIFFERS),
        ("lead", EXCHANGED),
    }
    near = best_title(ours, theirs)
    odd_one = bool(odd) or (near is not None and near[0] < TITLE_FROM)
    signs = strong(said)
    if len(signs) > 1 and not odd_one and ahead >= _AHEAD_CERTAIN:
        grade = CERTAIN
    elif ahead >= _AHEAD_LIKELY and (
        len(signs) > 1 or (signs and points >= _LIKELY_FROM and not odd_one)
    ):
        grade = LIKELY
    else:
        grade = DOUBTFUL
    return Matched(
        ours.row, theirs.row, grade, points, tuple(sign.words for sign in said), compared, rivals
    )


_ALL: Final = frozenset(
    {"reference", "title", "lead", "institution", "theme", "amount", "people", "currency"}
)


def _between(one: Application, other: Application) -> tuple[Disagreement, ...]:
    """In what a repeated row differs from the one that stands for it."""
    return compare(one, other, Labels(), _ALL).disagreements


def _shared(
    which: str, rows: Sequence[Application], groups: Sequence[Sequence[int]]
) -> list[Shared]:
    """Rows with one reference, or one title, that are more than copies of each other."""
    group_of = {row: at for at, group in enumerate(groups) for row in group}
    found = []
    for name in ("reference", "title"):
        holders: dict[str, list[Application]] = defaultdict(list)
        texts: dict[str, str] = {}
        for row in rows:
            held = (
                dict(row.references)
                if name == "reference"
                else {title.letters: title.shown for title in row.titles}
            )
            for key, text in held.items():
                holders[key].append(row)
                texts.setdefault(key, text)
        for key, held_by in holders.items():
            if len({group_of.get(row.row, -row.row) for row in held_by}) > 1:
                numbers = tuple(row.row for row in held_by)
                found.append(Shared(which, name, texts[key], numbers))
    return found


def remarks(listed: Listed) -> tuple[Remark, ...]:
    """All that is to be said of single rows of a list, in the order of the rows."""
    return tuple(sorted(listed.remarks, key=lambda one: one.row))
