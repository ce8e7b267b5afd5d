"""What the columns of a survey's export mean: each heading, and the question it belongs to.

KoboToolbox writes the names of groups before a question's (`household/members`), with `/` or
another mark between, or leaves them out; a question with several answers has a column for
each (`crops/rice`); a point has four more (`_home_latitude`); a picture has one with its
address (`photo_URL`). The headings may also be labels. ODK Central writes `household-members`,
`home-Latitude`, `crops/rice`. Both add columns of their own.
Sources: kobotoolbox/formpack, schema/fields.py; docs.getodk.org, "Central submissions".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

from tonle.deposit.field.rules.forms import Form, Question
from tonle.kernel import canonical
from tonle.kernel.errors import N_
from tonle.kernel.text import LanguageMap, choose

# Columns that the tools add, and what they mean.
WORDS: Final[Mapping[str, str]] = {
    "start": N_("When the form was opened"),
    "end": N_("When the form was finished"),
    "today": N_("The day on which the form was filled in"),
    "device": N_("The device on which the form was filled in"),
    "account": N_("The account that sent it"),
    "number": N_("The number of the answer on the server"),
    "lasting": N_("The lasting identifier of the answer"),
    "sent": N_("When the answer was sent"),
    "state": N_("How far the answer was checked"),
    "notes": N_("Notes and tags of those who checked it"),
    "version": N_("The version of the form"),
    "row": N_("The number of the row"),
    "parent": N_("The row that this one belongs to"),
    "place": N_("Where it was filled in"),
    "files": N_("How many files came with the answer"),
    "latitude": N_("latitude"),
    "longitude": N_("longitude"),
    "altitude": N_("height above the sea, in metres"),
    "precision": N_("error of the position, in metres"),
    "address": N_("address of the file"),
    "other": N_("another answer"),
}
SYSTEM: Final[Mapping[str, str]] = {
    "start": "start", "end": "end", "today": "today", "deviceid": "device",
    "device_id": "device", "username": "account", "phonenumber": "device",
    "simserial": "device", "subscriberid": "device", "_id": "number", "_uuid": "lasting",
    "meta/instanceid": "lasting", "meta-instanceid": "lasting", "instanceid": "lasting",
    "_submission_time": "sent", "_submitted_by": "account", "_validation_status": "state",
    "_status": "state", "_notes": "notes", "_tags": "notes", "__version__": "version",
    "_index": "row", "_parent_index": "parent", "_parent_table_name": "parent",
    "_submission__id": "parent", "_submission__uuid": "parent",
    "_submission__submission_time": "sent", "_submission__submitted_by": "account",
    "_submission__validation_status": "state", "_submission__notes": "notes",
    "_submission__status": "state", "_submission__tags": "notes",
    "_submission___version__": "version", "_geolocation": "place",
    # ODK Central and Briefcase.
    "submissiondate": "sent", "key": "lasting", "parent_key": "parent",
    "submitterid": "account", "submittername": "account", "attachmentspresent": "files",
    "attachmentsexpected": "files", "status": "state", "reviewstate": "state",
    "edits": "number", "formversion": "version",
}  # fmt: skip
# These alone tell that a table is an export of such a tool.
_TELLING: Final = (
    frozenset({"_id", "_uuid", "_submission_time"}),
    frozenset({"_index", "_parent_index", "_parent_table_name"}),
    frozenset({"submissiondate", "key"}),
    frozenset({"parent_key", "key"}),
)
_BETWEEN: Final = ("/", "-", ".", ":", "__", " ")
_POINT: Final = {
    "latitude": "latitude", "longitude": "longitude", "altitude": "altitude",
    "precision": "precision", "accuracy": "precision",
}  # fmt: skip
_DASH: Final = " – "
# A form that names fewer of a table's columns than this is another table's.
_FEWEST: Final = 0.3
# Of one question; longer lists stand in the form, which lies beside the table.
MOST_VALUES: Final = 200
MOST_BYTES: Final = 400_000
# Headings that one form is asked for, and forms that one deposit is: far more than surveys have.
MOST_HEADINGS: Final = 100_000
MOST_FORMS: Final = 10


@dataclass(frozen=True)
class Heading:
    """One column as the file has it. type: what its values look like, "" where nothing tells."""

    name: str
    type: str = ""


Texts = Mapping[str, LanguageMap]


def is_export(names: Iterable[str]) -> bool:
    """Whether a table with these headings comes from KoboToolbox or ODK."""
    low = {name.strip().casefold() for name in names}
    return any(telling <= low for telling in _TELLING)


def described(
    headings: Sequence[Heading], form: Form | None, words: Texts, *, table: str = ""
) -> list[dict[str, Any]]:
    """The columns as `variables` of a record, in their order: all of them where the form knows
    the table; else those that the tools themselves add; none for any other table.

    words: the texts of WORDS in each language. table: the sheet's or file's name, which tells
    of two groups with equal questions which is meant.
    """
    system = is_export(heading.name for heading in headings)
    book = _Book(form, words, table) if form is not None else None
    found: list[tuple[Heading, dict[str, Any]]] = []
    known = 0
    for heading in headings:
        said = book.of(heading.name) if book else None
        known += said is not None
        if said is None and (system or book):
            word = SYSTEM.get(heading.name.strip().casefold())
            said = {"label": dict(words[word])} if word else None
        found.append((heading, said or {}))
    own = sum(heading.name.strip().casefold() not in SYSTEM for heading in headings)
    fits = book is not None and known >= max(1, _FEWEST * own)
    return [
        {"name": heading.name} | ({"type": heading.type} if heading.type else {}) | said
        for heading, said in found
        if fits or (system and said and heading.name.strip().casefold() in SYSTEM)
    ]


def fitness(headings: Sequence[Heading], form: Form) -> int:
    """How many of the headings a form names."""
    return _Book(form, {word: {} for word in WORDS}, "").fitness(headings)


class Forms:
    """The forms that lie beside some tables; what each may name is worked out once."""

    def __init__(self, forms: Iterable[Form]) -> None:
        words: Texts = {word: {} for word in WORDS}
        self._books = [(form, _Book(form, words, "")) for form in islice(forms, MOST_FORMS)]

    def best(self, headings: Sequence[Heading]) -> Form | None:
        """The form that names most of these headings; None where none names any."""
        found = [(book.fitness(headings), form) for form, book in self._books]
        number, form = max(found, key=lambda one: one[0], default=(0, None))
        return form if number else None


class _Book:
    """Every heading that a form's questions may have in an export."""

    def __init__(self, form: Form, words: Texts, table: str) -> None:
        self._words = words
        self._lists = form.lists
        self._known: dict[str, dict[str, Any]] = {}
        # Questions with several answers, which have a column for each: looked up when one is
        # met, for all of them together may be more than any memory holds.
        self._several: dict[str, Question] = {}
        self._by_answer: dict[str, dict[str, LanguageMap]] = {}
        self._left = MOST_HEADINGS
        repeat = table.casefold()
        # Questions of the repeated group that the table is of come first.
        mine = [q for q in form.questions if q.repeat and repeat.endswith(q.repeat.casefold())]
        for question in (*mine, *form.questions):
            self._enter(question)
        # Headings may be labels; a label that two questions share tells nothing.
        shared: dict[str, int] = {}
        for question in form.questions:
            for text in set(question.label.values()):
                shared[text] = shared.get(text, 0) + 1
        for question in form.questions:
            for text in question.label.values():
                if shared[text] == 1:
                    self._enter_as(question, [text])

    def of(self, heading: str) -> dict[str, Any] | None:
        key = _key(heading)
        found = self._known.get(key)
        return self._answer(key) if found is None else found

    def fitness(self, headings: Iterable[Heading]) -> int:
        return sum(self.of(heading.name) is not None for heading in headings)

    def _answer(self, key: str) -> dict[str, Any] | None:
        """What a column means that is of one answer: a question's name, a mark, the answer."""
        for between in _BETWEEN:
            at = key.find(between)
            while at > 0:
                question = self._several.get(key[:at])
                label = self._answers(question).get(key[at + len(between) :]) if question else None
                if question is not None and label is not None:
                    return {"label": _joined(question.label or {"und": question.name}, label)}
                at = key.find(between, at + 1)
        return None

    def _answers(self, question: Question) -> dict[str, LanguageMap]:
        """The answers of a question by their values and, after those, by their labels."""
        if question.choices not in self._by_answer:
            options = self._lists.get(question.choices, ())
            found = {_key(value): label for value, label in reversed(options)}
            for _, label in options:
                for text in label.values():
                    found.setdefault(_key(text), label)
            self._by_answer[question.choices] = found
        return self._by_answer[question.choices]

    def _put(self, heading: str, said: dict[str, Any]) -> None:
        if self._left:
            self._left -= 1
            self._known.setdefault(_key(heading), said)

    def _enter(self, question: Question) -> None:
        self._enter_as(question, _names(question))

    def _enter_as(self, question: Question, names: Iterable[str]) -> None:
        said = self._said(question)
        several = question.type in {"select_multiple", "rank"}
        for name in names:
            if not self._left:
                return
            self._put(name, said)
            if several:
                self._several.setdefault(_key(name), question)
            if question.type in {"image", "audio", "video", "file", "background-audio"}:
                self._put(f"{name}_URL", self._part(question, "address"))
            if question.type.startswith("select"):
                self._put(f"{name}_other", self._part(question, "other"))
            if question.type == "geopoint":
                self._point(question, name)

    def _point(self, question: Question, name: str) -> None:
        stem = question.name
        for ending, word in _POINT.items():
            said = self._part(question, word)
            before = name.removesuffix(stem)
            for heading in (f"_{name}_{ending}", f"{before}_{stem}_{ending}", f"{name}-{ending}"):
                self._put(heading, said)

    def _said(self, question: Question) -> dict[str, Any]:
        said: dict[str, Any] = {}
        if question.label:
            said["label"] = dict(question.label)
        elif word := SYSTEM.get(question.name.casefold()) or SYSTEM.get(question.type):
            said["label"] = dict(self._words[word])
        if question.hint:
            said["description"] = dict(question.hint)
        options = self._lists.get(question.choices, ())
        if options and len(options) <= MOST_VALUES:
            said["values"] = [
                {"value": value} | ({"label": dict(label)} if label else {})
                for value, label in options
            ]
        return said

    def _part(self, question: Question, word: str) -> dict[str, Any]:
        return {"label": _joined(question.label or {"und": question.name}, self._words[word])}


_BLANK = re.compile(r"\s+")


def _key(heading: str) -> str:
    return _BLANK.sub(" ", heading).strip().casefold()


def _names(question: Question) -> Iterator[str]:
    """A question's name alone, and after the groups around it, from the outermost or any."""
    yield question.name
    for first in range(len(question.path)):
        for between in _BETWEEN:
            yield between.join((*question.path[first:], question.name))


def _joined(first: LanguageMap, second: LanguageMap) -> LanguageMap:
    """“question – answer”, in every language of the question."""
    return {
        tag: f"{text}{_DASH}{choose(second, tag)[1]}" if second else text
        for tag, text in first.items()
    }


def lightened(variables: list[dict[str, Any]], most: int = MOST_BYTES) -> list[dict[str, Any]]:
    """The same, within what a record may carry: the longest lists of answers go first, then help.

    What is left out stands in the form itself.
    """
    made = [dict(one) for one in variables]
    for part in ("values", "description"):
        for one in sorted(made, key=lambda one: -_weight(one.get(part))):
            if _weight(made) <= most:
                return made
            one.pop(part, None)
    return made


def _weight(value: Any) -> int:
    return len(canonical.dumps(value)) if value else 0
