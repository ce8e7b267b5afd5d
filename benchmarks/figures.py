"""A figure and what it is held against, measured in the same run; tables and JSON of them."""

from __future__ import annotations

import json
import os
import platform
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Figure:
    """One measured value beside its peer or limit.

    peer: what it is held against, peer_value in the same unit, or None where the figure
    stands alone (it is then the peer of the next). ratio is value / peer_value.
    """

    what: str
    value: float
    unit: str
    peer: str = ""
    peer_value: float | None = None

    @property
    def ratio(self) -> float | None:
        return self.value / self.peer_value if self.peer_value else None


def table(figures: Iterable[Figure]) -> str:
    """The figures as a Markdown table."""
    lines = ["| What | Measured | Beside | Its value | Ratio |", "|---|---:|---|---:|---:|"]
    for one in figures:
        beside = "" if one.peer_value is None else f"{_number(one.peer_value)} {one.unit}"
        ratio = "" if one.ratio is None else f"{one.ratio:.2f}"
        lines.append(
            f"| {one.what} | {_number(one.value)} {one.unit} | {one.peer} | {beside} | {ratio} |"
        )
    return "\n".join(lines)


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:,.3g}"


def yardstick() -> float:
    """CPU milliseconds of a fixed loop: how fast this machine is just now.

    On a shared machine CPU time itself stretches, as neighbours take caches and clock; two
    runs compare once their CPU times are divided by their yardsticks.
    """
    began, total = time.process_time(), 0
    for number in range(5_000_000):
        total += number
    return (time.process_time() - began) * 1000


def conditions() -> dict[str, Any]:
    """Where and when this was measured."""
    return {
        "date": datetime.now(UTC).isoformat(timespec="minutes"),
        "cores": os.cpu_count(),
        "machine": platform.machine(),
        "system": platform.platform(terse=True),
        "python": platform.python_version(),
        "load_average": [round(load, 1) for load in os.getloadavg()],
        "yardstick_ms": round(yardstick()),
    }


class Report:
    """Figures as they come: said at once, and kept in a file after each."""

    def __init__(self, path: Path | None, about: dict[str, Any]) -> None:
        self.path = path
        self.about = about
        self.figures: list[Figure] = []

    def add(self, figure: Figure) -> None:
        self.figures.append(figure)
        print(table([figure]).splitlines()[-1], flush=True)
        self.save()

    def save(self) -> None:
        if self.path is None:
            return
        rows = [asdict(one) | {"ratio": one.ratio} for one in self.figures]
        text = json.dumps({"about": self.about, "figures": rows}, indent=1, ensure_ascii=False)
        self.path.write_text(text + "\n", encoding="utf-8")
