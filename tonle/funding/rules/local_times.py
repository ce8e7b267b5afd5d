"""Local days and times of a zone as instants, where a form asks for all three. Pure.

Where clocks are set forward a local time does not happen, and where they are set back one happens
twice: a deadline then is refused, because nobody could tell which instant was meant. A local time
that a record already stands for is kept as the record has it.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, tzinfo
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from tonle.kernel.dates import PartialDate, format_instant, parse_day, parse_instant
from tonle.kernel.errors import N_, Invalid
from tonle.kernel.fields import Reader, Writer
from tonle.kernel.sentences import invalid, shown
from tonle.kernel.text import ascii_digits

_CLOCK: Final = re.compile(r"([0-9]{1,2})[:.]([0-9]{2})(?:[:.]([0-9]{2}))?", re.ASCII)
# A year beyond this many from now is nobody's plan: it is a year of another calendar.
_FAR_YEARS: Final = 100


def zone_called(name: str) -> ZoneInfo | None:
    """The zone of an IANA name; None where there is none."""
    try:
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def instant_at(day: date, clock: time, zone: ZoneInfo) -> datetime:
    """The instant, in UTC, at which clocks of a zone show a day and a time.

    Raises Invalid where they never show it, or twice.
    """
    local = datetime.combine(day, clock)
    first, second = (local.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    if first == second:
        return first
    said = {"day": day.isoformat(), "time": written_clock(clock), "zone": zone.key}
    if first.astimezone(zone).replace(tzinfo=None) != local:
        raise invalid(
            "",
            N_(
                "There is no %(time)s on %(day)s in %(zone)s: clocks are set forward then. Write a "
                "time before or after it."
            ),
            **said,
        )
    raise invalid(
        "",
        N_(
            "%(time)s comes twice on %(day)s in %(zone)s: clocks are set back then. Write a time "
            "before or after it."
        ),
        **said,
    )


def written_clock(clock: time) -> str:
    """`17:00`, with seconds where there are some."""
    return clock.isoformat(timespec="seconds" if clock.second else "minutes")


def read_clock(text: str) -> time:
    """`17:00`, `9.30`, `23:59:59`, in digits of any script of the region. Raises Invalid."""
    match = _CLOCK.fullmatch(ascii_digits(text).strip())
    if match:
        try:
            hour, minute, second = (int(part or 0) for part in match.groups())
            return time(hour, minute, second)
        except ValueError:
            pass  # 24:00 and 12:60 are told below, with all that is no time.
    raise invalid(
        "",
        N_("“%(text)s” is no time of day. Write it from 00:00 to 23:59, like 17:00."),
        text=shown(text),
    )


def local_texts(at: object, zone: tzinfo) -> tuple[str, str]:
    """Day and time of an instant of a document as clocks of a zone show them; "" for none."""
    try:
        local = parse_instant(at).astimezone(zone) if isinstance(at, str) else None
    except (Invalid, OverflowError):
        return "", ""
    if local is None:
        return "", ""
    return local.date().isoformat(), written_clock(local.time().replace(microsecond=0))


def write_local(at: object, prefix: str, zone: tzinfo, out: Writer) -> None:
    """The fields `<prefix>-day` and `<prefix>-time`."""
    day, clock = local_texts(at, zone)
    out.put(f"{prefix}-day", day)
    out.put(f"{prefix}-time", clock)


def read_local(
    reader: Reader, prefix: str, zone: ZoneInfo | None, before: object, today: date
) -> str | None:
    """The instant that the fields say, as a document has it; None where they say nothing.

    before: the instant that the fields were filled with, kept while they say the same.
    """
    texts = reader.line(f"{prefix}-day", 60), reader.line(f"{prefix}-time", 20)
    if isinstance(before, str) and texts == local_texts(before, zone or UTC):
        return before
    if texts == ("", ""):
        return None
    day, clock = _day(reader, f"{prefix}-day", texts[0], today), None
    if texts[1]:
        try:
            clock = read_clock(texts[1])
        except Invalid as error:
            reader.refused(f"{prefix}-time", error)
    else:
        reader.problem(
            f"{prefix}-time",
            N_("The time is missing. If the whole day counts, write 23:59."),
        )
    if zone is None:
        reader.problem("zone", N_("Choose the time zone: without it nobody knows the instant."))
    if day is None or clock is None or zone is None:
        return None
    try:
        return format_instant(instant_at(day, clock, zone))
    except Invalid as error:
        reader.refused(f"{prefix}-time", error)
    except OverflowError:
        reader.problem(f"{prefix}-day", N_("The day is missing."))
    return None


def _day(reader: Reader, name: str, text: str, today: date) -> date | None:
    if not text:
        reader.problem(name, N_("The day is missing."))
        return None
    try:
        found: PartialDate = parse_day(text)
    except Invalid as error:
        reader.refused(name, error)
        return None
    if found.year > today.year + _FAR_YEARS:
        reader.problem(
            name,
            N_("%(year)s is far in the future. Before a year of the Buddhist Era, write B.E."),
            year=found.year,
        )
        return None
    return found.earliest
