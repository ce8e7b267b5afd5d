"""When a call is over at the latest, by the words and years of its source. Pure.

Many sources give no instant: `April 26, 2019`, `2010 to 2022`, a year in the title. Read is only
what has one meaning, and of that the latest; a word that is not known here may mean "and every
year again", so a text with one is not read at all. No call is archived that may still be open.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from tonle.kernel.dates import DateInterval, latest, parse_date
from tonle.kernel.errors import Invalid
from tonle.kernel.text import LanguageMap, ascii_digits

# A day ends last at UTC-12, when it is noon of the next in Greenwich.
_EVERYWHERE: Final = timedelta(hours=12)
_LONGEST: Final = 200
_ENDLESS: Final = 9000
# Dates of a record (DataCite 4.6, dateType) whose end is the end of what it tells of.
_LASTS: Final = ("Available", "Valid")


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_MONTHS: Final = {
    name[:length]: number
    for number, name in enumerate(
        ("january", "february", "march", "april", "may", "june", "july", "august", "september",
         "october", "november", "december"), start=1)
    for length in (len(name), 3)
} | {"sept": 9}  # fmt: skip
# Words that change nothing: of what day, hour or place a deadline is.
_PASSED_OVER: Final = _words(
    "monday tuesday wednesday thursday friday saturday sunday mon tue wed thu fri sat sun "
    "deadline closing closes close date on at of the by before until till to and between noon "
    "midnight am pm a.m p.m h hrs hours time local st nd rd th "
    "utc gmt cet cest ict jst kst mmt sgt aoe bangkok jakarta hanoi vientiane phnom penh yangon "
    "beijing kunming tokyo seoul singapore manila japan korea thailand cambodia lao laos viet nam "
    "vietnam myanmar china brussels paris berlin"
)
# What joins the two ends of a span.
_SPANS: Final = frozenset(("-", "–", "—", "/", "to", "until", "till", "and", "between"))
# A clock without its colon, such as 2000 hours, looks like a year.
_CLOCK_BEFORE: Final = frozenset(("at", "by", "before", "until", "till"))
_CLOCK_AFTER: Final = _words(
    "noon midnight h hrs hours am pm a.m p.m time local utc gmt cet cest ict jst kst mmt sgt"
)
_TOKEN: Final = re.compile(
    r"(?P<iso>(?:199|2[01]\d)\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])(?!\d))"
    r"|(?P<day_first>\d{1,2}[-./]\d{1,2}[-./](?:199|2[01]\d)\d(?!\d))"
    r"|(?P<clock>\d{1,2}:\d\d(?!\d))"
    r"|(?P<year>(?<!\d)(?:199|2[01]\d)\d(?!\d))"
    r"|(?P<number>(?<!\d)\d{1,2}(?!\d))"
    r"|(?P<word>[^\W\d_]+(?:\.[^\W\d_]+)*)"
    r"|(?P<mark>[-–—/])"
    r"|(?P<blank>[\s,.;:()\[\]]+)"
    r"|(?P<other>.)",
    re.ASCII | re.DOTALL,
)  # fmt: skip
# What a call is called, before the year that it is of.
_CALLED: Final = (
    "awards?|calls?|cohort|competition|edition|fellowships?|grants?|intake|program|programmes?|"
    "projects?|proposals|round|scheme|scholarships?"
)
_OF_A_YEAR: Final = re.compile(
    rf"\b(?:{_CALLED}) (?:(?P<year>\d{{4}})|\((?P<bracketed>\d{{4}})\))(?:\s*\([^()]*\))?\s*",
    re.IGNORECASE,
)
_YEAR: Final = re.compile(r"(?:199|2[01]\d)\d")
# In a title these say that it comes again, or is about no one year.
_AGAIN: Final = re.compile(
    r"\b(?:again|always|annual\w*|continu\w*|each|every\w*|extend\w*|from|onwards?|ongoing|"
    r"permanent\w*|prolong\w*|recurring|rolling|rules|since|standing|yearly)\b",
    re.IGNORECASE,
)


def over_at(
    *,
    titles: LanguageMap,
    deadline: str,
    dates: Iterable[tuple[str, str]],
) -> datetime | None:
    """The first instant at which the source's words can no longer mean that it is open.

    deadline: in the source's words. dates: (type, date) of the record, as DataCite has them.
    A title's year is only believed where nothing else says when, and for a year longer: a call
    is named after the year in which it opens. None where nobody can tell.
    """
    said = [_last_day_of_words(deadline)] if deadline.strip() else []
    said += _last_days_of_dates(dates)
    if not said:
        said = [_last_day_of_titles(titles)]
    days = [day for day in said if day is not None]
    # An end in the year 9999 is none.
    if not days or len(days) < len(said) or (last := max(days)).year > _ENDLESS:
        return None
    return datetime.combine(last, time(), UTC) + timedelta(days=1) + _EVERYWHERE


def _last_day_of_words(text: str) -> date | None:
    """The last day that a deadline in words can mean; None where a word is not known."""
    cleaned = ascii_digits(text[: _LONGEST + 1]).strip()
    if len(cleaned) > _LONGEST:
        return None
    found = [one for one in _TOKEN.finditer(cleaned) if one.lastgroup != "blank"]
    words = [one[0].lower() for one in found]
    kinds = [_kind(str(one.lastgroup), word) for one, word in zip(found, words, strict=True)]
    # Neither a word that is not known, nor a span without its end.
    if not kinds or "other" in kinds or words[-1] in _SPANS:
        return None
    years: list[tuple[int, int]] = []
    months: list[tuple[int, int]] = []
    for at, (kind, word) in enumerate(zip(kinds, words, strict=True)):
        if kind == "month":
            months.append((at, _MONTHS[word]))
        elif kind == "iso":
            years.append((at, int(word[:4])))
            months.append((at, int(word[5:7])))
        elif kind == "day_first":
            # Half of the world reads the month first.
            years.append((at, int(word[-4:])))
            months.append((at, 12))
        elif kind == "year":
            years.append((at, int(word)))
        if kind in {"year", "number"} and _is_doubtful(kinds, words, at):
            return None
        if kind == "number" and _is_short_year(kinds, words, at):
            kinds[at] = "short_year"
            year = years[-1][1]
            years[-1] = (at, max(year, year // 100 * 100 + int(word)))
    if not years or (not months and "number" in kinds):
        return None
    year = max(year for _at, year in years)
    if len(months) == len(years) == 1:
        month = months[0][1]
        return date(year, month, calendar.monthrange(year, month)[1])
    # A month behind the last year may be one of the next: 1 November 2025 to 15 January.
    return date(year, 12, 31) if not months or months[-1][0] <= years[-1][0] else None


def _kind(group: str, word: str) -> str:
    if group != "word":
        return group
    if word in _MONTHS:
        return "month"
    return "word" if word in _PASSED_OVER else "other"


def _is_short_year(kinds: list[str], words: list[str], at: int) -> bool:
    """Whether a number can be the year to which a span goes: 2019-27, but not 2019 to 27 May."""
    return (
        at > 1
        and kinds[at - 2] in {"year", "short_year"}
        and words[at - 1] in _SPANS
        and kinds[at + 1 : at + 2] != ["month"]
    )


def _is_doubtful(kinds: list[str], words: list[str], at: int) -> bool:
    """Whether a year may be a clock (2000 hours), or a number a day of no month or a year."""
    before, after = words[at - 1] if at else "", "".join(words[at + 1 : at + 2])
    if kinds[at] == "year":
        # Whoever writes a day and then "by 2000" may mean the evening.
        timed = before in _CLOCK_BEFORE and ("month" in kinds or before == "at")
        return timed or after in _CLOCK_AFTER
    if kinds[at - 1 : at] == ["year"]:
        return after not in _CLOCK_AFTER and kinds[at + 1 : at + 2] != ["month"]
    following = kinds[at + 1 : at + 2]
    if following == ["mark"]:
        following = kinds[at + 2 : at + 3]
        return following == ["number"] and kinds[at + 3 : at + 4] != ["month"]
    return following == ["number"]


def _last_days_of_dates(dates: Iterable[tuple[str, str]]) -> Iterator[date | None]:
    """The ends of spans; None for one that is open at its end. A single day begins something."""
    for type_, text in dates:
        if type_ not in _LASTS:
            continue
        try:
            value = parse_date(text)
        except Invalid:
            yield None
            continue
        if isinstance(value, DateInterval):
            yield latest(value)


def _last_day_of_titles(titles: Mapping[str, str]) -> date | None:
    """The end of the year after the one that a title gives as the call's own: Grants 2013.

    Not that of a law or a programme, nor where any title names a later year.
    """
    own, named = set(), set()
    for title in titles.values():
        text = ascii_digits(title)
        if _AGAIN.search(text):
            return None
        named |= {int(year) for year in _YEAR.findall(text)}
        for match in _OF_A_YEAR.finditer(text):
            if match.end() == len(text):
                own.add(int(match["year"] or match["bracketed"]))
    return date(max(own) + 1, 12, 31) if own and max(own) == max(named, default=0) else None
