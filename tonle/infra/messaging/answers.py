"""What the services' answers have in common."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tonle.infra import outbound
from tonle.infra.messaging.port import Failed, Outcome, Reason

# Well within the lease of the job that sends, so that no second worker begins meanwhile.
LIMITS = outbound.Limits(seconds=20, size_bytes=64 * 1024, redirects=0)

LONGEST_WAIT = 24 * 3600.0  # seconds; a service that asks for more is asked again anyway


def asked(ask: Callable[[], Outcome]) -> Outcome:
    """What became of asking a service, network faults included."""
    try:
        return ask()
    except outbound.OutboundClosed:
        return Failed(Reason.CLOSED, permanent=True)
    except outbound.AddressRefused:
        return Failed(Reason.INSIDE, permanent=True)
    except outbound.TooSlow:
        return Failed(Reason.SLOW)
    except (outbound.AnswerUnexpected, outbound.AnswerTooLarge):
        return Failed(Reason.UNREAD)
    except outbound.OutboundError:
        return Failed(Reason.UNREACHABLE)


def by_status(answer: outbound.Answer) -> Failed:
    """What an unsuccessful HTTP status means where the service says nothing more exact."""
    if answer.status == 429:
        return Failed(Reason.OFTEN, retry_after=retry_after(answer.headers))
    if answer.status >= 500 or answer.status in {408, 425}:
        return Failed(Reason.DOWN, retry_after=retry_after(answer.headers))
    if answer.status in {401, 403}:
        return Failed(Reason.KEY, permanent=True)
    if answer.status == 402:
        return Failed(Reason.QUOTA, permanent=True)
    if answer.status in {404, 410}:
        return Failed(Reason.ADDRESS, permanent=True)
    if 200 <= answer.status < 400:
        # A success that says nothing we know, or a redirect: somebody else answers in between.
        return Failed(Reason.UNREAD)
    return Failed(Reason.REFUSED, permanent=True)


def retry_after(headers: Mapping[str, str]) -> float | None:
    """The seconds of a Retry-After header; None for a date or nothing."""
    return seconds(headers.get("retry-after", "").strip())


def seconds(value: Any) -> float | None:
    """A waiting time as a service gives it, within reason; None where it is none."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    text = str(value)
    if not text.isascii() or not text.replace(".", "", 1).isdigit():
        return None
    return min(float(text), LONGEST_WAIT)


def fields(answer: outbound.Answer) -> dict[str, Any]:
    """The JSON object of an answer; an empty one where it is anything else."""
    try:
        found = answer.json()
    except outbound.AnswerUnexpected:
        return {}
    return found if isinstance(found, dict) else {}
