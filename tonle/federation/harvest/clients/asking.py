"""How every client asks: over one kept connection, at the source's pace, bounded.

What a status means for a harvest is decided here once: busy or broken for the moment is
TryAgain, with the seconds that the source names; what is not there or not allowed is final.
"""

from __future__ import annotations

import math
import time
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, Final
from urllib.parse import urlencode

from tonle.catalogue.public import jsontext
from tonle.federation.harvest.clients.door import (
    HarvestError,
    NotSpoken,
    Options,
    TryAgain,
    Unfit,
)
from tonle.infra import clock, outbound
from tonle.kernel.errors import N_
from tonle.kernel.sentences import Sentence

# The largest page seen (a thousand DataCite records with long author lists) has 20 MB.
LIMITS: Final = outbound.Limits(seconds=180, size_bytes=48 * 1024 * 1024, redirects=5)
# A source that asks to be left alone for longer is asked again by the next run.
LONGEST_PAUSE_SECONDS: Final = 24 * 3600.0
JSON_TYPES: Final = ("application/json", "application/hal+json", "application/vnd.api+json")


class BrokenPage(TryAgain):
    """The source fails at this very question, as at one faulty record among a hundred."""


class Asker:
    """Asks one source. Not for two threads at once; close it."""

    def __init__(self, protocol: str, options: Options) -> None:
        self.protocol = protocol
        self._options = options
        self._session = outbound.Session()
        self._last = -math.inf
        # When the source says that it answered last, by its own clock.
        self.server_time: datetime | None = None

    def close(self) -> None:
        self._session.close()

    def get(
        self,
        url: str,
        parameters: Mapping[str, str | int] | None = None,
        *,
        accept: str = "*/*",
        take: Collection[int] = (),
        limits: outbound.Limits | None = None,
    ) -> outbound.Answer:
        """The answer to a GET, if its status is 2xx or one of `take`. Raises HarvestError."""
        host = outbound.host_of(url)
        if parameters:
            url += ("&" if "?" in url else "?") + urlencode(parameters)
        if self._options.alive:
            self._options.alive()
        self._pace()
        limits = limits or LIMITS
        seconds = limits.seconds
        if self._options.until:
            # What is asked too late is told as what was answered too late.
            seconds = min(seconds, max(0.05, self._options.until - time.monotonic()))
        try:
            answer = self._session.send(
                "GET",
                url,
                headers={"Accept": accept},
                gzip=True,
                limits=replace(limits, seconds=seconds),
            )
        except outbound.OutboundError as error:
            if error.later:
                raise TryAgain(host=host, reason=error) from error
            raise Unfit(host=host, reason=error) from error
        self.server_time = _instant(answer.headers.get("date", "")) or clock.now()
        if 200 <= answer.status < 300 or answer.status in take:
            return answer
        raise self.refusal(answer, host)

    def get_json(
        self,
        url: str,
        parameters: Mapping[str, str | int] | None = None,
        *,
        accept: str = "application/json",
        take: Collection[int] = (),
    ) -> Any:
        """The value of an answer in JSON; as `get`.

        Raises BrokenPage where the source says JSON and sends none, NotSpoken where it says
        that it sends something else.
        """
        answer = self.get(url, parameters, accept=accept, take=take)
        try:
            return jsontext.parse(answer.body)
        except jsontext.NotJson as error:
            host = outbound.host_of(url)
            remark = Sentence(error.remark.message, **error.remark.data)
            if answer.headers.get("content-type", "").partition(";")[0].strip().endswith("json"):
                raise BrokenPage(host=host, reason=remark) from None
            raise NotSpoken(host=host, protocol=self.protocol, reason=remark) from None

    def watermark(self) -> datetime:
        """From when on the next walk has to look, if this one began with the last answer. UTC."""
        # A source whose clock is ahead would have us ask for what has not happened yet, and
        # never for what happens until then.
        now = clock.now()
        began = min(self.server_time or now, now)
        return began - timedelta(hours=self._options.overlap_hours)

    def _pace(self) -> None:
        if self._options.rate > 0:
            rest = self._last + 1 / self._options.rate - time.monotonic()
            if rest > 0:
                (self._options.wait or time.sleep)(rest)
        self._last = time.monotonic()

    def refusal(self, answer: outbound.Answer, host: str) -> HarvestError:
        """What a status that is no success means for a harvest."""
        status = answer.status
        said = Sentence(N_("It answers with status %(status)s."), status=status)
        if status == 500:
            return BrokenPage(host=host, reason=said)
        if status in {408, 425, 429} or status > 500:
            pause = retry_after(answer.headers.get("retry-after", ""), self.server_time)
            return TryAgain(host=host, reason=said, retry_after=pause)
        if status in {401, 403}:
            reason = Sentence(N_("It shows this only to those who sign in."))
            return Unfit(host=host, reason=reason)
        if status in {404, 410, 405}:
            return NotSpoken(host=host, protocol=self.protocol, reason=said)
        return Unfit(host=host, reason=said)


def retry_after(value: str, now: datetime | None) -> float | None:
    """Seconds to wait, from the header: a number, or an instant (then since `now`, UTC).

    None for what is neither. Source: RFC 9110, section 10.2.3.
    """
    value = value.strip()
    if value.isascii() and value.isdigit():
        return min(float(value[:9]), LONGEST_PAUSE_SECONDS)
    at = _instant(value)
    if at is None or now is None:
        return None
    return min(max((at - now).total_seconds(), 0.0), LONGEST_PAUSE_SECONDS)


def _instant(value: str) -> datetime | None:
    """An HTTP date as UTC; None for what is none, or is before computers or after us."""
    try:
        found = parsedate_to_datetime(value)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    if found.tzinfo is None:
        found = found.replace(tzinfo=UTC)
    return found.astimezone(UTC) if 1990 < found.year < 2200 else None
