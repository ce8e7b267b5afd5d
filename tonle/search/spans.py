"""Spans of years as codes, so that an index of codes finds those that overlap. Pure.

A span is cut into the largest blocks of ten that lie in it: 1987..2012 is the years 1987, 1988,
1989, the decades 199 and 200, and the years 2010, 2011, 2012. Two spans overlap where a block of
one is, or holds, a block of the other. So a thing has a code for each of its blocks and another
kind of code for all that holds one; a question asks for its blocks, for all that holds one, and
by the other kind for what lies within one. Any number of spans of one thing stay apart, as they
would not as two numbers.

Years before ours are negative: -500 is 500 BCE. There is no year 0, and nothing is lost by it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

# What lies beyond is no year of records; an open end reaches as far.
EARLIEST, LATEST = -9999, 9999
# Blocks of 1, 10, 100, 1,000 and 10,000 years.
_LEVELS = 5

# Periods are counted for readers: decades since this year, centuries before.
DECADES_SINCE = 1800
# A project may say that it runs until 9999: nobody looks for what it covers then.
LAST_COUNTED = 2199

Years = tuple[int | None, int | None]
Block = tuple[int, int]


def kept(spans: Iterable[Years]) -> list[str]:
    """The codes by which something is found that covers these spans. None is an open end."""
    own = {block for span in spans for block in _blocks(*_bounded(*span))}
    above = {holder for block in own for holder in _holders(block)}
    return sorted([*(_code(block) for block in own), *(_code(block, "<") for block in above)])


def asked(low: int | None, high: int | None) -> list[str]:
    """The codes of which one is enough to cover some of this span. None is an open end."""
    own = set(_blocks(*_bounded(low, high)))
    above = {holder for block in own for holder in _holders(block)}
    within = (_code(block, "<") for block in own if block[0])
    return sorted([*(_code(block) for block in own | above), *within])


def periods(spans: Iterable[Years], until: int) -> list[str]:
    """The decades and centuries that spans touch, each as its first and last year: `1990..1999`.

    until: the year up to which an open end counts; an open beginning counts for its end alone.
    """
    found: dict[str, None] = {}
    for low, high in spans:
        last = max(until, low or until) if high is None else high
        first = last if low is None else low
        first, last = _bounded(first, min(last, LAST_COUNTED))
        year = first
        while year <= last:
            period = _period(year)
            found[f"{period[0]}..{period[1]}"] = None
            year = period[1] + 1
    return list(found)


def _period(year: int) -> tuple[int, int]:
    size = 10 if year >= DECADES_SINCE else 100
    first = year // size * size
    return first, first + size - 1


def _bounded(low: int | None, high: int | None) -> tuple[int, int]:
    first = EARLIEST if low is None else max(EARLIEST, min(low, LATEST))
    last = LATEST if high is None else max(EARLIEST, min(high, LATEST))
    return min(first, last), max(first, last)


def _blocks(first: int, last: int) -> Iterator[Block]:
    """The fewest whole blocks that make up a span."""
    year = first
    while year <= last:
        level = 0
        while (
            level + 1 < _LEVELS
            and year % 10 ** (level + 1) == 0
            and year + 10 ** (level + 1) - 1 <= last
        ):
            level += 1
        yield level, year // 10**level
        year += 10**level


def _holders(block: Block) -> Iterator[Block]:
    """The larger blocks that hold one."""
    level, number = block
    for above in range(level + 1, _LEVELS):
        yield above, number // 10 ** (above - level)


def _code(block: Block, mark: str = ":") -> str:
    return f"{block[0]}{mark}{block[1]}"
