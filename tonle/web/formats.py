"""Numbers, sizes, dates and language names as the reader writes them; pure but for Babel's data."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import lru_cache

from babel import Locale, UnknownLocaleError
from babel.dates import (
    format_date,
    format_datetime,
    format_skeleton,
    format_timedelta,
    get_timezone_location,
)
from babel.numbers import format_decimal

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
    return format_decimal(value, locale=locale(code))


def size(size_bytes: int, code: str) -> str:
    """1482310 as `1.5 MB`: powers of a thousand, one decimal below ten (IEC 80000-13)."""
    value, unit = float(size_bytes), 0
    while value >= 999.5 and unit < len(_UNITS) - 1:
        value, unit = value / 1000, unit + 1
    pattern = "#,##0.#" if unit and value < 10 else "#,##0"
    return f"{format_decimal(value, pattern, locale=locale(code))} {_UNITS[unit]}"


def span(seconds: int, code: str) -> str:
    """A length of time in its largest unit: 200 as `3 minutes`."""
    return format_timedelta(timedelta(seconds=seconds), threshold=0.95, locale=locale(code))


def day(value: date | datetime | str, code: str) -> str:
    """A date in words. Text may be a year, a month, a day, an instant or an interval `a/b`.

    What cannot be read as a date is given back as it stands: a date "circa" is still a date.
    """
    if isinstance(value, date):
        return format_date(value, "long", locale=locale(code))
    if "/" in value:
        begin, _slash, end = value.partition("/")
        return f"{day(begin, code) if begin else '…'} – {day(end, code) if end else '…'}"
    match = _PARTIAL.fullmatch(value.strip())
    if not match:
        return value
    year, month, dom = match.groups()
    try:
        if dom:
            return format_date(date(int(year), int(month), int(dom)), "long", locale=locale(code))
        if month:
            first = date(int(year), int(month), 1)
            return format_skeleton("yMMMM", first, locale=locale(code))
    except ValueError:
        return value
    return year


def day_in_year(value: date, code: str) -> str:
    """A day without its year, in one piece: for a page that is of one year."""
    return format_skeleton("MMMd", value, locale=locale(code)).replace(" ", "\N{NO-BREAK SPACE}")


def instant(value: datetime, code: str, zone: tzinfo = UTC) -> str:
    """A moment, to the minute, as clocks show it in a zone, with its distance from UTC said:
    readers live in several zones."""
    there = value.astimezone(zone)
    text = format_datetime(there, "d MMMM y, HH:mm", tzinfo=zone, locale=locale(code))
    return f"{text} {offset(there)}"


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


_NUMERIC = {"km": "០១២៣៤៥៦៧៨៩", "lo": "໐໑໒໓໔໕໖໗໘໙", "th": "๐๑๒๓๔๕๖๗๘๙", "my": "၀၁၂၃၄၅၆၇၈၉"}


def local_digits(text: str, code: str) -> str:
    """The text with ASCII digits in the script of the language, where it has its own."""
    own = _NUMERIC.get(code.split("-")[0])
    return text.translate(str.maketrans("0123456789", own)) if own else text
