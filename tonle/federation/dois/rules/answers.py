"""What an answer of DataCite's API means, and how long to wait after none.

Sources: DataCite REST API guide, "API error codes" and "API rate limits", read 2026-11; RFC 9110
(Retry-After); JSON:API 1.1, error objects.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Literal

from tonle.kernel.text import one_line

# Requests are counted over five minutes: who was told to slow down is heard again after them.
RATE_WINDOW_SECONDS = 300.0
LONGEST_WAIT_SECONDS = 24 * 3600.0
MOST_REASONS, LONGEST_REASON = 20, 500

Meaning = Literal["accepted", "refused", "account", "place", "later"]


@dataclass(frozen=True)
class Said:
    """One of DataCite's reasons, in its own words, which are English; where: its property."""

    where: str
    text: str


@dataclass(frozen=True)
class Verdict:
    """What an answer means.

    accepted: DataCite has it; state: how the DOI stands there now. refused: not with these
    words. account: nobody of this name and password is known. place: not here, or not by this
    account; the account itself may tell which. later: the same may well do another time, not
    before wait_seconds where DataCite names them.
    """

    meaning: Meaning
    status: int
    state: str = ""
    reasons: tuple[Said, ...] = ()
    wait_seconds: float | None = None


def judge(status: int, headers: Mapping[str, str], body: bytes, name: str) -> Verdict:
    """The meaning of an answer to the upsert of a DOI.

    headers: names in lower case. name: the DOI that was asked about.
    """
    if status in {200, 201}:
        state = state_of(body, name)
        # Somebody else answers in between, as the sign-in page of a guest network does.
        return Verdict("accepted" if state else "later", status, state)
    if status == 401:
        return Verdict("account", status, reasons=reasons_of(body))
    # A redirected PUT is not followed: whatever answers there is not the API.
    if 300 <= status < 400 or status in {403, 404, 405}:
        return Verdict("place", status, reasons=reasons_of(body))
    if status in {408, 425, 429} or status >= 500:
        return Verdict("later", status, wait_seconds=_wait(status, headers))
    if status >= 400:
        return Verdict("refused", status, reasons=reasons_of(body))
    return Verdict("later", status)


def state_of(body: bytes, name: str) -> str:
    """draft, registered or findable, as the answer says of this very DOI; "" for none of it."""
    resource = _mapping(_mapping(_json(body)).get("data"))
    attributes = _mapping(resource.get("attributes"))
    if str(attributes.get("doi") or resource.get("id") or "").lower() != name:
        return ""
    state = attributes.get("state")
    return state if state in {"draft", "registered", "findable"} else ""


def reasons_of(body: bytes) -> tuple[Said, ...]:
    """The errors of an answer; nothing where it holds none that can be read."""
    errors = _mapping(_json(body)).get("errors")
    rows = errors if isinstance(errors, list) else [errors]
    return tuple(_reasons(rows))[:MOST_REASONS]


def _reasons(rows: Iterable[Any]) -> Iterable[Said]:
    for row in rows:
        error = _mapping(row)
        text = _short(error.get("title") or "") or _short(error.get("detail") or "")
        if text:
            yield Said(_short(error.get("source") or ""), text)


def prefixes_of(body: bytes) -> frozenset[str] | None:
    """The prefixes of a repository as the API describes it; None where it does not say."""
    resource = _mapping(_mapping(_json(body)).get("data"))
    related = _mapping(_mapping(resource.get("relationships")).get("prefixes")).get("data")
    if not isinstance(related, list):
        return None
    return frozenset(str(_mapping(one).get("id", "")) for one in related)


def _wait(status: int, headers: Mapping[str, str]) -> float | None:
    value = headers.get("retry-after", "").strip()
    if value.isascii() and value.isdigit():
        return min(float(value[:9]), LONGEST_WAIT_SECONDS)
    at, now = _instant(value), _instant(headers.get("date", ""))
    if at is not None and now is not None:
        return min(max((at - now).total_seconds(), 0.0), LONGEST_WAIT_SECONDS)
    return RATE_WINDOW_SECONDS if status == 429 else None


def _instant(value: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(value)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)


def patience_seconds(failures: int) -> float:
    """How long nothing is asked after the n-th answer in a row that did not come: 30 s, doubling,
    at most an hour."""
    return float(min(3600, 30 * 2 ** min(max(failures, 1) - 1, 10)))


def put_off_seconds(tries: int) -> float:
    """How long one DOI stands back after its n-th question without an answer: a minute, doubling,
    at most six hours. One record that DataCite stumbles over must not hold up the others."""
    return float(min(6 * 3600, 60 * 2 ** min(max(tries, 1) - 1, 10)))


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _short(value: Any) -> str:
    """On one line and without what neither a row nor a page can hold: others wrote it."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    text = one_line(text[: 4 * LONGEST_REASON])
    return text if len(text) <= LONGEST_REASON else f"{text[: LONGEST_REASON - 1]}…"
