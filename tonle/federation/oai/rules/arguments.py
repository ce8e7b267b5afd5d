"""Verbs and their arguments: what may be asked, and every fault of a question at once.

Source: sections 2.4 (sets), 3.1.1 (requests), 3.6 (errors) and 4 (verbs).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from tonle.federation.oai.rules import dates
from tonle.federation.oai.rules.faults import BAD_ARGUMENT, BAD_VERB, Fault

_UNRESERVED = r"[A-Za-z0-9\-_.!~*'()]+"
PREFIX: Final = re.compile(_UNRESERVED, re.ASCII)
SET: Final = re.compile(rf"{_UNRESERVED}(:{_UNRESERVED})*", re.ASCII)
# RFC 3986: what a URI is written with, a scheme in front.
_URI = re.compile(
    r"[A-Za-z][A-Za-z0-9+.\-]*:([A-Za-z0-9\-._~:/?\[\]@!$&'()*+,;=]|%[0-9A-Fa-f]{2})+", re.ASCII
)
# Far more than any argument needs; an echo of a megabyte helps nobody.
LONGEST: Final = 1000


@dataclass(frozen=True)
class Verb:
    """What one verb takes. exclusive: an argument that stands alone, instead of all others."""

    required: frozenset[str] = frozenset()
    optional: frozenset[str] = frozenset()
    exclusive: str = ""


_LIST = Verb(frozenset(["metadataPrefix"]), frozenset(["from", "until", "set"]), "resumptionToken")
VERBS: Final[Mapping[str, Verb]] = {
    "Identify": Verb(),
    "ListMetadataFormats": Verb(optional=frozenset(["identifier"])),
    "ListSets": Verb(exclusive="resumptionToken"),
    "GetRecord": Verb(frozenset(["identifier", "metadataPrefix"])),
    "ListIdentifiers": _LIST,
    "ListRecords": _LIST,
}


@dataclass(frozen=True)
class Question:
    """A request as it was read. faults: all that is wrong with its form; then it has no answer."""

    verb: str
    arguments: Mapping[str, str]
    faults: Sequence[Fault]

    @property
    def echo(self) -> dict[str, str]:
        """The attributes of `request` (section 3.2): none where verb or arguments are not sound."""
        if self.faults:
            return {}
        shown = {"verb": self.verb, **self.arguments}
        if not _URI.fullmatch(shown.get("identifier", "a:b")):
            # An attribute of the type anyURI cannot repeat what is no URI.
            del shown["identifier"]
        return shown


def read(given: Mapping[str, Sequence[str]]) -> Question:
    """A question out of names and all values that were given for each."""
    verbs = given.get("verb", ())
    if len(verbs) != 1 or verbs[0] not in VERBS:
        return Question("", {}, [Fault(BAD_VERB, _about_verb(verbs))])
    verb = verbs[0]
    others = {name: values for name, values in given.items() if name != "verb"}
    faults = [*_names(verb, others), *_values(others)]
    return Question(verb, {name: values[0] for name, values in others.items()}, faults)


def _about_verb(verbs: Sequence[str]) -> str:
    known = ", ".join(VERBS)
    if not verbs:
        return f"The verb is missing. It is one of: {known}."
    if len(verbs) > 1:
        return "The verb is given more than once."
    return f"There is no verb {_quoted(verbs[0])}. It is one of: {known}."


def _names(verb: str, given: Mapping[str, Sequence[str]]) -> Iterator[Fault]:
    """What is unknown, repeated, missing, or stands beside what stands alone."""
    rule = VERBS[verb]
    taken = rule.required | rule.optional | ({rule.exclusive} if rule.exclusive else frozenset())
    for name, values in given.items():
        if name not in taken:
            yield Fault(BAD_ARGUMENT, f"{verb} takes no argument {_quoted(name)}.")
        elif len(values) > 1:
            yield Fault(BAD_ARGUMENT, f"The argument {name} is given more than once.")
    if rule.exclusive and rule.exclusive in given:
        if len(given) > 1:
            yield Fault(
                BAD_ARGUMENT,
                f"{rule.exclusive} stands alone: the token already holds all other arguments.",
            )
        return
    for name in sorted(rule.required - set(given)):
        yield Fault(BAD_ARGUMENT, f"{verb} needs the argument {name}.")


def _values(given: Mapping[str, Sequence[str]]) -> Iterator[Fault]:
    """What is not written as its argument must be."""
    for name, values in given.items():
        if any(len(value) > LONGEST for value in values):
            yield Fault(BAD_ARGUMENT, f"The argument {_quoted(name)} is too long.")
    prefix, spec = _only(given, "metadataPrefix"), _only(given, "set")
    if prefix is not None and not PREFIX.fullmatch(prefix):
        yield Fault(BAD_ARGUMENT, "metadataPrefix holds a character that no prefix has.")
    if spec is not None and not SET.fullmatch(spec):
        yield Fault(BAD_ARGUMENT, "set is not written as a setSpec, such as kind:dataset.")
    yield from _bounds(_only(given, "from"), _only(given, "until"))


def _bounds(from_: str | None, until: str | None) -> Iterator[Fault]:
    first = None if from_ is None else dates.read(from_)
    last = None if until is None else dates.read(until)
    for name, text, stamp in (("from", from_, first), ("until", until, last)):
        if text is not None and stamp is None:
            yield Fault(BAD_ARGUMENT, f"{name} must be YYYY-MM-DD or {dates.GRANULARITY}, in UTC.")
    if first is None or last is None:
        return
    if first.is_day != last.is_day:
        yield Fault(BAD_ARGUMENT, "from and until must both be days, or both be seconds.")
    elif first.first > last.first:
        yield Fault(BAD_ARGUMENT, "from is later than until.")


def _only(given: Mapping[str, Sequence[str]], name: str) -> str | None:
    values = given.get(name, ())
    return values[0] if len(values) == 1 else None


def _quoted(text: str) -> str:
    return repr(text if len(text) <= 60 else f"{text[:60]}…")
