"""Counts and durations of one web process, as Prometheus text.

Written only by the event loop, so nothing is locked. Other contexts add gauges
of their own with `register_gauge`.
"""

from __future__ import annotations

import logging
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

logger = logging.getLogger(__name__)

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
# Upper bounds in seconds.
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)


@dataclass(frozen=True)
class Gauge:
    """One number that somebody else knows. read may query the database."""

    name: str
    help: str
    read: Callable[[], float]


_gauges: dict[str, Gauge] = {}


def register_gauge(name: str, help: str, read: Callable[[], float]) -> None:
    """Add a gauge `tonle_<name>` to /metrics."""
    _gauges[name] = Gauge(name, help, read)


def read_gauges() -> list[tuple[Gauge, float]]:
    """Every registered gauge and its value; one that cannot be read is left out."""
    known = []
    for gauge in _gauges.values():
        try:
            known.append((gauge, gauge.read()))
        except Exception:
            logger.exception("The gauge %s cannot be read.", gauge.name)
    return known


@dataclass
class Metrics:
    """What one web process has done since it started."""

    requests: Counter[tuple[str, str]] = field(default_factory=Counter)
    buckets: Counter[int] = field(default_factory=Counter)
    seconds: float = 0.0
    refused: int = 0
    timed_out: int = 0
    client_gone: int = 0
    cache_hits: int = 0
    cache_misses: int = 0
    uploads_cut: int = 0

    def answered(self, status: int, source: str, seconds: float) -> None:
        """Count one answer. source: what answered (page, cache, file…)."""
        self.requests[(f"{status // 100}xx", source)] += 1
        self.buckets[bisect_left(BUCKETS, seconds)] += 1
        self.seconds += seconds

    def text(self, now: dict[str, float], gauges: list[tuple[Gauge, float]]) -> str:
        """The exposition text. now: name to value of what is so at this moment."""
        lines = [
            "# HELP tonle_requests_total Answered requests by class of status and what answered.",
            "# TYPE tonle_requests_total counter",
        ]
        for (status, source), count in sorted(self.requests.items()):
            lines.append(f'tonle_requests_total{{class="{status}",by="{source}"}} {count}')
        lines += [
            "# HELP tonle_request_seconds Time from a request's head to its answer's head.",
            "# TYPE tonle_request_seconds histogram",
        ]
        total = 0
        for index, bound in enumerate(BUCKETS):
            total += self.buckets[index]
            lines.append(f'tonle_request_seconds_bucket{{le="{bound}"}} {total}')
        total += self.buckets[len(BUCKETS)]
        lines += [
            f'tonle_request_seconds_bucket{{le="+Inf"}} {total}',
            f"tonle_request_seconds_sum {self.seconds:.6f}",
            f"tonle_request_seconds_count {total}",
        ]
        for name, help_text, value in (
            ("refused_total", "Requests refused because the queue was full.", self.refused),
            ("timed_out_total", "Requests whose answer took too long.", self.timed_out),
            ("client_gone_total", "Clients that left before their answer.", self.client_gone),
            ("cache_hits_total", "Pages answered from the page cache.", self.cache_hits),
            ("cache_misses_total", "Public pages made afresh.", self.cache_misses),
            ("uploads_cut_total", "Uploads that ended early and were kept.", self.uploads_cut),
        ):
            lines += [
                f"# HELP tonle_{name} {help_text}",
                f"# TYPE tonle_{name} counter",
                f"tonle_{name} {value}",
            ]
        for name, number in now.items():
            lines += [f"# TYPE tonle_{name} gauge", f"tonle_{name} {number:g}"]
        for gauge, number in gauges:
            lines += [
                f"# HELP tonle_{gauge.name} {gauge.help}",
                f"# TYPE tonle_{gauge.name} gauge",
                f"tonle_{gauge.name} {number:g}",
            ]
        return "\n".join(lines) + "\n"
