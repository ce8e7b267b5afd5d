"""What a process and all below it use: CPU time and memory, as Linux counts them."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SAMPLE_SECONDS = 0.5


def node_environment(data: Path, **options: str) -> dict[str, str]:
    """The environment of a node in `data`, free of the options of whoever measures."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TONLE_")}
    return {
        **kept,
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "TONLE_DATA": str(data),
        **options,
    }


def tonle(data: Path, *arguments: str) -> subprocess.Popen[str]:
    """A `tonle` command at work in a node."""
    return subprocess.Popen(
        [sys.executable, "-m", "tonle", *arguments],
        cwd=ROOT,
        env=node_environment(data),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def family(pid: int) -> Iterator[int]:
    """A process and all its descendants that are alive."""
    yield pid
    with suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in (task / "children").read_text().split():
                yield from family(int(child))


def memory_mb(pid: int, kind: str = "Pss") -> float:
    """Memory of the family, in MB. Pss shares out what several hold; Rss counts it for each."""
    total = 0
    for member in family(pid):
        with suppress(OSError):
            rollup = Path(f"/proc/{member}/smaps_rollup").read_text()
            total += sum(map(int, re.findall(rf"^{kind}:\s+(\d+)", rollup, re.MULTILINE)))
    return total / 1024


@contextmanager
def most_memory(pid: int) -> Iterator[list[float]]:
    """The highest PSS of a family of processes while the `with` lasts, in MB."""
    highest, done = [0.0], threading.Event()

    def follow() -> None:
        while not done.wait(0.1):
            highest[0] = max(highest[0], memory_mb(pid))

    thread = threading.Thread(target=follow)
    thread.start()
    yield highest
    done.set()
    thread.join()


def cpu_seconds(pid: int) -> float:
    """CPU time of the family so far, in user code and system; that of dead children left out."""
    ticks = 0
    for member in family(pid):
        with suppress(OSError):
            # The name, in brackets, may hold blanks.
            rest = Path(f"/proc/{member}/stat").read_text().rpartition(")")[2].split()
            ticks += int(rest[11]) + int(rest[12])
    return ticks / os.sysconf("SC_CLK_TCK")


@dataclass
class Watch:
    """Follows a process until it ends, a sample at a time."""

    process: subprocess.Popen[str]
    rss_mb: list[float] = field(default_factory=list)
    pss_mb: list[float] = field(default_factory=list)
    cpu: float = 0.0

    def finish(self) -> str:
        """Wait for its end. Returns what it said; raises RuntimeError where it failed."""
        done = threading.Event()
        follower = threading.Thread(target=self._follow, args=(done,))
        follower.start()
        said, _ = self.process.communicate()
        done.set()
        follower.join()
        if self.process.returncode != 0:
            raise RuntimeError(said[-2000:])
        return said

    def _follow(self, done: threading.Event) -> None:
        while not done.wait(SAMPLE_SECONDS):
            self.rss_mb.append(memory_mb(self.process.pid, "Rss"))
            self.pss_mb.append(memory_mb(self.process.pid))
            self.cpu = cpu_seconds(self.process.pid) or self.cpu

    def at(self, samples: Sequence[float], share: float) -> float:
        """The highest of the samples in the first `share` (0 to 1) of the time."""
        return max(samples[: max(1, int(len(samples) * share))], default=0.0)
