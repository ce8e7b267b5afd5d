"""Dates as people know them: partly, between two, in the Buddhist Era, in their own digits.

A record's dates follow DataCite's RKMS-ISO8601 and EDTF level 0 (ISO 8601-2:2019): a year,
a month or a day; an instant; or an interval of two of these, open on one side if need be.
Years run from 0001 to 9999. Instants of our own are RFC 3339 in UTC, written with `Z`.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from typing import Final

from tonle.kernel.errors import N_, Invalid
from tonle.kernel.sentences import invalid, shown
from tonle.kernel.text import ascii_digits

# Two instants with offsets and fractions, a slash between them, and room for spaces.
MAX_LENGTH: Final = 120

BUDDHIST_OFFSET: Final = 543
# Until 1940 the Thai year began on 1 April (from 1889), so January to March belonged to
# the year before; the year 2483 had nine months.
_NEW_YEAR_IN_JANUARY_SINCE: Final = 1941


@dataclass(frozen=True)
class PartialDate:
    """A year, a month of a year, or a day, in the Gregorian calendar. Always a real one."""

    year: int
    month: int | None = None
    day: int | None = None

    def __post_init__(self) -> None:
        if self.day is not None and self.month is None:
            raise ValueError("a day needs its month")
        try:
            # None stands for any; 0 is a mistake and must not pass for it.
            date(
                self.year,
                1 if self.month is None else self.month,
                1 if self.day is None else self.day,
            )
        except ValueError:
            raise invalid(
                "", N_("There is no day %(date)s in the calendar."), date=str(self)
            ) from None

    def __str__(self) -> str:
        parts = [f"{self.year:04d}"]
        parts += [f"{part:02d}" for part in (self.month, self.day) if part is not None]
        return "-".join(parts)

    @property
    def earliest(self) -> date:
        """The first day it can mean."""
        return date(self.year, self.month or 1, self.day or 1)

    @property
    def latest(self) -> date:
        """The last day it can mean."""
        month = self.month or 12
        return date(self.year, month, self.day or calendar.monthrange(self.year, month)[1])


Moment = PartialDate | datetime


@dataclass(frozen=True)
class DateInterval:
    """From start to end, both included; None is open. Not both open, not backwards."""

    start: Moment | None
    end: Moment | None

    def __post_init__(self) -> None:
        if self.start is None and self.end is None:
            raise invalid("", N_("An interval needs a date on at least one side of the “/”."))
        if self.start is not None and self.end is not None and _is_after(self.start, self.end):
            raise invalid("", N_("The interval %(text)s ends before it starts."), text=str(self))

    def __str__(self) -> str:
        return "/".join("" if end is None else _write(end) for end in (self.start, self.end))


DateValue = PartialDate | datetime | DateInterval
"""What `parse_date` gives: a partial date, an instant (UTC) or an interval."""

_DAY: Final = re.compile(
    r"(?P<year>[0-9]{4})(?:-(?P<month>[0-9]{1,2})(?:-(?P<day>[0-9]{1,2}))?)?", re.ASCII
)
_DAY_FIRST: Final = re.compile(
    r"(?P<day>[0-9]{1,2}) ?(?P<mark>[-/.]) ?(?P<month>[0-9]{1,2}) ?(?P=mark) ?"
    r"(?P<year>[0-9]{4})",
    re.ASCII,
)
_COMPACT: Final = re.compile(r"(?P<year>[0-9]{4})(?P<month>[0-9]{2})(?P<day>[0-9]{2})", re.ASCII)
_INSTANT: Final = re.compile(
    r"(?P<date>[0-9]{4}-[0-9]{2}-[0-9]{2})[Tt ](?P<hour>[0-9]{2}):(?P<minute>[0-9]{2})"
    r"(?::(?P<second>[0-9]{2})(?:[.,](?P<fraction>[0-9]{1,9}))?)?\s*"
    r"(?P<zone>[Zz]|[+-][0-9]{2}(?::?[0-9]{2})?)?",
    re.ASCII,
)
# พ.ศ., ព.ស., ພ.ສ., B.E., with or without dots, before or after the date.
_ERA: Final = re.compile(r"(?:พ\.?\s*ศ\.?|ព\.?\s*ស\.?|ພ\.?\s*ສ\.?|B\.?\s*E\.?)", re.IGNORECASE)


def parse_date(text: str) -> DateValue:
    """The date, instant or interval that a text writes.

    Read are `2024`, `2024-05`, `2024-05-07`, `20240507`, `2024/05/07`, RFC 3339 instants,
    and `a/b`, `a/`, `/b` (also `../b`) of these; digits of Khmer, Lao, Thai, Burmese and
    full width; Buddhist Era years with their mark (`พ.ศ. 2567`). An instant without a zone
    gives its day only: the hour says nothing without its place. `07/05/2024` is refused,
    since half of the world reads it as July. Raises Invalid.
    """
    cleaned = ascii_digits(text[: MAX_LENGTH + 1]).strip()
    if not cleaned or len(cleaned) > MAX_LENGTH:
        raise _unreadable(text)
    if whole := _moment(cleaned):
        return whole
    start, slash, end = cleaned.partition("/")
    if not slash or "/" in end:
        raise _unreadable(text)
    return DateInterval(_end(start, text), _end(end, text))


def parse_day(text: str, *, buddhist: bool = False) -> PartialDate:
    """One whole day, as a person of the region types it into a form that asks for a day.

    Besides what `parse_date` reads: day, month and year, with strokes, points or dashes, in
    digits of any script: `31/12/2569`. That order is what Cambodia, Laos, Myanmar, Thailand
    and Viet Nam write, and what our forms show beside the field; a text from elsewhere does
    not promise it, so `parse_date` refuses it. buddhist: the year is of the Buddhist Era,
    also without its mark. Raises Invalid.
    """
    cleaned = ascii_digits(text[: MAX_LENGTH + 1]).strip()
    bare = _ERA.sub("", cleaned, count=1).strip()
    if match := _DAY_FIRST.fullmatch(bare):
        year, month, day = (int(match[part]) for part in ("year", "month", "day"))
        if buddhist or bare != cleaned:
            return from_buddhist(year, month, day)
        return PartialDate(year, month, day)
    value = _moment(f"B.E. {bare}" if buddhist else cleaned)
    if not isinstance(value, PartialDate) or value.day is None:
        raise invalid(
            "",
            N_("“%(text)s” is no whole day. Write it like 31/12/2027 or 2027-12-31."),
            text=shown(text),
        )
    return value


def format_date(value: DateValue) -> str:
    """The canonical text of a date, which `parse_date` reads back to the same value."""
    return str(value) if isinstance(value, DateInterval) else _write(value)


def earliest(value: DateValue) -> date | None:
    """The first day (UTC) it can mean; None for an interval that is open at the start."""
    if isinstance(value, DateInterval):
        return None if value.start is None else earliest(value.start)
    return value.astimezone(UTC).date() if isinstance(value, datetime) else value.earliest


def latest(value: DateValue) -> date | None:
    """The last day (UTC) it can mean; None for an interval that is open at the end."""
    if isinstance(value, DateInterval):
        return None if value.end is None else latest(value.end)
    return value.astimezone(UTC).date() if isinstance(value, datetime) else value.latest


def sort_key(value: DateValue) -> tuple[date, date, str]:
    """Orders dates by the first day they can mean, then the last, then their text.

    An open side counts as the beginning or the end of the calendar.
    """
    return earliest(value) or date.min, latest(value) or date.max, format_date(value)


# --- instants -----------------------------------------------------------------------


def parse_instant(text: str) -> datetime:
    """An RFC 3339 instant as an aware datetime in UTC, to the microsecond. Raises Invalid.

    The zone is required; a finer fraction is cut, not rounded, so that no instant moves
    into the next second.
    """
    match = _INSTANT.fullmatch(text[:MAX_LENGTH].strip())
    found = _instant(match) if match and match["zone"] else None
    if found is None:
        raise invalid(
            "",
            N_("“%(text)s” is not an instant. Write it like 2024-05-07T09:30:00Z."),
            text=shown(text),
        )
    return found


def day_at(instant: str, zone: tzinfo) -> str:
    """The day that calendars in a zone show at an instant; "" for "".

    `2024-05-07T22:30:00Z` is `2024-05-08` in Phnom Penh. Raises Invalid.
    """
    return parse_instant(instant).astimezone(zone).date().isoformat() if instant else ""


def format_instant(value: datetime) -> str:
    """RFC 3339 in UTC with `Z`: `2024-05-07T09:30:00Z`; a fraction only where there is one.

    Raises ValueError for a datetime without a zone, which is a mistake in the program.
    """
    if value.tzinfo is None:
        raise ValueError("an instant needs a zone")
    utc = value.astimezone(UTC).replace(tzinfo=None)
    text = utc.isoformat(timespec="microseconds" if utc.microsecond else "seconds")
    return (text.rstrip("0") if utc.microsecond else text) + "Z"


# --- Buddhist Era -------------------------------------------------------------------


def to_buddhist(value: PartialDate) -> int:
    """The Buddhist Era year of a date, as Thai and Lao calendars count: 2024 is 2567.

    Cambodia and Myanmar turn the year at the full moon of Visakha instead, so that their
    number is one higher for the rest of the year; that depends on each country's own
    lunar calendar and is not computed here.
    """
    return value.year + BUDDHIST_OFFSET - _belongs_to_year_before(value.year, value.month)


def from_buddhist(year: int, month: int | None = None, day: int | None = None) -> PartialDate:
    """The Gregorian date of a Buddhist Era year, with month and day of the solar calendar.

    Raises Invalid for years before 544 and for days that do not exist.
    """
    gregorian = year - BUDDHIST_OFFSET
    if month is not None and month <= 3 and gregorian + 1 < _NEW_YEAR_IN_JANUARY_SINCE:
        gregorian += 1
    if not 1 <= gregorian <= 9999:
        raise invalid(
            "", N_("%(year)s is not a year of the Buddhist Era that can be converted."), year=year
        )
    return PartialDate(gregorian, month, day)


def _belongs_to_year_before(year: int, month: int | None) -> int:
    return int(year < _NEW_YEAR_IN_JANUARY_SINCE and month is not None and month <= 3)


# --- reading ------------------------------------------------------------------------


def _moment(text: str) -> Moment | None:
    """One date or instant, or None when the text is not of either form."""
    without_era = _ERA.sub("", text, count=1).strip()
    buddhist = without_era != text
    if match := _INSTANT.fullmatch(text):
        return _instant(match) if match["zone"] else _day(match["date"])
    if buddhist or text.count("/") == 2:
        without_era = without_era.replace("/", "-")
    match = _DAY.fullmatch(without_era) or _COMPACT.fullmatch(without_era)
    if not match:
        return None
    year, month, day = (int(part) if part else None for part in match.group("year", "month", "day"))
    if year is None or year == 0:
        return None
    return from_buddhist(year, month, day) if buddhist else PartialDate(year, month, day)


def _day(text: str) -> PartialDate:
    year, month, day = (int(part) for part in text.split("-"))
    return PartialDate(year, month, day)


def _instant(match: re.Match[str]) -> datetime | None:
    zone = match["zone"].upper()
    offset = timedelta()
    if zone != "Z":
        digits = zone[1:].replace(":", "").ljust(4, "0")
        offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
        offset = -offset if zone[0] == "-" else offset
    year, month, day = (int(part) for part in match["date"].split("-"))
    hour, minute, second = (int(part or 0) for part in match.group("hour", "minute", "second"))
    fraction = int((match["fraction"] or "0").ljust(6, "0")[:6])
    try:
        local = datetime(year, month, day, hour, minute, second, fraction, timezone(offset))
        return local.astimezone(UTC)
    except (ValueError, OverflowError):
        # No such day or hour, or the first hours of year 1 east of Greenwich.
        return None


def _end(text: str, whole: str) -> Moment | None:
    stripped = text.strip()
    if stripped in {"", ".."}:
        return None
    found = _moment(stripped)
    if found is None:
        raise _unreadable(whole)
    return found


def _write(value: Moment) -> str:
    return format_instant(value) if isinstance(value, datetime) else str(value)


def _is_after(start: Moment, end: Moment) -> bool:
    if isinstance(start, datetime) and isinstance(end, datetime):
        return start > end
    first, last = earliest(start), latest(end)
    # A day and an instant are compared by the day, with a day's grace for the zone.
    slack = timedelta(days=int(isinstance(start, datetime) != isinstance(end, datetime)))
    return bool(first and last and first.toordinal() > last.toordinal() + slack.days)


def _unreadable(text: str) -> Invalid:
    return invalid(
        "",
        N_("“%(text)s” cannot be read as a date. Write it like 2024, 2024-05 or 2024-05-07."),
        text=shown(text),
    )


def add_months(day: date, months: int) -> date:
    """The same day so many months on, or back; the last day of a month that has no such day.

    Raises OverflowError beyond the years 1 to 9999.
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not 1 <= year <= 9999:
        raise OverflowError(f"{months} months from {day} is beyond the calendar")
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
