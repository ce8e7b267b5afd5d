"""What a proposal to a joint call says: composed of answers, canonical, named by its digest.

The text of the call asks; title, summary and theme are asked by every call. An answer in words
is given by language, and a translation carries the number of the first text it was made from.
Everything here is pure.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from tonle.kernel import canonical
from tonle.kernel.errors import N_
from tonle.kernel.sentences import Sentence, invalid
from tonle.kernel.text import LanguageMap, ascii_digits, normalise, one_line

SCHEMA: Final = "tonle-proposal/1"
# Slugs of a text begin with a letter or a digit, so that these are nobody else's.
TITLE, SUMMARY, THEME = "_title", "_summary", "_theme"
# Kept while it is written, whatever the form allows: a text too long is told, not cut.
MOST_CHARACTERS: Final = 100_000
LINE, SUMMARY_MOST, TEXT = 300, 3_000, 20_000
_NUMBER: Final = re.compile(r"[0-9]{1,15}|[0-9]{1,3}(?:[ ,][0-9]{3}){1,4}")

Document = Mapping[str, Any]


@dataclass(frozen=True)
class Question:
    """One question of the form.

    answer: line, text, choice, number or day, as `tonle-call-text/1` says; a text that asks for a
    file is not signed yet. most: characters of words; choices: (id, names) in order.
    """

    id: str
    answer: str
    required: bool
    label: LanguageMap = field(default_factory=dict)
    hint: LanguageMap = field(default_factory=dict)
    most: int = TEXT
    choices: tuple[tuple[str, LanguageMap], ...] = ()

    @property
    def in_words(self) -> bool:
        """Whether it is answered by language."""
        return self.answer in {"line", "text"}


@dataclass(frozen=True)
class Section:
    """A part of the form. name: by language; of the first one, which every call has, {}."""

    id: str
    name: LanguageMap
    questions: tuple[Question, ...]


@dataclass(frozen=True)
class Given:
    """One answer as it is kept. language: "" where the question has none.

    edit: the number of its state, from 1; of_edit: of the first text that it translates.
    """

    question: str
    language: str
    value: str
    edit: int = 1
    of_edit: int = 0


@dataclass(frozen=True)
class Partner:
    """An institution that takes part.

    party: the party of the call that pays for it; "" where it comes with money of its own.
    """

    id: str
    name: str
    country: str
    party: str = ""
    organisation: str = ""
    ror: str = ""


@dataclass(frozen=True)
class Person:
    """Somebody of a proposal. role: lead, investigator (answers for a side) or member."""

    name: str
    role: str
    partner: str = ""
    orcid: str = ""


@dataclass(frozen=True)
class Cost:
    """What one partner spends in one year on one category, in minor units of the currency.

    party: who pays; "" of money of its own.
    """

    partner: str
    party: str
    year: int
    category: str
    currency: str
    amount_minor: int


def sections(text: Document) -> tuple[Section, ...]:
    """What a call asks, in order: first what every call does, then the form of its text."""
    themes = tuple((one["id"], dict(one["name"])) for one in text["themes"])
    first = Section(
        "_proposal",
        {},
        (
            Question(TITLE, "line", required=True, most=LINE),
            Question(SUMMARY, "text", required=True, most=SUMMARY_MOST),
            Question(THEME, "choice", required=True, choices=themes),
        ),
    )
    return (first, *(_section(one) for one in text["form"]))


def questions(text: Document) -> dict[str, Question]:
    """By id, in order."""
    return {one.id: one for section in sections(text) for one in section.questions}


def clean(question: Question, value: str) -> str:
    """An answer as it is kept; "" is none.

    Only what could not be kept is refused: a gap or a length beyond the form is told when it is
    to be submitted. Raises Invalid.
    """
    if len(value) > MOST_CHARACTERS:
        raise invalid(
            question.id,
            N_("This is more than can be kept: at most %(most)s characters."),
            most=MOST_CHARACTERS,
        )
    text = normalise(value)
    if question.answer == "line":
        return one_line(text)
    if question.answer == "text" or not text:
        return text
    if question.answer == "choice":
        if text not in {id_ for id_, _ in question.choices}:
            raise invalid(question.id, N_("Choose one of the answers."))
        return text
    if question.answer == "number":
        # A comma parts thousands here, or nothing: “1,5” is not 15.
        if not _NUMBER.fullmatch(digits := ascii_digits(text)):
            raise invalid(question.id, N_("Write a whole number."))
        return str(int(digits.replace(",", "").replace(" ", "")))
    if question.answer == "day":
        try:
            return date.fromisoformat(ascii_digits(text)).isoformat()
        except ValueError:
            raise invalid(question.id, N_("Write a day like 2027-03-15.")) from None
    raise invalid(question.id, N_("This cannot be answered here."))


def compose(
    *,
    text: Document,
    proposal: str,
    language: str,
    answers: Iterable[Given],
    partners: Sequence[Partner],
    people: Sequence[Person],
    costs: Sequence[Cost],
) -> dict[str, Any]:
    """What the proposal says, as `tonle-proposal/1`: answers to what this text asks, no others.

    partners, people, costs: in the order in which they are shown.
    """
    asked = questions(text)
    words: dict[str, dict[str, str]] = {}
    plain: dict[str, str] = {}
    for given in answers:
        question = asked.get(given.question)
        if question is None or not given.value:
            continue
        if question.in_words and given.language:
            words.setdefault(question.id, {})[given.language] = given.value
        elif not question.in_words and not given.language:
            plain[question.id] = given.value
    found: dict[str, Any] = {id_: {"texts": told} for id_, told in words.items() if id_[0] != "_"}
    found |= {id_: {"value": told} for id_, told in plain.items() if id_[0] != "_"}
    return {
        "schema": SCHEMA,
        "proposal": proposal,
        "call": text["call"],
        "text": text["version"],
        "language": language,
        "title": words.get(TITLE, {}),
        "summary": words.get(SUMMARY, {}),
        "theme": plain.get(THEME, ""),
        "answers": found,
        "partners": [_filled(vars(one)) for one in partners],
        "people": [_filled(vars(one)) for one in people],
        "costs": [_filled(vars(one)) for one in costs],
    }


def digest(document: Document) -> str:
    """The SHA-256 of the canonical form, which investigators sign. Lower-case hexadecimal."""
    return hashlib.sha256(canonical.dumps(document)).hexdigest()


def sides(document: Document) -> tuple[str, ...]:
    """The parties on whose money it draws, in the order of the partners."""
    return tuple(dict.fromkeys(one["party"] for one in document["partners"] if "party" in one))


def sums(document: Document) -> dict[tuple[str, str], int]:
    """(party, currency) to what it asks of it in all; ("", currency) of own money."""
    found: dict[tuple[str, str], int] = {}
    for one in document["costs"]:
        whose = (one.get("party", ""), one["currency"])
        found[whose] = found.get(whose, 0) + one["amount_minor"]
    return found


def older_than_source(language: str, answers: Iterable[Given]) -> frozenset[tuple[str, str]]:
    """(question, language) of translations whose first text has changed since they were made."""
    rows = list(answers)
    first = {one.question: one.edit for one in rows if one.language == language and one.value}
    return frozenset(
        (one.question, one.language)
        for one in rows
        if one.language not in {"", language}
        and one.value
        and one.of_edit < first.get(one.question, 0)
    )


def endorsed(document: Document, partner: str) -> str:
    """The SHA-256 of what an institution promises: title, its people and its costs.

    A word in an answer changes nothing of it; an amount does.
    """
    part = {
        "proposal": document["proposal"],
        "title": document["title"],
        "partner": [one for one in document["partners"] if one["id"] == partner],
        "people": [one for one in document["people"] if one.get("partner") == partner],
        "costs": [one for one in document["costs"] if one["partner"] == partner],
    }
    return hashlib.sha256(canonical.dumps(part)).hexdigest()


def changed(before: Document, after: Document) -> tuple[str, ...]:
    """Which answers and parts differ: ids of questions, then `partners`, `people`, `costs`."""
    found = [
        name
        for name, key in ((TITLE, "title"), (SUMMARY, "summary"), (THEME, "theme"))
        if before[key] != after[key]
    ]
    ids = dict.fromkeys([*before["answers"], *after["answers"]])
    found += [one for one in ids if before["answers"].get(one) != after["answers"].get(one)]
    found += [name for name in ("partners", "people", "costs") if before[name] != after[name]]
    return tuple(found)


def languages(document: Document) -> list[str]:
    """Those in which something of it is written, the first language first."""
    said: Collection[str] = {
        language
        for texts in (
            document["title"],
            document["summary"],
            *(one.get("texts", {}) for one in document["answers"].values()),
        )
        for language in texts
    }
    first = document["language"]
    return [first, *sorted(set(said) - {first})]


def _section(one: Mapping[str, Any]) -> Section:
    return Section(one["id"], dict(one["name"]), tuple(map(_question, one["questions"])))


def _question(one: Mapping[str, Any]) -> Question:
    answer = one["answer"]
    return Question(
        one["id"],
        answer,
        required=one["required"],
        label=dict(one["label"]),
        hint=dict(one.get("hint", {})),
        most=one.get("most_characters", LINE if answer == "line" else TEXT),
        choices=tuple((each["id"], dict(each["name"])) for each in one.get("choices", ())),
    )


def _filled(row: Mapping[str, Any]) -> dict[str, Any]:
    """Without what is empty, so that absence has one spelling. An amount of 0 stays."""
    return {name: value for name, value in row.items() if value != ""}


LABELS: Final[Mapping[str, str]] = {
    TITLE: N_("Title"),
    SUMMARY: N_("Summary"),
    THEME: N_("Theme"),
    "partners": N_("Partners"),
    "people": N_("People"),
    "costs": N_("Costs"),
}
"""What parts are called that the text of a call does not name; gettext messages."""

Problem = tuple[str, Sentence]
