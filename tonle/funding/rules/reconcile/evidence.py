"""What speaks for two rows being one application: points, and each reason in words. Pure.

Points are whole numbers, so that a list has the same answer on every machine. One strong sign
alone is not enough for `certain`: references are mistyped, titles are reused, names are shared.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from tonle.funding.rules import persons
from tonle.funding.rules.reconcile.rows import Application, Person, at_odds
from tonle.funding.rules.reconcile.texts import Meanings, Text, similarity
from tonle.kernel.errors import N_
from tonle.kernel.sentences import Sentence, shown

REFERENCE: Final = 350
IDENTIFIER: Final = 300
TITLE: Final = 300
ROR, INSTITUTION, AMOUNT, THEME = 80, 60, 60, 20
OTHER_REFERENCE, OTHER_PEOPLE = 100, 150
# Below this, two titles of one field of science are as near by chance.
TITLE_FROM: Final = 0.55
TITLE_STRONG: Final = 0.9
LABEL_ALIKE: Final = 0.8


@dataclass(frozen=True)
class Sign:
    """One thing that speaks for a pair. strong: it would nearly do alone."""

    kind: str
    points: int
    words: Sentence
    strong: bool = False


@dataclass(frozen=True)
class Labels:
    """What the other list calls institutions and themes, as learned."""

    institution: Meanings = field(default_factory=Meanings)
    theme: Meanings = field(default_factory=Meanings)


def signs(one: Application, other: Application, labels: Labels) -> tuple[Sign, ...]:
    """What speaks for ours and theirs being one application, in the order of weight of kinds."""
    found = [
        *_references(one, other),
        *_identifiers(one, other),
        *_titles(one, other),
        *_people(one, other),
        *_institutions(one, other, labels),
        *_amounts(one, other),
        *_themes(one, other, labels),
    ]
    return tuple(found)


def score(found: Iterable[Sign]) -> int:
    return sum(sign.points for sign in found)


def against(one: Application, other: Application, *, references: bool) -> int:
    """Points that speak against it: other people altogether, another reference.

    references: whether the two offices share references.
    """
    lost = 0
    if references and one.references and other.references:
        lost += 0 if one.references.keys() & other.references.keys() else OTHER_REFERENCE
    comparable = any(not at_odds(a.side, b.side) for a in one.people for b in other.people)
    if comparable and not met(one, other).pairs:
        lost += OTHER_PEOPLE
    return lost


def _references(one: Application, other: Application) -> Iterable[Sign]:
    for key in one.references.keys() & other.references.keys():
        words = Sentence(N_("The same reference: %(text)s."), text=shown(one.references[key], 60))
        yield Sign("reference", REFERENCE, words, strong=True)
        return


def _identifiers(one: Application, other: Application) -> Iterable[Sign]:
    for key in sorted(one.identifiers & other.identifiers)[:1]:
        words = Sentence(N_("The same ORCID or e-mail address: %(text)s."), text=shown(key, 60))
        yield Sign("identifier", IDENTIFIER, words, strong=True)


def best_title(one: Application, other: Application) -> tuple[float, Text, Text] | None:
    """The nearest two titles that can be compared; None where no two can."""
    compared = [
        (near, ours, theirs)
        for ours in one.titles
        for theirs in other.titles
        if (near := similarity(ours, theirs)) is not None
    ]
    return max(compared, key=lambda found: found[0], default=None)


def _titles(one: Application, other: Application) -> Iterable[Sign]:
    found = best_title(one, other)
    if found is None or found[0] < TITLE_FROM:
        return
    near = found[0]
    points = round(TITLE * (near - TITLE_FROM / 2) / (1 - TITLE_FROM / 2))
    if near == 1:
        words = Sentence(N_("The same title."))
    else:
        words = Sentence(N_("The titles are alike to %(share)s%%."), share=int(near * 100))
    yield Sign("title", points, words, strong=near >= TITLE_STRONG)


@dataclass(frozen=True)
class Met:
    """The people of two rows: who may be whom (likeness, ours, theirs), and who is left."""

    pairs: tuple[tuple[int, Person, Person], ...]
    ours: tuple[Person, ...]
    theirs: tuple[Person, ...]


def met(one: Application, other: Application) -> Met:
    """The people of two rows by the likeness of their names, the nearest first."""
    ours, theirs = list(one.people), list(other.people)
    near = sorted(
        (
            (-like, at_odds(left.side, right.side), i, j)
            for i, left in enumerate(ours)
            for j, right in enumerate(theirs)
            if (like := persons.likeness(left.name, right.name))
        ),
    )
    taken_ours: set[int] = set()
    taken_theirs: set[int] = set()
    pairs = []
    for like, _, i, j in near:
        if i not in taken_ours and j not in taken_theirs:
            taken_ours.add(i)
            taken_theirs.add(j)
            pairs.append((-like, ours[i], theirs[j]))
    return Met(
        tuple(pairs),
        tuple(one for at, one in enumerate(ours) if at not in taken_ours),
        tuple(one for at, one in enumerate(theirs) if at not in taken_theirs),
    )


def _people(one: Application, other: Application) -> Iterable[Sign]:
    for number, (like, ours, theirs) in enumerate(met(one, other).pairs[:2]):
        # The second says less: teams apply together more than once.
        points = persons.POINTS[like] // (number + 1)
        words = Sentence(
            persons.WHY[like], ours=shown(ours.name.shown, 60), theirs=shown(theirs.name.shown, 60)
        )
        yield Sign("lead", points, words, strong=number == 0 and like >= persons.READING)


def same_label(one: Text, other: Text, known: Meanings) -> bool | None:
    """Whether two labels mean one thing; None where nobody can say."""
    told = known.same(one.letters, other.letters)
    if told is not None:
        return told
    near = similarity(one, other)
    return None if near is None else near >= LABEL_ALIKE


def _institutions(one: Application, other: Application, labels: Labels) -> Iterable[Sign]:
    for key in sorted(one.rors & other.rors)[:1]:
        yield Sign(
            "institution", ROR, Sentence(N_("The same institution (ROR): %(text)s."), text=key)
        )
        return
    number = 0
    for side, ours in one.institutions:
        for of, theirs in other.institutions:
            if at_odds(side, of) or number > 1:
                continue
            if same_label(ours, theirs, labels.institution):
                words = Sentence(
                    N_("The same institution: %(ours)s, %(theirs)s."),
                    ours=shown(ours.shown, 60),
                    theirs=shown(theirs.shown, 60),
                )
                number += 1
                yield Sign("institution", INSTITUTION // number, words)


def _amounts(one: Application, other: Application) -> Iterable[Sign]:
    for ours in one.amounts:
        for theirs in other.amounts:
            if ours.number and ours.number == theirs.number and ours.currency == theirs.currency:
                words = Sentence(N_("The same amount: %(text)s."), text=shown(ours, 40))
                yield Sign("amount", AMOUNT, words)
                return


def _themes(one: Application, other: Application, labels: Labels) -> Iterable[Sign]:
    for ours in one.themes:
        for theirs in other.themes:
            if same_label(ours, theirs, labels.theme):
                words = Sentence(N_("The same theme: %(text)s."), text=shown(ours.shown, 60))
                yield Sign("theme", THEME, words)
                return
