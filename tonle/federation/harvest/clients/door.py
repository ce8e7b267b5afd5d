"""What every client of a foreign catalogue is to the harvest: one shape, and one set of errors.

A client asks, cuts the answers into records and hands these over as they were received. It
keeps nothing, waits for nothing longer than its pace, and knows no database: what was asked
and where it stopped stands in a cursor, so that another process can go on after a kill.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import TracebackType
from typing import Any, ClassVar, Literal, Protocol

from tonle.kernel.errors import N_, TonleError
from tonle.kernel.sentences import Sentence

Deletes = Literal["no", "transient", "persistent"]

# Two accidents in one margin. Servers write local time and call it UTC (fourteen hours at
# most), and repositories rebuild what they show to harvesters once a night, under the times
# at which things changed by day. What is fetched again is recognised as unchanged.
OVERLAP_HOURS = 26.0


@dataclass(frozen=True)
class Options:
    """What a steward may say of a source. Empty and zero mean: the client's own choice.

    prefix: metadata format of OAI-PMH, such as "oai_datacite".
    set_name: only this part of the source: an OAI-PMH set, an organisation of CKAN, a
        collection of Dataverse, a community of InvenioRDM, a scope (UUID) of DSpace.
    rate: requests per second at most; 0 for no bound of ours.
    page_size: records asked for at once, where the protocol lets a client say.
    overlap_hours: by how much a walk reaches back before the last one began.
    wait: called with the seconds that keep the pace, always below `1 / rate`.
    alive: called before each question, so that who runs the harvest can say that it lives:
        one page may be many questions, and each may be answered late.
    until: when all questions together must be answered, by `time.monotonic()`; 0 where each
        is waited for as long as a harvest can afford.
    """

    prefix: str = ""
    set_name: str = ""
    rate: float = 0.0
    page_size: int = 0
    overlap_hours: float = OVERLAP_HOURS
    wait: Callable[[float], None] | None = None
    alive: Callable[[], None] | None = None
    until: float = 0.0


@dataclass(frozen=True)
class Identity:
    """What a source says of itself.

    base_url: the address under which it is asked, as the client cleaned it.
    deletes: whether it tells of deletions. With "no" and "transient" a deletion is known only
        by what a full walk no longer shows.
    granularity: of its datestamps: "day" or "second".
    formats: metadata prefixes that it offers; empty where the protocol has one.
    sets: names for `Options.set_name` that it tells of, at most 1,000; perhaps none.
    """

    name: str
    base_url: str
    deletes: Deletes
    granularity: Literal["day", "second"]
    formats: tuple[str, ...] = ()
    sets: tuple[str, ...] = ()


@dataclass(frozen=True)
class Received:
    """One record as the source gave it.

    identifier: the source's own lasting name of it, unique within the source.
    datestamp: when it changed there, as the source writes it; "" where it does not say.
    deleted: the source says that it is gone; `data` is empty.
    data: what its reader gets, byte for byte as received where the protocol allows, cut out
        of the page. Empty when only faults came.
    format: the reader's name in `crosswalks.READERS`.
    home_url: the page about it at its home; "" when unknown.
    faults: why it cannot be read, or what was wrong with how it came. With faults and without
        data it failed here already; it never costs the rest of its page.
    """

    identifier: str
    datestamp: str
    deleted: bool
    data: bytes
    format: str
    home_url: str = ""
    faults: tuple[Sentence, ...] = ()


@dataclass(frozen=True)
class Page:
    """What one step of a walk brought.

    cursor: give it back to `pages` to go on AFTER this page, also in another process; None:
        this was the last.
    total: how many records the source says the whole walk has; an estimate, often wrong.
    expected_more: said with the last page: the source had promised clearly more than it gave.
        What such a walk does not show is not therefore deleted, and it is not complete.
    """

    items: tuple[Received, ...]
    cursor: str | None
    total: int | None = None
    expected_more: bool = False


class Client(Protocol):
    """A source in one protocol. Not for two threads at once; close it, or use `with`.

    full: whether a walk without `since` shows all that there is, so that what it does not
        show (and never `expected_more`) was deleted. To be looked at with the last page: the
        source may have forgotten the way, and the walk have guessed where to go on.
    watermark: text for `since` of the next walk, known from the first page on: what changes
        from the moment this walk began is not missed by it. The same after going on from a
        cursor as before. None until then, and where the source cannot be asked for changes.
    """

    protocol: ClassVar[str]
    base_url: str
    full: bool
    watermark: str | None

    def identify(self) -> Identity:
        """Ask what is there. Raises HarvestError."""
        ...

    def still_has(self, identifier: str) -> bool:
        """Whether the source has by this name what a walk of everything did not show.

        A list may move up while it is walked, and one slip between two pages. False without
        asking where the walk itself sees to that. Raises HarvestError.
        """
        ...

    def pages(self, *, since: str | None = None, cursor: str | None = None) -> Iterator[Page]:
        """Walk, in an order that loses nothing while records change; twice is possible.

        since: a `watermark` of an earlier walk; None for everything. cursor: of a page; then
        `since` is what it was. Raises HarvestError; CursorLost for a cursor that its source
        has forgotten or that is none.
        """
        ...

    def close(self) -> None: ...

    def __enter__(self) -> Client: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...


# Errors ------------------------------------------------------------------------------------


class HarvestError(TonleError):
    """A walk that cannot go on. data: host, and what the sentence needs.

    retriable: the same question may well be answered another time.
    retry_after: seconds that the source asks to be left alone; None when it does not say.
    """

    code = "harvest"
    http_status = 502
    message = N_("%(host)s could not be harvested. %(reason)s")

    def __init__(
        self,
        *,
        host: str,
        reason: object = "",
        retriable: bool = False,
        retry_after: float | None = None,
        **data: Any,
    ) -> None:
        super().__init__(host=host, reason=reason, **data)
        self.retriable = retriable
        self.retry_after = retry_after


class TryAgain(HarvestError):
    """The source is busy, broken for the moment or out of reach. Wait, then go on."""

    code = "harvest_try_again"
    http_status = 503
    message = N_("%(host)s does not answer as it should at the moment. %(reason)s")

    def __init__(
        self, *, host: str, reason: object = "", retry_after: float | None = None, **data: Any
    ) -> None:
        super().__init__(host=host, reason=reason, retriable=True, retry_after=retry_after, **data)

    @property
    def after_seconds(self) -> float | None:
        return self.retry_after


class CursorLost(HarvestError):
    """The place in the walk is forgotten. Begin again from the watermark: nothing is lost."""

    code = "harvest_cursor_lost"
    message = N_(
        "%(host)s has forgotten how far this harvest had come. It begins again from where the "
        "last whole one ended; what is there already is recognised."
    )

    def __init__(self, *, host: str, reason: object = "", **data: Any) -> None:
        super().__init__(host=host, reason=reason, retriable=True, **data)


class NotSpoken(HarvestError):
    """What answers there does not speak the protocol, or not the part that is asked for."""

    code = "harvest_not_spoken"
    http_status = 422
    message = N_("%(host)s does not answer as %(protocol)s does. %(reason)s")

    def __init__(self, *, host: str, protocol: str, reason: object = "", **data: Any) -> None:
        super().__init__(host=host, reason=reason, protocol=protocol, **data)


class Unfit(HarvestError):
    """The source answers, and cannot be harvested in the way that was asked for."""

    code = "harvest_unfit"
    http_status = 422
    message = N_("%(host)s cannot be harvested in this way. %(reason)s")
