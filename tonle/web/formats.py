"""Numbers, sizes, dates and language names as the reader writes them.

Pure but for Babel's data and the reader's own choice of era and digits (`writing.active()`).
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, tzinfo
from decimal import Decimal
from functools import lru_cache

from babel import Locale, UnknownLocaleError
from babel.dates import (
    format_date,
    format_skeleton,
    format_time,
    format_timedelta,
    get_datetime_format,
    get_timezone_location,
)
from babel.numbers import format_decimal

from tonle.kernel.dates import PartialDate, to_buddhist
from tonle.kernel.money import Money, exponent
from tonle.web import writing

_PARTIAL = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?(?:[T ].*)?")
_UNITS = ("B", "kB", "MB", "GB", "TB", "PB")


@lru_cache(maxsize=64)
def locale(code: str) -> Locale:
    """Babel's locale of a language tag or Django code; English where Babel has none."""
    try:
        if code == "en":
            return Locale("en", "GB")  # Day before month, as the region writes English.
        return Locale.parse(code.replace("-hans", "-Hans").replace("-hant", "-Hant"), sep="-")
    except (UnknownLocaleError, ValueError):
        return Locale("en")


def number(value: int | float, code: str) -> str:
    return _own(_number(value, code), code)


# The same small numbers and days come again and again, and Babel takes its time.
@lru_cache(maxsize=4096)
def _number(value: int | float, code: str) -> str:
    return format_decimal(value, locale=locale(code))


def money(value: Money, code: str) -> str:
    """USD 1250.50 as `USD 1,250.50`; without decimals where they are all naught."""
    amount = Decimal(value.amount)
    pattern = (
        "#,##0"
        if amount == amount.to_integral_value()
        else f"#,##0.{'0' * exponent(value.currency)}"
    )
    shown = _own(format_decimal(amount, pattern, locale=locale(code)), code)
    return f"{value.currency}\N{NO-BREAK SPACE}{shown}"


def size(size_bytes: int, code: str) -> str:
    """1482310 as `1.5 MB`: powers of a thousand, one decimal below ten (IEC 80000-13)."""
    value, unit = float(size_bytes), 0
    while value >= 999.5 and unit < len(_UNITS) - 1:
        value, unit = value / 1000, unit + 1
    pattern = "#,##0.#" if unit and value < 10 else "#,##0"
    shown = _own(format_decimal(value, pattern, locale=locale(code)), code)
    return f"{shown}\N{NO-BREAK SPACE}{_UNITS[unit]}"


def span(seconds: int, code: str) -> str:
    """A length of time in its largest unit: 200 as `3 minutes`."""
    text = format_timedelta(timedelta(seconds=seconds), threshold=0.95, locale=locale(code))
    return _own(text, code)


def day(value: date | datetime | str, code: str) -> str:
    """A date in words. Text may be a year, a month, a day, an instant or an interval `a/b`.

    What cannot be read as a date is given back as it stands: a date "circa" is still a date.
    """
    if isinstance(value, date):
        return _long(value, code)
    if "/" in value:
        begin, _slash, end = value.partition("/")
        return f"{day(begin, code) if begin else '…'} – {day(end, code) if end else '…'}"
    match = _PARTIAL.fullmatch(value.strip())
    if not match:
        return value
    year_, month, dom = match.groups()
    try:
        if dom:
            return _long(date(int(year_), int(month), int(dom)), code)
        if month:
            return _in_era(date(int(year_), int(month), 1), "yMMMM", code)
        return year(int(year_), code)
    except ValueError:
        return value


def year(value: int, code: str) -> str:
    """A year alone: 2026, or in the reader's era `พ.ศ. 2569`. Never a thousands separator."""
    era = _era(code)
    text = f"{era} {to_buddhist(PartialDate(value))}" if era and 1 <= value <= 9999 else f"{value}"
    return _own(text, code)


def day_in_year(value: date, code: str) -> str:
    """A day without its year, in one piece: for a page that is of one year."""
    text = format_skeleton("MMMd", value, locale=locale(code))
    return _own(text.replace(" ", "\N{NO-BREAK SPACE}"), code)


def instant(value: datetime, code: str, zone: tzinfo = UTC) -> str:
    """A moment, to the minute, as clocks show it in a zone, with its distance from UTC said:
    readers live in several zones."""
    there = value.astimezone(zone)
    clock = _own(format_time(there, "HH:mm", tzinfo=zone, locale=locale(code)), code)
    # In which order, and with what between them, a language says day and hour.
    joined = str(get_datetime_format("medium", locale=locale(code))).replace("'", "")
    return joined.replace("{1}", _long(there, code)).replace("{0}", f"{clock} {offset(there)}")


def _long(value: date, code: str) -> str:
    """`3 May 2024`: an aware moment is the day it is where it was made."""
    return _in_era(value.date() if isinstance(value, datetime) else value, "", code)


# What a pattern quotes, an era, a year: UTS #35, date format patterns.
_ERA_OR_YEAR = re.compile(r"'[^']*'|G+ ?|y+")


def _in_era(value: date, skeleton: str, code: str) -> str:
    """The day in words, or what a skeleton leaves of it, with the year the reader counts."""
    return _own(_dated(value, skeleton, code, _era(code)), code)


@lru_cache(maxsize=2048)
def _dated(value: date, skeleton: str, code: str, era: str) -> str:
    spoken = locale(code)
    if not era:
        if skeleton:
            return format_skeleton(skeleton, value, locale=spoken)
        return format_date(value, "long", locale=spoken)
    counted = to_buddhist(PartialDate(value.year, value.month, value.day))
    kept = {"G": "", "y": f"'{era} {counted}'"}
    pattern = (
        spoken.datetime_skeletons[skeleton] if skeleton else spoken.date_formats["long"]
    ).pattern
    pattern = _ERA_OR_YEAR.sub(lambda found: kept.get(found[0][0], found[0]), pattern)
    return format_date(value, pattern, locale=spoken)


def _era(code: str) -> str:
    return writing.ERAS.get(code.split("-")[0], "") if writing.active().buddhist else ""


def _own(text: str, code: str) -> str:
    """In the reader's digits, where they chose their script's own."""
    return local_digits(text, code) if writing.active().native else text


def offset(value: datetime) -> str:
    """How far a moment's zone is from UTC then: `UTC`, `UTC+7`, `UTC+6:30`."""
    minutes = int((value.utcoffset() or timedelta()).total_seconds()) // 60
    if not minutes:
        return "UTC"
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'+' if minutes > 0 else '−'}{hours}{f':{rest:02d}' if rest else ''}"


def language_name(tag: str, code: str) -> str:
    """What a language is called in the reader's language; the tag itself where nobody knows."""
    try:
        found = Locale.parse(tag, sep="-").get_display_name(locale(code))
    except (UnknownLocaleError, ValueError):
        return tag
    return found or tag


def city_name(zone: str, code: str) -> str:
    """The city that an IANA time zone is called after, in the reader's language where known."""
    try:
        found = get_timezone_location(zone, locale=locale(code), return_city=True)
    except (LookupError, ValueError):
        found = ""
    return found or zone.rpartition("/")[2].replace("_", " ")


def local_digits(text: str, code: str) -> str:
    """The text with ASCII digits in the script of the language, where it has its own."""
    own = writing.DIGITS.get(code.split("-")[0])
    return text.translate(str.maketrans("0123456789", own)) if own else text
