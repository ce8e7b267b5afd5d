"""In what two rows of one application disagree, and what of them nobody could compare. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from tonle.funding.rules import persons
from tonle.funding.rules.reconcile.amounts import Amount
from tonle.funding.rules.reconcile.evidence import Labels, met, same_label
from tonle.funding.rules.reconcile.rows import Application, Person, at_odds
from tonle.funding.rules.reconcile.texts import Meanings
from tonle.kernel.errors import N_
from tonle.kernel.sentences import Sentence, shown

DIFFERS, MISSING, SPELLING, EXCHANGED = "differs", "missing", "spelling", "exchanged"

_WORDS: Final = {
    ("reference", DIFFERS): N_("The references differ: %(ours)s, %(theirs)s."),
    ("reference", MISSING): N_("One list has no reference: %(ours)s, %(theirs)s."),
    ("title", DIFFERS): N_("The titles differ: “%(ours)s”, “%(theirs)s”."),
    ("title", MISSING): N_("One list has no title: %(ours)s, %(theirs)s."),
    ("lead", DIFFERS): N_("The people differ: %(ours)s, %(theirs)s."),
    ("lead", MISSING): N_("One list names a person whom the other does not: %(ours)s, %(theirs)s."),
    ("lead", SPELLING): N_("A name is written in two ways: %(ours)s, %(theirs)s."),
    ("lead", EXCHANGED): N_("A person stands on another side: %(ours)s, %(theirs)s."),
    ("institution", DIFFERS): N_("The institutions differ: %(ours)s, %(theirs)s."),
    ("institution", MISSING): N_("One list has no institution: %(ours)s, %(theirs)s."),
    ("theme", DIFFERS): N_("The themes differ: %(ours)s, %(theirs)s."),
    ("theme", MISSING): N_("One list has no theme: %(ours)s, %(theirs)s."),
    ("amount", DIFFERS): N_("The amounts differ: %(ours)s, %(theirs)s."),
    ("amount", MISSING): N_("One list has no amount: %(ours)s, %(theirs)s."),
    ("currency", DIFFERS): N_("The currencies differ: %(ours)s, %(theirs)s."),
    ("currency", MISSING): N_("One list has no currency: %(ours)s, %(theirs)s."),
}


@dataclass(frozen=True)
class Disagreement:
    """field: of a column. kind: differs, missing, spelling, exchanged. ours, theirs: as written."""

    field: str
    kind: str
    ours: str
    theirs: str

    @property
    def words(self) -> Sentence:
        return Sentence(
            _WORDS[self.field, self.kind],
            ours=shown(self.ours or "—", 120),
            theirs=shown(self.theirs or "—", 120),
        )


@dataclass(frozen=True)
class Compared:
    """not_compared: fields that both have, of which nobody can say whether they agree."""

    disagreements: tuple[Disagreement, ...]
    not_compared: tuple[str, ...]


def compare(
    ours: Application, theirs: Application, labels: Labels, fields: frozenset[str]
) -> Compared:
    """What two rows say differently.

    fields: those to compare, which both lists tell; `reference` only where the lists share
    references, `people` where they name equally many.
    """
    found = _Found()
    if "reference" in fields:
        _references(ours, theirs, found)
    if "title" in fields:
        _titles(ours, theirs, found)
    if "lead" in fields:
        _people(ours, theirs, found, whole="people" in fields)
    if "institution" in fields and not ours.rors & theirs.rors:
        _institutions(ours, theirs, labels.institution, found)
    if "theme" in fields:
        _themes(ours, theirs, labels.theme, found)
    if "amount" in fields:
        _amounts(ours, theirs, found, currencies="currency" in fields)
    return Compared(tuple(found.told), tuple(dict.fromkeys(found.unsure)))


class _Found:
    def __init__(self) -> None:
        self.told: list[Disagreement] = []
        self.unsure: list[str] = []

    def tell(self, field: str, kind: str, ours: object, theirs: object) -> None:
        self.told.append(Disagreement(field, kind, str(ours), str(theirs)))

    def one_is_empty(self, field: str, ours: Application, theirs: Application) -> bool:
        """Whether there is nothing to compare; told, where one has something to say."""
        one, other = ours.shown.get(field, ""), theirs.shown.get(field, "")
        if bool(one) != bool(other):
            self.tell(field, MISSING, one, other)
        return not (one and other)


def _references(ours: Application, theirs: Application, found: _Found) -> None:
    if found.one_is_empty("reference", ours, theirs):
        return
    if not ours.references.keys() & theirs.references.keys():
        found.tell("reference", DIFFERS, ours.shown["reference"], theirs.shown["reference"])


def _titles(ours: Application, theirs: Application, found: _Found) -> None:
    if found.one_is_empty("title", ours, theirs):
        return
    # Each script by itself: the English title may be the same, and the Khmer one another.
    scripts = {title.script for title in ours.titles} & {title.script for title in theirs.titles}
    if not scripts:
        found.unsure.append("title")
    for script in sorted(scripts):
        left = [title for title in ours.titles if title.script == script]
        right = [title for title in theirs.titles if title.script == script]
        if not {title.letters for title in left} & {title.letters for title in right}:
            found.tell("title", DIFFERS, left[0].shown, right[0].shown)


def _people(ours: Application, theirs: Application, found: _Found, *, whole: bool) -> None:
    if found.one_is_empty("lead", ours, theirs):
        return
    who = met(ours, theirs)
    for like, one, other in who.pairs:
        if at_odds(one.side, other.side):
            found.tell("lead", EXCHANGED, _sided(one), _sided(other))
        scripts = {one.name.script, other.name.script}
        # That a name in Khmer letters and one in Latin sound alike is all that can be.
        if like < persons.READING and (len(scripts) == 1 or scripts == {"han", "latin"}):
            found.tell("lead", SPELLING, one.name.shown, other.name.shown)
    left = list(who.theirs)
    for one in who.ours:
        instead = next((other for other in left if not at_odds(one.side, other.side)), None)
        if instead is not None:
            left.remove(instead)
            found.tell("lead", DIFFERS, one.name.shown, instead.name.shown)
        elif whole:
            found.tell("lead", MISSING, one.name.shown, "")
    if whole:
        for other in left:
            found.tell("lead", MISSING, "", other.name.shown)


def _sided(person: Person) -> str:
    return f"{person.name.shown} ({person.side})"


def _institutions(ours: Application, theirs: Application, known: Meanings, found: _Found) -> None:
    if found.one_is_empty("institution", ours, theirs):
        return
    left, right = list(ours.institutions), list(theirs.institutions)
    # Who is found goes first; then those who could be one and are not, or nobody can say.
    for verdict in (True, False, None):
        for one in list(left):
            other = next(
                (
                    other
                    for other in right
                    if not at_odds(one[0], other[0])
                    and same_label(one[1], other[1], known) is verdict
                ),
                None,
            )
            if other is None:
                continue
            left.remove(one)
            right.remove(other)
            if verdict is False:
                found.tell("institution", DIFFERS, one[1].shown, other[1].shown)
            elif verdict is None:
                found.unsure.append("institution")


def _themes(ours: Application, theirs: Application, known: Meanings, found: _Found) -> None:
    if found.one_is_empty("theme", ours, theirs):
        return
    # Several texts are one theme in several languages: one that agrees is enough.
    if any(same_label(one, other, known) for one in ours.themes for other in theirs.themes):
        return
    if any(
        same_label(one, other, known) is False for one in ours.themes for other in theirs.themes
    ):
        found.tell("theme", DIFFERS, ours.shown["theme"], theirs.shown["theme"])
    else:
        found.unsure.append("theme")


def _amounts(ours: Application, theirs: Application, found: _Found, *, currencies: bool) -> None:
    if found.one_is_empty("amount", ours, theirs):
        return
    left, right = list(ours.amounts), list(theirs.amounts)
    if any(amount.number is None for amount in (*left, *right)):
        found.unsure.append("amount")
    left = [amount for amount in left if amount.number is not None]
    right = [amount for amount in right if amount.number is not None]
    # What is equal goes first, then what is of one currency, then the rest: each once.
    for alike in (_equal, _same_number, _same_currency, _any):
        for one in list(left):
            other = next((other for other in right if alike(one, other)), None)
            if other is None:
                continue
            left.remove(one)
            right.remove(other)
            if one.currency and other.currency and one.currency != other.currency:
                # Amounts of two currencies are never compared.
                found.tell("currency", DIFFERS, one, other)
            elif one.number != other.number:
                found.tell("amount", DIFFERS, one, other)
            if currencies and bool(one.currency) != bool(other.currency):
                found.tell("currency", MISSING, one, other)


def _may_be_one(one: Amount, other: Amount) -> bool:
    return not at_odds(one.side, other.side)


def _equal(one: Amount, other: Amount) -> bool:
    return _same_number(one, other) and one.currency == other.currency


def _same_number(one: Amount, other: Amount) -> bool:
    return _may_be_one(one, other) and one.number == other.number


def _same_currency(one: Amount, other: Amount) -> bool:
    return _may_be_one(one, other) and (
        one.currency == other.currency or not (one.currency and other.currency)
    )


def _any(one: Amount, other: Amount) -> bool:
    return _may_be_one(one, other)
