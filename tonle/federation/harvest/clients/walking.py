"""Walking through lists that are asked for by position while records come, change and go.

Two dangers. A list in order of change moves under the reader: what changes goes to its end,
all behind it moves up, and one record slips past the reader between two pages. So a walk in
that order goes on from the last instant seen, not from a number. Where a list has another
order, the next page begins a few records early, and one of those that are known already
must be among them; else the walk steps back.

And one faulty record makes some servers fail for the whole page that holds it. Then the page
is asked for in halves, until the fault stands alone.
"""

from __future__ import annotations

import hashlib
import json
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, ClassVar, Self

from tonle.federation.harvest.clients.asking import Asker, BrokenPage
from tonle.federation.harvest.clients.door import (
    CursorLost,
    Identity,
    Options,
    Page,
    Received,
    TryAgain,
    Unfit,
)
from tonle.infra import outbound
from tonle.kernel.errors import N_
from tonle.kernel.sentences import Sentence

# How many single records may fail in a row before it is the server that is broken.
_FAULTS_IN_A_ROW = 3
_STEPS_BACK = 20
_STALE_IN_A_ROW = 3
ENDLESS = N_("It sends the same page again and again, so that its list has no end.")


class BaseClient(ABC):
    """What all clients are made of. Subclasses set `protocol` and walk."""

    protocol: ClassVar[str]

    def __init__(self, url: str, options: Options) -> None:
        self.base_url = url.strip().rstrip("/")
        self.host = outbound.host_of(self.base_url)
        self.options = options
        self.full = True
        self.watermark: str | None = None
        self.asker = Asker(self.protocol, options)

    @abstractmethod
    def identify(self) -> Identity: ...

    @abstractmethod
    def pages(self, *, since: str | None = None, cursor: str | None = None) -> Iterator[Page]: ...

    def still_has(self, identifier: str) -> bool:
        del identifier  # Its walks step back where a list moves up.
        return False

    def close(self) -> None:
        self.asker.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def write_cursor(self, **state: Any) -> str:
        return json.dumps({"protocol": self.protocol, **state}, separators=(",", ":"))

    def read_cursor(self, cursor: str) -> dict[str, Any]:
        """What `write_cursor` wrote. Raises CursorLost for anything else."""
        try:
            state = json.loads(cursor)
        except ValueError:
            raise CursorLost(host=self.host) from None
        if not isinstance(state, dict) or state.pop("protocol", None) != self.protocol:
            raise CursorLost(host=self.host)
        return state


