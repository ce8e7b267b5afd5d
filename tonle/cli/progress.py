"""Progress of long work: count, rate and time left, on standard error.

A terminal sees one line that moves; a file or a log gets a line every few seconds.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable, Iterator
from types import TracebackType
from typing import Self, TextIO, TypeVar

T = TypeVar("T")

TERMINAL_SECONDS = 0.2
LOG_SECONDS = 5.0


def duration(seconds: float) -> str:
    """A length of time as people say it: 45 s, 3 min 20 s, 2 h 5 min."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


class Progress:
    """Counts steps of one piece of work and shows how it goes.

    total: how many steps there will be, None where nobody knows.
    unit: what is counted, in the plural.
    ticker: monotonic seconds.
    """

    def __init__(
        self,
        label: str,
        total: int | None = None,
        unit: str = "records",
        *,
        stream: TextIO | None = None,
        ticker: Callable[[], float] = time.monotonic,
    ) -> None:
        self.label, self.total, self.unit = label, total, unit
        self.done = 0
        self._stream = sys.stderr if stream is None else stream
        self._terminal = self._stream.isatty()
        self._ticker = ticker
        self._began = self._shown = ticker()
        self._width = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def advance(self, steps: int = 1) -> None:
        self.done += steps
        now = self._ticker()
        if now - self._shown >= (TERMINAL_SECONDS if self._terminal else LOG_SECONDS):
            self._shown = now
            self._write(self.line(), last=not self._terminal)

    def follow(self, items: Iterable[T]) -> Iterator[T]:
        """The same items, each counted once the caller is through with it."""
        for item in items:
            yield item
            self.advance()

    def line(self) -> str:
        """What is shown now: `Importing: 1,200 of 4,000 records, 310/s, 9 s left`."""
        seconds = self._ticker() - self._began
        rate = self.done / seconds if seconds > 0 else 0.0
        count = f"{self.done:,}" if self.total is None else f"{self.done:,} of {self.total:,}"
        parts = [f"{self.label}: {count} {self.unit}"]
        if rate:
            parts.append(f"{rate:,.0f}/s" if rate >= 10 else f"{rate:.1f}/s")
        if rate and self.total is not None and self.done < self.total:
            parts.append(f"{duration((self.total - self.done) / rate)} left")
        else:
            parts.append(f"after {duration(seconds)}")
        return ", ".join(parts)

    def close(self) -> None:
        """Show the last line. Nothing is shown of work that had no steps."""
        if self.done:
            self._write(self.line(), last=True)

    def _write(self, line: str, *, last: bool) -> None:
        if self._terminal:
            # Spaces cover what the longer line before left standing.
            self._stream.write("\r" + line.ljust(self._width))
            self._width = len(line)
        else:
            self._stream.write(line)
        if last:
            self._stream.write("\n")
        self._stream.flush()
