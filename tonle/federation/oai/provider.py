"""The six verbs: from what was asked to the parts of the answer (section 4)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain, islice

from tonle.catalogue.public import (
    Selection,
    Walked,
    count_walk,
    lineage,
    newest_position,
    settled_at,
    walk,
    walk_one,
)
from tonle.federation.oai import sets
from tonle.federation.oai.formats import PREFIXES, Prefix
from tonle.federation.oai.identify import identify
from tonle.federation.oai.place import Place
from tonle.federation.oai.records import header, record
from tonle.federation.oai.rules import dates, tokens
from tonle.federation.oai.rules.arguments import Question, read
from tonle.federation.oai.rules.faults import (
    BAD_TOKEN,
    NO_FORMAT,
    NO_FORMATS,
    NO_ITEM,
    NO_RECORDS,
    Fault,
    Faulty,
)
from tonle.federation.oai.rules.tokens import Token
from tonle.federation.oai.rules.xml import OAI, XSI, attributes, element, escaped

# Records fetched at once, at most: what is held in memory, however many a page has.
LARGEST_BATCH = 501


@dataclass(frozen=True)
class Answer:
    """parts: of the XML document, made as they are taken. at: when what it tells was last
    changed, for an answer about one record."""

    parts: Iterator[str]
    at: datetime | None = None


@dataclass(frozen=True)
class Asked:
    """A sound question with all that answering it takes. page: records of one answer."""

    question: Question
    place: Place
    now: datetime
    page: int

    def argument(self, name: str) -> str:
        return self.question.arguments.get(name, "")


def answer(given: Mapping[str, Sequence[str]], *, place: Place, now: datetime, page: int) -> Answer:
    """The answer to a request with these arguments, its faults included.

    All that may be refused is found out before the first part is taken.
    """
    question = read(given)
    # Before anything is looked at: harvesters go on from here.
    settled = settled_at(now)
    try:
        if question.faults:
            raise Faulty(*question.faults)
        made = _VERBS[question.verb](Asked(question, place, now, page))
    except Faulty as refused:
        told = (element("error", one.text, code=one.code) for one in refused.faults)
        made = Answer(told)
    return replace(made, parts=_envelope(question, place, settled, made.parts))


def _envelope(
    question: Question, place: Place, settled: datetime, parts: Iterator[str]
) -> Iterator[str]:
    """What stands around every answer (section 3.2).

    responseDate is what harvesters give as `from` the next time. So it tells up to when they
    have seen everything, which is a little before now: a change that names an earlier instant
    may still be on its way into the log.
    """
    yield (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<OAI-PMH xmlns="{OAI}" xmlns:xsi="{XSI}" xsi:schemaLocation="{OAI} {OAI}OAI-PMH.xsd">\n'
        f"<responseDate>{dates.write(settled)}</responseDate>"
        f"<request{attributes(question.echo)}>{escaped(place.base)}</request>\n"
    )
    yield from parts
    yield "\n</OAI-PMH>\n"


def _identify(asked: Asked) -> Answer:
    return Answer(identify(asked.place, asked.now))


def _list_sets(asked: Asked) -> Answer:
    if "resumptionToken" in asked.question.arguments:
        raise Faulty(Fault(BAD_TOKEN, "The list of sets comes whole: no token was given for it."))
    found = (one.as_xml() for one in sets.listed())
    return Answer(chain(["<ListSets>"], found, ["</ListSets>"]))


def _list_formats(asked: Asked) -> Answer:
    fitting = list(PREFIXES.values())
    at = None
    if "identifier" in asked.question.arguments:
        one = _item(asked)
        if one is None:
            raise Faulty(_no_item(asked))
        # Of what is gone its header can be had, whatever the format.
        fitting = [prefix for prefix in fitting if _fits(prefix, one)]
        at = one.at
    if not fitting:
        raise Faulty(Fault(NO_FORMATS, "This record comes in none of our formats."))
    shown = (
        f"<metadataFormat>{element('metadataPrefix', one.name)}{element('schema', one.schema)}"
        f"{element('metadataNamespace', one.namespace)}</metadataFormat>"
        for one in fitting
    )
    return Answer(chain(["<ListMetadataFormats>"], shown, ["</ListMetadataFormats>"]), at)


def _get_record(asked: Asked) -> Answer:
    faults = []
    prefix, one = PREFIXES.get(asked.argument("metadataPrefix")), _item(asked)
    if one is None:
        faults.append(_no_item(asked))
    if prefix is None:
        faults.append(_no_format(asked.argument("metadataPrefix")))
    if one is not None and prefix is not None:
        if _fits(prefix, one):
            made = record(one, prefix, asked.place)
            return Answer(iter(["<GetRecord>", made, "</GetRecord>"]), one.at)
        faults.append(Fault(NO_FORMAT, f"This record does not come as {prefix.name}."))
    raise Faulty(*faults)


def _list_records(asked: Asked) -> Answer:
    def shown(one: Walked, prefix: Prefix) -> str:
        return record(one, prefix, asked.place)

    return _list(asked, shown)


def _list_identifiers(asked: Asked) -> Answer:
    def shown(one: Walked, _prefix: Prefix) -> str:
        return header(one, asked.place)

    return _list(asked, shown)


_VERBS: Mapping[str, Callable[[Asked], Answer]] = {
    "Identify": _identify,
    "ListMetadataFormats": _list_formats,
    "ListSets": _list_sets,
    "GetRecord": _get_record,
    "ListIdentifiers": _list_identifiers,
    "ListRecords": _list_records,
}


# --- lists -------------------------------------------------------------------------------


def _list(asked: Asked, shown: Callable[[Walked, Prefix], str]) -> Answer:
    """One page of a list. The first record is found before it begins, as an empty list is a
    fault and no list."""
    resumed = "resumptionToken" in asked.question.arguments
    token, since = (_resumed(asked), None) if resumed else _begun(asked)
    selection, prefix = sets.chosen(token.spec), PREFIXES[token.prefix]
    if selection is None:
        raise Faulty(_no_records())
    if not resumed:
        token = replace(token, size=_size(token, selection, since))
    found = _walked(token, selection, since, prefix, asked)
    first = next(found, None)
    if first is None and resumed:
        first = _last_given(token, selection, prefix, asked)
    if first is None:
        raise Faulty(_no_records())
    verb = asked.question.verb

    def parts() -> Iterator[str]:
        yield f"<{verb}>\n"
        given, last = 0, first
        for last in islice(chain([first], found), asked.page):
            given += 1
            yield f"{shown(last, prefix)}\n"
        more = last.pos < newest_position() and next(found, None) is not None
        yield _resumption(token, given, last.pos, more=more)
        yield f"</{verb}>"

    return Answer(parts())


def _begun(asked: Asked) -> tuple[Token, datetime | None]:
    """The beginning of a list as if a token had led there, and from when it is wanted."""
    prefix = asked.argument("metadataPrefix")
    if prefix not in PREFIXES:
        raise Faulty(_no_format(prefix))
    since = dates.read(asked.argument("from"))
    token = Token(
        prefix,
        after=0,
        done=0,
        size=None,
        spec=asked.argument("set"),
        until=asked.argument("until"),
        lineage=_lineage(),
    )
    return token, since.first if since else None


def _resumed(asked: Asked) -> Token:
    """The token that was sent back.

    A position of another log means nothing in this one. After a restore or a rebuild the list
    begins again: a harvester gets twice what it has, and misses nothing.
    """
    token = tokens.read(asked.argument("resumptionToken"))
    if token is not None and token.lineage != _lineage():
        token = replace(token, after=0, lineage=_lineage())
    if token is None or token.prefix not in PREFIXES or token.after > newest_position():
        raise Faulty(
            Fault(BAD_TOKEN, "This token was not given here. Send it as it came, or begin anew.")
        )
    return token


def _walked(
    token: Token, selection: Selection, since: datetime | None, prefix: Prefix, asked: Asked
) -> Iterator[Walked]:
    """What is left of a list, in the order of positions; a few queries for each batch."""
    until = dates.read(token.until)
    after = token.after
    while batch := walk(
        now=asked.now,
        after=after,
        # One more than the page has, so that its end is known without asking again.
        limit=min(asked.page + 1, LARGEST_BATCH),
        selection=selection,
        since=since,
        until=until.last if until else None,
    ):
        for one in batch:
            if _fits(prefix, one):
                yield one
        # All that follows is later than `since`.
        after, since = batch[-1].pos, None


def _size(token: Token, selection: Selection, since: datetime | None) -> int | None:
    """The length of the list, where it is quickly counted; an estimate, as section 3.5 allows."""
    counted = count_walk(selection, since=since)
    if counted == 0:
        # Spares a walk from end to end for a set that has nothing.
        raise Faulty(_no_records())
    return None if token.until else counted


def _last_given(token: Token, selection: Selection, prefix: Prefix, asked: Asked) -> Walked | None:
    """The record before a token behind which nothing is left.

    When the token was given there was more, which has changed since and no longer belongs to
    the list. A list cannot be empty, and an error would make a harvester drop what it has; the
    record it got last is no news to it. It is of the list as all others: a token that somebody
    wrote shows nothing else.
    """
    if not token.after:
        return None
    found = next(
        _walked(replace(token, after=token.after - 1), selection, None, prefix, asked), None
    )
    return found if found is not None and found.pos == token.after else None


def _resumption(token: Token, given: int, last: int, *, more: bool) -> str:
    """The element that ends a page: none for a list that came whole, empty on the last page."""
    if not more and not token.done and not token.after:
        return ""
    numbers = {"cursor": str(token.done)}
    if token.size is not None:
        # Changes since lengthen the list; it is at least as long as what was given of it.
        size = max(token.size, token.done + given + more)
        numbers = {"completeListSize": str(size), **numbers}
    following = tokens.write(replace(token, after=last, done=token.done + given)) if more else ""
    return f"<resumptionToken{attributes(numbers)}>{escaped(following)}</resumptionToken>\n"


def _lineage() -> str:
    """Which log positions are of, in eight characters."""
    return hashlib.sha256(lineage().encode()).hexdigest()[:8]


# --- items -------------------------------------------------------------------------------


def _item(asked: Asked) -> Walked | None:
    record_id = asked.place.record_of(asked.argument("identifier"))
    return walk_one(record_id, asked.now) if record_id else None


def _fits(prefix: Prefix, one: Walked) -> bool:
    """Whether the record can be had in the format; of what is gone there is only a header."""
    return one.gone or prefix.applies(one.document)


def _no_item(asked: Asked) -> Fault:
    sample = asked.place.identifier("…")
    return Fault(NO_ITEM, f"No record has this identifier. Identifiers here begin {sample}.")


def _no_format(prefix: str) -> Fault:
    known = ", ".join(PREFIXES)
    return Fault(NO_FORMAT, f"There is no format {prefix[:60]!r}. There are: {known}.")


def _no_records() -> Fault:
    return Fault(NO_RECORDS, "Nothing matches from, until, set and metadataPrefix together.")