def page_around(start: int, rows: int) -> tuple[int, int]:
    """A page, from 0, and its size, of at most `rows`, that holds most from `start` on.

    For servers that know pages alone: of two pages asked for one after the other, records
    could slip through the gap.
    """
    size = max(range(max(rows // 2, 1), rows + 1), key=lambda size: (size - start % size, size))
    return start // size, size


def landmark(number: int, digest: str, before: str) -> str:
    """The page to be known again, if the list is a circle: the 1st, 2nd, 4th, 8th…

    However long the circle, one of these comes again within three times its length, and one
    digest is remembered. Source: R. P. Brent, BIT 20 (1980), 176-184.
    """
    return digest if number & (number - 1) == 0 else before


def ended_early(seen: int, total: int | None, *, said: bool = True) -> bool:
    """Whether a walk that ended had been promised clearly more than it was given.

    said: the source said that this was the end. A total is an estimate in every protocol
    here; a tenth is more than an estimate's error.
    """
    return total is not None and seen < (total * 0.9 if said else total)


@dataclass(frozen=True)
class Found:
    """One place of a list.

    mark: the record's name. stamp: the instant by which the list is ordered, as `stamp()`
    writes it, or "". receive: makes the record of it, which may ask once more; None for what
    is not for strangers. changed: when it changed, where that is not its stamp.
    """

    mark: str
    stamp: str
    receive: Callable[[], Received | None]
    changed: str = ""


@dataclass(frozen=True)
class Batch:
    """What one question brought. total: how many the whole question has, as the source says."""

    found: list[Found]
    total: int | None


@dataclass(frozen=True)
class _Place:
    """Where a walk is; all of it stands in the cursor.

    floor: only what changed at or after this stamp is asked for. start: the position after
    that. tail: marks that are known and may come again. seen, total: records so far, and in
    all. unordered: the source does not keep the order of change. stale: answers in a row
    that brought nothing new. number: of answers by position so far, with a landmark.
    """

    since: str | None
    watermark: str
    floor: str | None = None
    start: int = 0
    tail: tuple[str, ...] = ()
    seen: int = 0
    total: int | None = None
    unordered: bool = False
    steps_back: int = 0
    stale: int = 0
    number: int = 0
    landmark: str = ""


class ListClient(BaseClient):
    """A client of an API with lists by position.

    in_order: lists can be had in ascending order of their stamps, cut off below one.
    asks_since: the same cut serves to ask for what changed.
    """

    in_order: ClassVar[bool] = True
    asks_since: ClassVar[bool] = True
    rows: ClassVar[int] = 100

    @abstractmethod
    def ask(self, floor: str | None, start: int, rows: int) -> Batch:
        """A part of the list; floor: a stamp. Raises HarvestError."""

    def pages(self, *, since: str | None = None, cursor: str | None = None) -> Iterator[Page]:
        place = self._begin(since, cursor)
        rows = min(max(self.options.page_size or self.rows, 2), 1000)
        while True:
            batch = _believed(self._patiently(self._floor(place), place.start, rows), place.start)
            if place.watermark == "":
                place = replace(place, watermark=stamp(self.asker.watermark()))
            self.watermark = place.watermark
            known = set(place.tail)
            fresh = [one for one in batch.found if _short(one.mark) not in known]
            if self._slipped(place, batch, fresh):
                back = max(0, place.start - rows)
                # What it comes back to may be the very page that it would be known by.
                place = replace(place, start=back, steps_back=place.steps_back + 1)
                place = replace(place, number=0, landmark="")
                continue
            items = tuple(
                received
                for one in fresh
                if self._wanted(one, place) and (received := one.receive()) is not None
            )
            total = place.total if place.total is not None else batch.total
            place = replace(
                place,
                seen=place.seen + len(fresh),
                total=total,
                steps_back=0,
                stale=0 if fresh else place.stale + 1,
            )
            place = self._marked(place, batch)
            following = self._next(place, batch, fresh)
            # Some give their last page for every place behind it.
            if following is None or place.stale > _STALE_IN_A_ROW:
                yield Page(items, None, total, ended_early(place.seen, total))
                return
            place = following
            yield Page(items, self.write_cursor(**asdict(place)), total)

    def _begin(self, since: str | None, cursor: str | None) -> _Place:
        if cursor is None:
            return _Place(since, "")
        state = self.read_cursor(cursor)
        try:
            place = _Place(**{**state, "tail": tuple(state["tail"])})
        except (TypeError, KeyError):
            raise CursorLost(host=self.host) from None
        self.watermark = place.watermark
        return place

    def _floor(self, place: _Place) -> str | None:
        return place.floor or (place.since if self.asks_since else None)

    @staticmethod
    def _wanted(one: Found, place: _Place) -> bool:
        """Whether it changed since; a source that cannot be asked that is asked for all."""
        changed = one.changed or one.stamp
        return not (place.since and changed and changed < place.since)

    def _marked(self, place: _Place, batch: Batch) -> _Place:
        """The place with this page counted. Raises Unfit for a list that goes in a circle."""
        if place.start == 0:
            # By instants, which rise; who minds none of them is asked by position next.
            return replace(place, number=0, landmark="")
        digest = _short("\n".join(f"{one.mark} {one.stamp}" for one in batch.found))
        if place.stale == 0 and digest == place.landmark:
            raise Unfit(host=self.host, reason=ENDLESS)
        number = place.number + 1
        return replace(place, number=number, landmark=landmark(number, digest, place.landmark))

    @staticmethod
    def _slipped(place: _Place, batch: Batch, fresh: list[Found]) -> bool:
        """Whether records went, so that the list moved up under a walk by position."""
        if place.start == 0 or not place.tail or place.steps_back >= _STEPS_BACK:
            return False
        return len(fresh) == len(batch.found)

    def _next(self, place: _Place, batch: Batch, fresh: list[Found]) -> _Place | None:
        """Where to go on, or None at the end."""
        found = batch.found
        more = batch.total is None or place.start + len(found) < batch.total
        if not found or not more:
            return None
        stamps = [one.stamp for one in found if one.stamp]
        floor = self._floor(place) or ""
        rising = all(a <= b for a, b in zip([floor, *stamps], stamps, strict=False))
        if not self.in_order or place.unordered or not stamps or not rising:
            return self._onward(replace(place, unordered=True), found)
        last = stamps[-1]
        tail = tuple(_short(one.mark) for one in found if one.stamp in ("", last))
        if last == floor:
            tail = tuple(dict.fromkeys((*place.tail, *tail)))
        within = last == floor and place.start > 0
        if within or not fresh or len(tail) > max(len(found) // 2, 1):
            # More of one instant than a page can step over: within it, by position.
            return self._onward(place, found)
        return replace(place, floor=last, start=0, tail=tail)

    @staticmethod
    def _onward(place: _Place, found: list[Found]) -> _Place:
        overlap = min(max(len(found) // 10, 1), len(found) - 1)
        tail = tuple(_short(one.mark) for one in found[len(found) - overlap :])
        return replace(place, start=place.start + len(found) - overlap, tail=tail)

    # One faulty record ----------------------------------------------------------------------

    def _patiently(self, floor: str | None, start: int, rows: int) -> Batch:
        try:
            return self.ask(floor, start, rows)
        except BrokenPage as error:
            return self._in_halves(floor, start, rows, error)

    def _in_halves(self, floor: str | None, start: int, rows: int, error: BrokenPage) -> Batch:
        """The same part of the list, around the records at which the source fails."""
        found: list[Found] = []
        total: int | None = None
        faults = 0
        parts = [(start + rows // 2, rows - rows // 2), (start, rows // 2)]
        while parts:
            at, count = parts.pop()
            if total is not None and at >= total:
                continue
            try:
                batch = self.ask(floor, at, count)
            except BrokenPage as again:
                if count > 1:
                    parts += [(at + count // 2, count - count // 2), (at, count // 2)]
                    continue
                faults += 1
                if faults >= _FAULTS_IN_A_ROW:
                    raise TryAgain(host=self.host, reason=again.data["reason"]) from error
                found.append(_broken(at, again))
                continue
            faults, total = 0, batch.total
            found += batch.found
        if total is None:
            raise error
        return Batch(found, total)


def _believed(batch: Batch, start: int) -> Batch:
    """The batch; without a total that is less than what came already, or none at all."""
    total = batch.total
    if isinstance(total, bool) or (total is not None and total < start + len(batch.found)):
        return replace(batch, total=None)
    return batch


def _broken(position: int, error: BrokenPage) -> Found:
    fault = Sentence(
        N_("The source fails at the record in place %(position)s of its list. %(reason)s"),
        position=position + 1,
        reason=error.data["reason"],
    )
    received = Received("", "", False, b"", "", faults=(fault,))
    return Found(f"\x00{position}", "", lambda: received)


def as_received(value: Any) -> bytes:
    """One record cut out of a page in JSON: its names in their order, its values untouched."""
    try:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    except UnicodeEncodeError:
        # Half of a letter, which JSON can say and UTF-8 cannot.
        return json.dumps(value, separators=(",", ":")).encode()


def _short(mark: str) -> str:
    """A mark for the cursor: eight bytes tell a few hundred records apart."""
    return hashlib.sha256(mark.encode("utf-8", "replace")).hexdigest()[:16]


def stamp(value: datetime) -> str:
    """An instant as text that sorts, in UTC to the millisecond, which is what indexes keep."""
    at = value.astimezone(UTC).replace(tzinfo=None)
    return f"{at.isoformat(timespec='milliseconds')}Z"


def stamp_of(text: object) -> str:
    """What a source writes as instant, as `stamp` writes it; "" for what is none.

    Without a zone it is taken for UTC.
    """
    if not isinstance(text, str) or not 10 <= len(text) <= 40:
        return ""
    try:
        found = datetime.fromisoformat(text.strip())
        return stamp(found if found.tzinfo else found.replace(tzinfo=UTC))
    except (ValueError, OverflowError):
        return ""
